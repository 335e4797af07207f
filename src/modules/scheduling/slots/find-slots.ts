import { EmptySlotReason } from './empty-slot-reason.js'
import { common, firstEndingAfter, merged, without, type Interval } from './intervals.js'
import type { WorkingStretch, WorkingTime } from './working-time.js'

/** When the doctor, or a room they work in, is taken: visits with the time kept free around them, and holds. Merged. */
export interface BusyTime {
  readonly doctor: readonly Interval[]
  readonly rooms: ReadonlyMap<string, readonly Interval[]>
}

/** What is looked for. All times in milliseconds. */
export interface SlotQuestion {
  /** Free times begin in `[start, end)`. */
  readonly window: Interval
  /** What may be booked at all: free times begin in here too. */
  readonly bookable: Interval
  readonly duration: number
  /** Kept free of other visits before and after; may reach out of working hours and into absences. */
  readonly bufferBefore: number
  readonly bufferAfter: number
  /** Free times begin a multiple of this after the start of their stretch, in time that passes: no clock change moves them. */
  readonly step: number
  /** At most so many. */
  readonly limit: number
}

/** A free time. */
export interface FreeTime extends Interval {
  readonly locationId: string
  readonly roomId: string | null
}

/** The free times in order, or why there is none. */
export type SlotFindings =
  | { readonly slots: readonly FreeTime[]; readonly emptyReason: null }
  | { readonly slots: readonly []; readonly emptyReason: EmptySlotReason }

/**
 * Finds the free times of one doctor. A sweep: what is taken is brought in order once, each stretch of work then walks over it, and
 * jumps over what is taken instead of trying every step (RULES A4).
 */
export function findSlots(work: WorkingTime, busy: BusyTime, question: SlotQuestion): SlotFindings {
  const span = common(question.window, question.bookable)
  if (!span) return { slots: [], emptyReason: EmptySlotReason.OUTSIDE_BOOKING_WINDOW }
  const slots: FreeTime[] = []
  const forbidden = new Map<string, readonly Interval[]>()
  for (const stretch of work.stretches) {
    if (slots.length >= question.limit) break
    const key = `${stretch.locationId} ${stretch.roomId ?? ''}`
    let taken = forbidden.get(key)
    if (!taken) forbidden.set(key, (taken = forbiddenStarts(stretch, work, busy, question)))
    freeIn(stretch, taken, span, question, slots)
  }
  if (slots.length === 0) return { slots: [], emptyReason: reasonOf(work, busy, question.window, span) }
  return { slots: distinctStarts(slots), emptyReason: null }
}

/** The starts at which a visit would meet something taken, as open intervals `(start, end)`, in order and apart. */
function forbiddenStarts(
  { locationId, roomId }: WorkingStretch,
  { absences }: WorkingTime,
  { doctor, rooms }: BusyTime,
  { duration, bufferBefore, bufferAfter }: SlotQuestion,
): Interval[] {
  const intervals = [
    ...(absences.get(locationId) ?? []).map(({ start, end }) => ({ start: start - duration, end })),
    ...[...doctor, ...((roomId !== null && rooms.get(roomId)) || [])].map(({ start, end }) => ({
      start: start - duration - bufferAfter,
      end: end + bufferBefore,
    })),
  ].sort((a, b) => a.start - b.start)
  const apart: { start: number; end: number }[] = []
  for (const { start, end } of intervals) {
    const last = apart.at(-1)
    // Where one ends as the next begins, the instant between is allowed: the visit fits exactly.
    if (last && start < last.end) last.end = Math.max(last.end, end)
    else apart.push({ start, end })
  }
  return apart
}

function freeIn(
  { start, end, locationId, roomId }: WorkingStretch,
  taken: readonly Interval[],
  span: Interval,
  { duration, step, limit }: SlotQuestion,
  slots: FreeTime[],
): void {
  const onGrid = (instant: number): number => start + Math.ceil((instant - start) / step) * step
  const last = Math.min(end - duration, span.end - 1)
  let at = onGrid(Math.max(start, span.start))
  let index = firstEndingAfter(taken, at)
  while (at <= last && slots.length < limit) {
    const next = taken[index]
    if (next && next.end <= at) index += 1
    else if (next && next.start < at) at = onGrid(next.end)
    else {
      slots.push({ start: at, end: at + duration, locationId, roomId })
      at += step
    }
  }
}

function reasonOf({ stretches, absences }: WorkingTime, { doctor, rooms }: BusyTime, window: Interval, span: Interval): EmptySlotReason {
  if (!stretches.some((stretch) => common(stretch, window))) return EmptySlotReason.NOT_WORKING
  const bookable = stretches.flatMap((stretch) => {
    const part = common(stretch, span)
    return part ? [{ ...stretch, ...part }] : []
  })
  if (bookable.length === 0) return EmptySlotReason.OUTSIDE_BOOKING_WINDOW
  const present = bookable.flatMap((stretch) =>
    without(stretch, absences.get(stretch.locationId) ?? []).map((part) => ({ ...stretch, ...part })),
  )
  if (present.length === 0) return EmptySlotReason.ON_LEAVE
  const free = present.some(({ roomId, ...part }) => {
    const inRoom = roomId === null ? undefined : rooms.get(roomId)
    return without(part, inRoom ? merged([...doctor, ...inRoom]) : doctor).length > 0
  })
  return free ? EmptySlotReason.NO_GAP_LONG_ENOUGH : EmptySlotReason.FULLY_BOOKED
}

/** Only hours at two places at once give two free times with one start, or bring the order about; the doctor is then offered at one place. */
function distinctStarts(slots: readonly FreeTime[]): readonly FreeTime[] {
  if (slots.every(({ start }, index) => index === 0 || start > (slots[index - 1]?.start ?? -Infinity))) return slots
  const ordered = slots.toSorted((a, b) => a.start - b.start)
  return ordered.filter(({ start }, index) => index === 0 || start !== ordered[index - 1]?.start)
}
