import type { EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Transaction, UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, NotFoundError } from '../../graphql/errors.js'
import { isUuid } from '../../graphql/loaders/page.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import type { Candidate, DuplicateFinder } from './duplicate-finder.js'
import { Patient, type Sex } from './patient.entity.js'
import { tellApart } from './patient.service.js'

/** So many patients are looked at for one page of the list of likely duplicates. */
const LOOKED_AT = 100
const MOST_ENTRIES = 50

interface Stored {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  readonly birthDate: string
  readonly sex: Sex
  readonly phone: string | null
  readonly email: string | null
}

const STORED = 'p.id, first_name as "firstName", last_name as "lastName", birth_date::text as "birthDate", sex, phone, email'

/** Likely duplicates among the patients that are there (RULES P3). */
export class DuplicateService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #finder: DuplicateFinder

  constructor(work: UnitOfWork, reach: RowReach, finder: DuplicateFinder) {
    this.#work = work
    this.#reach = reach
    this.#finder = finder
  }

  /** The likely duplicates of one patient. */
  async of(context: WriteContext, patientId: string): Promise<Candidate[]> {
    return this.#work.run(context, async ({ em }) => {
      await this.#reach.require(em, context.actor, Patient, patientId)
      const [patient] = await em.execute<Stored[]>(`select ${STORED} from patient p where id = ? and merged_into_id is null`, [patientId])
      return patient ? this.#finder.find(em, context.actor, patient) : []
    })
  }

  /**
   * Goes through the clinic from the latest registered patient back, a hundred at a time, and gives those who are likely to have
   * another record.
   *
   * @param after `next` of the page before
   */
  async list(
    context: WriteContext,
    first: number,
    after: string | null,
  ): Promise<{ entries: { patientId: string; candidates: Candidate[] }[]; next: string | null }> {
    if (!Number.isInteger(first) || first < 1 || first > MOST_ENTRIES)
      throw new BadUserInputError([{ field: 'first', message: `must be between 1 and ${MOST_ENTRIES}` }])
    if (after !== null && !isUuid(after)) throw new BadUserInputError([{ field: 'after', message: 'is not from an earlier page' }])
    return this.#work.run(context, async ({ em }) => {
      const patients = await em.execute<Stored[]>(
        `select ${STORED} from patient p where merged_into_id is null and (?::uuid is null or p.id < ?::uuid) order by p.id desc limit ${LOOKED_AT}`,
        [after, after],
      )
      const entries: { patientId: string; candidates: Candidate[] }[] = []
      let seen = 0
      for (const patient of patients) {
        if (entries.length === first) break
        seen += 1
        // Of two who are alike, the one who came later stands for both.
        const candidates = (await this.#finder.find(em, context.actor, patient)).filter(({ patientId }) => patientId < patient.id)
        if (candidates.length > 0) entries.push({ patientId: patient.id, candidates })
      }
      const more = seen < patients.length || patients.length === LOOKED_AT
      return { entries, next: more ? (patients[seen - 1]?.id ?? null) : null }
    })
  }

  /** Somebody has looked: two records that are alike are two people. Said twice it changes nothing more. */
  async tellApart(context: WriteContext, patientId: string, otherId: string): Promise<void> {
    await this.#work.run(context, (transaction) => this.tellApartWithin(transaction, context, patientId, otherId))
  }

  /** The same as a part of a larger use case: together with it, or not at all. */
  async tellApartWithin({ em, audit }: Transaction, context: WriteContext, patientId: string, otherId: string): Promise<void> {
    for (const id of [patientId, otherId]) await this.#reach.require(em, context.actor, Patient, id)
    const [one, other] = [patientId.toLowerCase(), otherId.toLowerCase()].toSorted() as [string, string]
    if (one === other) throw new NotFoundError()
    if (await isToldApart(em, one, other)) return
    tellApart(em, context, one, other)
    audit({ action: AuditAction.UPDATE, entity: 'Patient', entityId: one, patientIds: [one, other], facts: { notDuplicates: true } })
  }
}

async function isToldApart(em: EntityManager, one: string, other: string): Promise<boolean> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`tell apart ${one} ${other}`])
  const rows = await em.execute<unknown[]>('select 1 from patient_distinction where patient_id = ? and other_id = ?', [one, other])
  return rows.length > 0
}
