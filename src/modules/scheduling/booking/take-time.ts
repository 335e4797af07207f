import { v7 as uuidv7 } from 'uuid'
import { MINUTE } from '../../../clock.js'
import { firstAnswer, idempotencyLock, type IdempotentRequest } from '../../../database/idempotency.js'
import type { Transaction } from '../../../database/unit-of-work.js'
import { ClinicError } from '../../../graphql/errors.js'
import { BookingConflict, conflictOf } from './conflicts.js'
import type { Draft } from './draft.js'
import { locksOn } from './locks.js'
import { readTaken, type OwnHold, type TakenTimes } from './taken.js'
import type { Booking } from './write-bookings.js'

/** For whom time is looked at, and under which conditions. */
export interface TakeContext {
  readonly userId: string
  readonly now: Date
  readonly request: IdempotentRequest | null
  /** Patients may have so many appointments to come that they booked themselves (RULES A6); `null` for staff. */
  readonly mostOpenBookings: number | null
  /** Appointments that give their time up in this transaction. */
  readonly without?: readonly string[]
  /** A hold of a colleague that is used up. */
  readonly holdId?: string | null
}

/** What a transaction finds once the time is its own to take. */
export type TimeFound =
  | { readonly answeredBy: string }
  | {
      readonly times: TakenTimes
      /** Holds that the bookings use up: those on their time, and the one that was named. */
      readonly holds: readonly string[]
    }

/**
 * Waits for the time of these drafts, which are of one patient, and reads what is taken of it.
 *
 * @returns the id of the row that an earlier request with the same idempotency key made, when there is one
 * @throws ClinicError `CONFLICT` for a patient with as many open bookings as they may have, and for a key that was used otherwise
 */
export async function findTime({ em }: Transaction, drafts: readonly Draft[], context: TakeContext): Promise<TimeFound> {
  const [draft] = drafts
  if (!draft) throw new Error('there is nothing to book')
  const { patientId } = draft
  const doctorIds = [...new Set(drafts.map(({ doctorId }) => doctorId))]
  const rooms = [...new Set(drafts.map(({ roomId }) => roomId))]
  const more = context.request ? [idempotencyLock(context.request)] : []
  const locks = locksOn({ doctorIds, patientId, roomIds: rooms, more })
  const minutes = Math.max(...drafts.map(({ terms }) => terms.minutes))
  const starts = drafts.map(({ startsAt }) => startsAt)
  const { without, userId, holdId, now, request: idempotency } = context
  const times = await readTaken(em, {
    doctorIds,
    patientId,
    roomIds: rooms,
    starts,
    minutes,
    without,
    userId,
    holdId,
    now,
    locks,
    idempotency,
  })
  const answeredBy = firstAnswer(idempotency, times.answer)
  if (answeredBy !== null) return { answeredBy }
  if (context.mostOpenBookings !== null && times.openBookings + drafts.length > context.mostOpenBookings)
    throw new ClinicError('CONFLICT', `The patient has booked as many visits to come as they may: ${context.mostOpenBookings}.`)
  const isUsed = (hold: OwnHold): boolean => hold.id === holdId || drafts.some((each) => liesOn(hold, each))
  return { times, holds: times.ownHolds.filter(isUsed).map(({ id }) => id) }
}

/** Another time that is kept, for the next in line at the desk perhaps, is left alone. */
function liesOn({ from, to }: OwnHold, { startsAt, endsAt, terms }: Draft): boolean {
  return from < endsAt.getTime() + terms.bufferAfterMinutes * MINUTE && startsAt.getTime() - terms.bufferBeforeMinutes * MINUTE < to
}

/** The booking of a draft, or whose time stands against it. What was placed there on purpose says so only if it had to (RULES A2, A3). */
export function bookingOf(
  draft: Draft,
  times: TakenTimes,
  links: { readonly seriesId?: string; readonly rescheduledFromId?: string } = {},
): Booking | BookingConflict {
  const over = new Set<BookingConflict>()
  if (draft.overbookReason !== null) over.add(BookingConflict.DOCTOR)
  if (draft.patientOverlapReason !== null) over.add(BookingConflict.PATIENT)
  const wanted = { ...draft, ...draft.terms }
  const conflict = conflictOf(wanted, times.taken, over)
  // The doctor's own room is taken by the visit that is overbooked: then there is none for this one, unless somebody named it.
  if (conflict === BookingConflict.ROOM && draft.overbookReason !== null && draft.roomImplied)
    return bookingOf({ ...draft, roomId: null }, times, links)
  if (conflict !== null) return conflict
  const needed = (of: BookingConflict): boolean =>
    over.has(of) &&
    conflictOf(
      wanted,
      times.taken.filter((stretch) => stretch.of === of),
      new Set(),
    ) !== null
  return {
    ...draft,
    id: uuidv7(),
    overbookReason: draft.outsideHours || needed(BookingConflict.DOCTOR) ? draft.overbookReason : null,
    patientOverlapReason: needed(BookingConflict.PATIENT) ? draft.patientOverlapReason : null,
    seriesId: links.seriesId ?? null,
    rescheduledFromId: links.rescheduledFromId ?? null,
  }
}
