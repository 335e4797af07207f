import type { DoctorHours, Closure } from '../../../src/modules/scheduling/slots/working-time.js'
import type { BusyTime, SlotQuestion } from '../../../src/modules/scheduling/slots/find-slots.js'
import { weekdayOf } from '../../../src/modules/scheduling/slots/wall-clock.js'

const MINUTE = 60_000
const DAY = 86_400_000

/** One minute of work at a place: the instant, and which start of a stretch it is counted from. */
interface WorkingMinute {
  readonly place: string
  readonly stretch: string
}

/**
 * The free times of one doctor at one location, found the slow way: minute by minute, by looking at the clock on the wall. Shares no code
 * with the sweep but the inputs; asks `Temporal` for every minute.
 */
export function slotsMinuteByMinute(
  hours: DoctorHours,
  closures: readonly Closure[],
  locationId: string,
  zone: string,
  busy: BusyTime,
  question: SlotQuestion,
): number[] {
  const from = Math.floor((question.window.start - 2 * DAY) / MINUTE) * MINUTE
  const until = question.window.end + 2 * DAY
  // In autumn the clock goes back; the time that was reached counts, so that no hour is worked in two pieces.
  let reached = -Infinity
  const minutes = new Map<number, WorkingMinute>()
  const starts = new Map<string, number>()
  for (let instant = from; instant < until; instant += MINUTE) {
    const wall = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime()
    reached = Math.max(reached, wall.toZonedDateTime('UTC').epochMilliseconds)
    const day = Math.floor(reached / DAY)
    const stretch = stretchAt(hours, closures, locationId, day, reached - day * DAY)
    if (stretch === null) continue
    minutes.set(instant, { place: locationId, stretch })
    if (!starts.has(stretch)) starts.set(stretch, instant)
  }
  const away = (instant: number): boolean =>
    hours.absences.some((absence) => {
      if (!('firstDay' in absence)) return absence.start <= instant && instant < absence.end
      const date = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDate()
      const day = Math.floor(date.toZonedDateTime('UTC').epochMilliseconds / DAY)
      return absence.firstDay <= day && day <= absence.lastDay
    })
  const found: number[] = []
  for (const [start, { stretch }] of minutes) {
    if (start < question.window.start || start >= question.window.end) continue
    if (start < question.bookable.start || start >= question.bookable.end) continue
    if ((start - (starts.get(stretch) ?? 0)) % question.step !== 0) continue
    let free = true
    for (let at = start; at < start + question.duration && free; at += MINUTE) free = minutes.get(at)?.stretch === stretch && !away(at)
    const visit = { start: start - question.bufferBefore, end: start + question.duration + question.bufferAfter }
    if (free && !busy.doctor.some(({ start: a, end: b }) => a < visit.end && visit.start < b)) found.push(start)
  }
  return found
}

/** Which stretch of work, named by its day and beginning, is on at a wall time. Only for hours without rooms that do not overlap. */
function stretchAt(
  { weekly, exceptions }: DoctorHours,
  closures: readonly Closure[],
  locationId: string,
  day: number,
  time: number,
): string | null {
  if (closures.some((each) => (each.locationId ?? locationId) === locationId && each.firstDay <= day && day <= each.lastDay)) return null
  const exception = exceptions.find((each) => each.day === day && each.locationId === locationId)
  const works = (at: number): boolean => {
    if (exception?.kind === 'NOT_WORKING') return false
    if (exception?.hours.some(({ start, end }) => start <= at && at < end)) return true
    if (exception?.kind === 'OTHER_HOURS') return false
    return weekly.some(
      (week) =>
        week.weekday === weekdayOf(day) &&
        week.validFrom <= day &&
        (week.validTo === null || day <= week.validTo) &&
        week.start <= at &&
        at < week.end &&
        !week.breaks.some(({ start, end }) => start <= at && at < end),
    )
  }
  if (!works(time)) return null
  let beginning = time
  while (beginning > 0 && works(beginning - MINUTE)) beginning -= MINUTE
  return `${day} ${beginning}`
}
