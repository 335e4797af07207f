import type { EntityManager } from '@mikro-orm/postgresql'
import type { IdempotencyRow } from '../../../database/idempotency.js'
import type { Taken } from './conflicts.js'

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
  /** Numbers of the locks to wait for first (see `locks.ts`). */
  readonly locks?: readonly string[]
  readonly idempotency?: { readonly userId: string; readonly operation: string; readonly key: string } | null
}

/** A time that the one who books keeps, or that is kept for the patient; in milliseconds. */
export interface OwnHold {
  readonly id: string
  readonly from: number
  readonly to: number
}

/** What a transaction that holds the locks must know before it takes a time. */
export interface TakenTimes {
  readonly taken: readonly Taken[]
  /** Holds of the one who books, or for the patient who is booked, near the times that were asked for. */
  readonly ownHolds: readonly OwnHold[]
  /** Appointments to come that the patient, or a proxy, has booked (RULES A6). */
  readonly openBookings: number
  /** What the idempotency key has made before. */
  readonly answer: IdempotencyRow | null
}

/** See the migration that makes the function: it waits for the locks and then reads. */
const STATEMENT = `select taken, open_bookings as "openBookings", answer from booking_time(
  ?::bigint[], ?::uuid[], ?::uuid, ?::uuid[], ?::timestamptz[], ?::int * interval '1 minute', ?::uuid[], ?::uuid, ?::uuid, ?::timestamptz,
  ?::uuid, ?::text, ?::text)`

/** Reads what is taken. Only who names the locks on all of it (see `locks.ts`) may trust the answer until the transaction ends. */
export async function readTaken(em: EntityManager, query: TakenQuery): Promise<TakenTimes> {
  const { idempotency } = query
  const list = (values: readonly string[]): string => `{${values.join(',')}}`
  const [row] = await em.execute<
    {
      taken: { of: string; owner: string; id: string | null; from: number; to: number }[]
      openBookings: number
      answer: IdempotencyRow | null
    }[]
  >(STATEMENT, [
    list(query.locks ?? []),
    list(query.doctorIds),
    query.patientId,
    list(query.roomIds.filter((id) => id !== null)),
    list(query.starts.map((start) => start.toISOString())),
    query.minutes,
    list(query.without ?? []),
    query.userId,
    query.holdId ?? null,
    query.now,
    idempotency?.userId ?? null,
    idempotency?.operation ?? null,
    idempotency?.key ?? null,
  ])
  if (!row) throw new Error('the statement of taken times gives one row')
  return {
    taken: row.taken.filter(({ of }) => of !== 'OWN') as unknown as Taken[],
    ownHolds: row.taken.flatMap(({ of, id, from, to }) => (of === 'OWN' && id !== null ? [{ id, from, to }] : [])),
    openBookings: row.openBookings,
    answer: row.answer,
  }
}
