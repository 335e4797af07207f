import type { EntityManager } from '@mikro-orm/postgresql'
import type { FreedTime } from '../scheduling/freed-time.entity.js'
import { bestFirst, type OfferedTime, type Wish } from './match.js'
import { WEEKDAYS, type Weekday } from './waitlist-status.js'

/** So many are read at a time; whom the time does not fit, the next ones may. */
const BATCH = 100

/** Somebody who waits, with what a booking of theirs needs. */
export interface Candidate extends Wish {
  readonly patientId: string
  readonly serviceId: string | null
}

interface CandidateRow extends Omit<Candidate, 'waitingSince' | 'weekdays'> {
  readonly waitingSince: string
  readonly weekdays: Weekday[]
  /** As the database writes it, to the microsecond, for the next batch. */
  readonly since: string
}

/**
 * Those who may fit, in the order in which times are offered. What an index can tell is looked at here, the rest by `match.ts`. Nobody is
 * offered a time twice.
 */
const STATEMENT = `
  select e.id, e.patient_id as "patientId", e.service_id as "serviceId", e.doctor_id as "doctorId", coalesce(e.specialty, s.specialty) as specialty,
    e.location_id as "locationId", e.earliest::text as earliest, e.latest::text as latest, to_json(e.weekdays) as weekdays,
    (extract(epoch from e.from_time) / 60)::int as from, (extract(epoch from e.to_time) / 60)::int as to,
    coalesce(e.minutes, s.duration_minutes, least(d.default_appointment_minutes, ?::int))::int as minutes,
    e.rank::int as rank, extract(epoch from e.waiting_since)::text as "waitingSince", e.waiting_since::text as since
  from waitlist_entry e join doctor d on d.id = ?::uuid left join service s on s.id = e.service_id
  where e.status = 'WAITING' and (e.doctor_id is null or e.doctor_id = d.id) and (e.location_id is null or e.location_id = ?::uuid)
    and (e.specialty is null or e.specialty = d.specialty) and (s.id is null or (s.active and (s.specialty is null or s.specialty = d.specialty)))
    and e.earliest <= ?::date and e.latest >= ?::date and (e.rank, e.waiting_since, e.id) > (?::smallint, ?::timestamptz, ?::uuid)
    and not exists (select from waitlist_offer o where o.entry_id = e.id and o.doctor_id = d.id and o.starts_at = ?::timestamptz)
  order by e.rank, e.waiting_since, e.id limit ${BATCH}`

const BEGINNING = { rank: -1, since: '-infinity', id: '00000000-0000-0000-0000-000000000000' }

/** Those whom a time fits, the best match first. Reads on only as long as nobody is taken. */
export async function* candidatesFor(em: EntityManager, freed: FreedTime, time: OfferedTime): AsyncGenerator<Candidate> {
  let last = BEGINNING
  for (;;) {
    const rows = await em.execute<CandidateRow[]>(STATEMENT, [
      time.minutes,
      time.doctorId,
      time.locationId,
      time.day,
      time.day,
      last.rank,
      last.since,
      last.id,
      freed.startsAt,
    ])
    const candidates = rows.map((row): Candidate => ({ ...row, waitingSince: Number(row.waitingSince) * 1000 }))
    yield* bestFirst(candidates, time) as Candidate[]
    const end = rows.at(-1)
    if (!end || rows.length < BATCH) return
    last = end
  }
}

/** A freed time as the wall clock of its location shows it. */
export function timeOf(freed: FreedTime, specialty: string | null, zone: string): OfferedTime {
  const start = Temporal.Instant.fromEpochMilliseconds(freed.startsAt.getTime()).toZonedDateTimeISO(zone)
  const weekday = WEEKDAYS[start.dayOfWeek - 1]
  if (weekday === undefined) throw new Error('a week has seven days')
  return {
    doctorId: freed.doctor.id,
    specialty,
    locationId: freed.location.id,
    day: start.toPlainDate().toString(),
    weekday,
    from: start.hour * 60 + start.minute,
    minutes: Math.floor((freed.endsAt.getTime() - freed.startsAt.getTime()) / 60_000),
  }
}
