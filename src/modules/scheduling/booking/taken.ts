import type { EntityManager } from '@mikro-orm/postgresql'
import type { IdempotencyRow } from '../../../database/idempotency.js'
import { ACTIVE_APPOINTMENT_STATUSES } from '../appointment-status.js'
import type { Taken } from './conflicts.js'

/** How far from a time one must look to see all that could touch it: the longest appointment, and a buffer on either side. */
const LONGEST = "interval '24 hours'"
const BUFFERS = "interval '4 hours'"

/** Around which times to look, and whose. */
export interface TakenQuery {
  readonly doctorIds: readonly string[]
  readonly patientId: string | null
  readonly roomIds: readonly (string | null)[]
  /** Where the bookings would begin, and how long the longest of them is. */
  readonly starts: readonly Date[]
  readonly minutes: number
  /** Appointments that are about to give their time up. */
  readonly without?: readonly string[] | undefined
  /** Who books: holds of others stand in the way. */
  readonly userId: string | null
  /** A hold of somebody else that may be used. */
  readonly holdId?: string | null | undefined
  readonly now: Date
  readonly idempotency?: { readonly userId: string; readonly operation: string; readonly key: string } | null
}

/** What a transaction that holds the locks must know before it takes a time. */
export interface TakenTimes {
  readonly taken: readonly Taken[]
  /** Holds of the one who books, or for the patient who is booked: they are used up. */
  readonly ownHolds: readonly string[]
  /** Appointments to come that the patient, or a proxy, has booked (RULES A6). */
  readonly openBookings: number
  /** What the idempotency key has made before. */
  readonly answer: IdempotencyRow | null
}

const active = ACTIVE_APPOINTMENT_STATUSES.map((status) => `'${status}'`).join(', ')
const epoch = (instant: string): string => `round(extract(epoch from ${instant}) * 1000)::float8`

/** Whose time: `of` and the id of the row whose time it is; and from when to when. */
const stretch = (of: string, owner: string, id: string, start: string, end: string): string =>
  `select ${of} as "of", ${owner} as owner, ${id} as id, ${epoch(start)} as "from", ${epoch(end)} as "to"`

const KEYS = { DOCTOR: ['doctor_id', '= any(g.doctor_ids)'], PATIENT: ['patient_id', '= g.patient_id'], ROOM: ['room_id', '= any(g.room_ids)'] } as const

const near = (row: string): string =>
  `${row}.starts_at > s.at - (${LONGEST} + ${BUFFERS}) and ${row}.starts_at < s.at + g.length + ${BUFFERS} and ${row}.ends_at > s.at - ${BUFFERS}`

/** Active appointments near one of the starts. The doctor and the room need the time around a visit as well, a patient does not. */
function appointmentsOf(of: keyof typeof KEYS): string {
  const [column, matches] = KEYS[of]
  const buffer = (minutes: string): string => (of === 'PATIENT' ? '' : ` ${minutes} * interval '1 minute'`)
  const start = `a.starts_at${buffer('- a.buffer_before_minutes')}`
  const end = `a.ends_at${buffer('+ a.buffer_after_minutes')}`
  return `${stretch(`'${of}'`, `a.${column}`, 'null::uuid', start, end)}
   from given g cross join unnest(g.starts) as s(at) join appointment a on a.${column} ${matches}
   where ${near('a')} and a.status in (${active}) and a.id <> all(g.without)`
}

/** Holds that have not expired: those of others stand in the way, the own are used up. */
function holdsOf(of: 'DOCTOR' | 'ROOM'): string {
  const [column, matches] = KEYS[of]
  const whose = `case when h.user_id = g.user_id or h.patient_id = g.patient_id or h.id = g.hold_id then 'OWN' else '${of}' end`
  return `${stretch(whose, `h.${column}`, 'h.id', 'h.starts_at', 'h.ends_at')}
   from given g cross join unnest(g.starts) as s(at) join appointment_hold h on h.${column} ${matches}
   where ${near('h')} and h.expires_at > g.now`
}

const STATEMENT = `
  with given as (
    select ?::uuid[] as doctor_ids, ?::uuid as patient_id, ?::uuid[] as room_ids, ?::timestamptz[] as starts,
      ?::int * interval '1 minute' as length, ?::uuid[] as without, ?::uuid as user_id, ?::uuid as hold_id, ?::timestamptz as now,
      ?::uuid as key_user_id, ?::text as operation, ?::text as key
  )
  select
    (select coalesce(json_agg(t), '[]') from (
      ${appointmentsOf('DOCTOR')}
      union all ${appointmentsOf('PATIENT')}
      union all ${appointmentsOf('ROOM')}
      union all ${holdsOf('DOCTOR')}
      union all ${holdsOf('ROOM')}
    ) t) as taken,
    (select count(*)::int from given g join appointment a on a.patient_id = g.patient_id
      join user_account u on u.id = a.booked_by_id
      where a.starts_at > g.now and a.status in ('REQUESTED', ${active}) and u.staff_id is null and a.id <> all(g.without)) as "openBookings",
    (select json_build_object('entityId', k.entity_id, 'inputHash', k.input_hash) from given g
      join idempotency_key k on k.user_id = g.key_user_id and k.operation = g.operation and k.key = g.key) as answer`

/** Reads what is taken, in one statement; to be trusted only by whoever holds the locks on all of it (see `locks.ts`). */
export async function readTaken(em: EntityManager, query: TakenQuery): Promise<TakenTimes> {
  const list = (values: readonly string[]): string => `{${values.join(',')}}`
  const [row] = await em.execute<
    { taken: { of: string; owner: string; id: string | null; from: number; to: number }[]; openBookings: number; answer: IdempotencyRow | null }[]
  >(STATEMENT, [
    list(query.doctorIds),
    query.patientId,
    list(query.roomIds.filter((id) => id !== null)),
    list(query.starts.map((start) => start.toISOString())),
    query.minutes,
    list(query.without ?? []),
    query.userId,
    query.holdId ?? null,
    query.now,
    query.idempotency?.userId ?? null,
    query.idempotency?.operation ?? null,
    query.idempotency?.key ?? null,
  ])
  if (!row) throw new Error('the statement of taken times gives one row')
  return {
    taken: row.taken.filter(({ of }) => of !== 'OWN') as unknown as Taken[],
    ownHolds: row.taken.flatMap(({ of, id }) => (of === 'OWN' && id !== null ? [id] : [])),
    openBookings: row.openBookings,
    answer: row.answer,
  }
}
