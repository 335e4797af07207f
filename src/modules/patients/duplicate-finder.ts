import type { EntityManager } from '@mikro-orm/postgresql'
import type { Actor } from '../../access/actor.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { duplicateScore, LIKELY_DUPLICATE, soundsTheSame } from './duplicate-score.js'
import { Patient, type Sex } from './patient.entity.js'

/** A record that is likely to be of the same person. */
export interface Candidate {
  readonly patientId: string
  readonly score: number
}

/** What is known of the person looked for. */
export interface Person {
  /** Their own record, when they have one. */
  readonly id?: string
  readonly firstName: string
  readonly lastName: string
  readonly birthDate: string
  readonly sex: Sex
  readonly phone?: string | null | undefined
  readonly email?: string | null | undefined
}

interface Row {
  readonly id: string
  readonly person: string
  readonly last_name: string
  readonly same_birth_date: boolean
  readonly same_name: boolean
  readonly same_sex: boolean
  readonly same_email: boolean
  readonly same_phone: boolean
}

/** More than this nobody compares; the likeliest come first. */
const MOST_CANDIDATES = 20
/** So many digits at the end of a phone number tell it from others, with or without the code of a country. */
const PHONE_END = 7

/**
 * Who is looked at: everybody born on the day who has the sex or the name, everybody with the e-mail address, and namesakes with the phone
 * number. Each is one short range of an index, so the clinic's size does not matter; a record that shares none of the three cannot
 * reach the score, but for namesakes of one sex, of whom a large clinic has hundreds and who are not taken for one person by that.
 *
 * Parameters: first name, last name, birth date, sex, e-mail, end of the phone.
 */
const FIND = `
  with probe as materialized (
    select lower(clinic_unaccent(?::text || ' ' || ?::text)) as name, ?::date as birth_date, ?::text as sex, lower(?::text) as email, ?::text as phone_end
  ), block as (
    (select p.id from probe, patient p where p.birth_date = probe.birth_date and (p.sex = probe.sex or p.search_name = probe.name)
      order by p.search_name = probe.name desc, p.id limit 2000)
    union (select p.id from probe, patient p where lower(p.email) = probe.email and p.email is not null limit 500)
    union (select p.id from probe, patient p where right(p.phone_digits, ${PHONE_END}) = probe.phone_end and p.phone_digits is not null
      and p.search_name = probe.name limit 500)
  )
  select p.id, coalesce(p.merged_into_id, p.id) as person, p.last_name, p.birth_date = probe.birth_date as same_birth_date,
    p.search_name = probe.name as same_name, p.sex = probe.sex and p.sex <> 'UNKNOWN' as same_sex,
    coalesce(lower(p.email) = probe.email, false) as same_email,
    coalesce(right(p.phone_digits, ${PHONE_END}) = probe.phone_end, false) as same_phone
  from block join patient p using (id), probe`

/** Finds records that are likely to be of the same person (RULES P3). */
export class DuplicateFinder {
  readonly #reach: RowReach

  constructor(reach: RowReach) {
    this.#reach = reach
  }

  /**
   * The likely duplicates of a person among the rows the actor reaches, likeliest first. A record that was merged speaks for the one it
   * was merged into. Those outside of the actor's reach are left out without a trace; the front desk finds them on its list.
   */
  async find(em: EntityManager, actor: Actor, person: Person): Promise<Candidate[]> {
    const rows = await em.execute<Row[]>(FIND, [
      person.firstName,
      person.lastName,
      person.birthDate,
      person.sex,
      person.email ?? null,
      endOfPhone(person.phone),
    ])
    const scores = new Map<string, number>()
    for (const row of rows) {
      const score = duplicateScore({
        sameEmail: row.same_email,
        sameBirthDate: row.same_birth_date,
        sameName: row.same_name,
        sameSex: row.same_sex,
        sameSound: soundsTheSame(row.last_name, person.lastName),
        samePhone: row.same_phone,
      })
      if (score >= LIKELY_DUPLICATE && row.person !== person.id) scores.set(row.person, Math.max(score, scores.get(row.person) ?? 0))
    }
    if (scores.size === 0) return []
    const distinct = await this.#distinct(em, person.id, [...scores.keys()])
    const reached = await this.#reach.reached(em, actor, Patient, [...scores.keys()])
    return [...scores]
      .map(([patientId, score]) => ({ patientId, score }))
      .filter(({ patientId }) => reached.has(patientId) && !distinct.has(patientId))
      .toSorted((a, b) => b.score - a.score || (a.patientId < b.patientId ? -1 : 1))
      .slice(0, MOST_CANDIDATES)
  }

  /** Those of whom somebody has said that they are another person. */
  async #distinct(em: EntityManager, id: string | undefined, others: readonly string[]): Promise<ReadonlySet<string>> {
    if (id === undefined || others.length === 0) return new Set()
    const rows = await em.execute<{ id: string }[]>(
      `select o.id from unnest(?::uuid[]) o(id)
       where exists (select from patient_distinction d where d.patient_id = least(o.id, ?::uuid) and d.other_id = greatest(o.id, ?::uuid))`,
      [`{${others.join(',')}}`, id, id],
    )
    return new Set(rows.map((row) => row.id))
  }
}

function endOfPhone(phone: string | null | undefined): string | null {
  const digits = phone?.replace(/\D/g, '') ?? ''
  return digits.length < PHONE_END ? null : digits.slice(-PHONE_END)
}
