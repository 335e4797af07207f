import { common, merged, without, type Interval } from './intervals.js'
import { weekdayOf, type Day, type WallClock } from './wall-clock.js'

/** A stretch of one day in wall time: milliseconds since midnight, half-open. */
export interface WallStretch {
  readonly start: number
  readonly end: number
}

/** One stretch of a doctor's week. */
export interface WeeklyHours extends WallStretch {
  readonly locationId: string
  readonly roomId: string | null
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: number
  readonly validFrom: Day
  /** The last day; `null`: open. */
  readonly validTo: Day | null
  readonly breaks: readonly WallStretch[]
}

/** A day on which a doctor's hours at a location differ from the week. */
export interface DayException {
  readonly locationId: string
  readonly day: Day
  readonly kind: 'OTHER_HOURS' | 'EXTRA_HOURS' | 'NOT_WORKING'
  readonly hours: readonly (WallStretch & { readonly roomId: string | null })[]
}

/** An absence: between two instants, or over whole days of whichever location it is asked for. */
export type Absence = { readonly start: number; readonly end: number } | { readonly firstDay: Day; readonly lastDay: Day }

/** Days on which a location, or with `null` every location, is closed. */
export interface Closure {
  readonly locationId: string | null
  readonly firstDay: Day
  readonly lastDay: Day
}

/** When one doctor works, as it was entered. */
export interface DoctorHours {
  readonly weekly: readonly WeeklyHours[]
  readonly exceptions: readonly DayException[]
  readonly absences: readonly Absence[]
}

/** A stretch of work at one place, without a break. */
export interface WorkingStretch extends Interval {
  readonly locationId: string
  readonly roomId: string | null
}

/** Working time of one doctor, and what is taken away from it by absences. */
export interface WorkingTime {
  /** In order of their start. Absences are not taken away yet. */
  readonly stretches: readonly WorkingStretch[]
  /** Merged, by location. */
  readonly absences: ReadonlyMap<string, readonly Interval[]>
}

/**
 * The stretches in which a doctor works that have something in common with a window: the week's hours without their breaks, as the day's
 * exception has it, except on days when the place is closed (RULES A4). Each is whole, also where it reaches out of the window, because
 * free times are counted from its start.
 *
 * @param clocks the clock of each location that counts; hours at other locations are left out
 */
export function workingTime(
  { weekly, exceptions, absences }: DoctorHours,
  closures: readonly Closure[],
  clocks: ReadonlyMap<string, WallClock>,
  window: Interval,
): WorkingTime {
  const stretches: WorkingStretch[] = []
  const away = new Map<string, readonly Interval[]>()
  const exceptionOf = new Map(exceptions.map((exception) => [`${exception.locationId} ${exception.day}`, exception]))
  const weeklyOf = Map.groupBy(weekly, ({ locationId, weekday }) => `${locationId} ${weekday}`)
  for (const [locationId, clock] of clocks) {
    const closed = closures.filter((closure) => closure.locationId === null || closure.locationId === locationId)
    for (let day = clock.dayAt(window.start) - 1; day <= clock.dayAt(window.end); day += 1) {
      if (closed.some(({ firstDay, lastDay }) => firstDay <= day && day <= lastDay)) continue
      const week = weeklyOf.get(`${locationId} ${weekdayOf(day)}`) ?? []
      for (const { start, end, roomId } of hoursOfDay(week, exceptionOf.get(`${locationId} ${day}`), day)) {
        const stretch = { start: clock.instantOf(day, start), end: clock.instantOf(day, end), locationId, roomId }
        if (common(stretch, window)) stretches.push(stretch)
      }
    }
    away.set(
      locationId,
      merged(
        absences.map((absence) =>
          'firstDay' in absence
            ? { start: clock.instantOf(absence.firstDay, 0), end: clock.instantOf(absence.lastDay + 1, 0) }
            : { start: absence.start, end: absence.end },
        ),
      ),
    )
  }
  return { stretches: stretches.sort((a, b) => a.start - b.start), absences: away }
}

type DayStretch = WallStretch & { readonly roomId: string | null }

/** The hours of one day at one location. Stretches in one room that touch become one, so that a visit may lie across the seam. */
function hoursOfDay(week: readonly WeeklyHours[], exception: DayException | undefined, day: Day): DayStretch[] {
  if (exception?.kind === 'NOT_WORKING') return []
  const hours: DayStretch[] = exception ? [...exception.hours] : []
  if (exception?.kind !== 'OTHER_HOURS')
    for (const { validFrom, validTo, breaks, roomId, start, end } of week) {
      if (day < validFrom || (validTo !== null && day > validTo)) continue
      const parts = breaks.length === 0 ? [{ start, end }] : without({ start, end }, merged(breaks))
      for (const part of parts) hours.push({ ...part, roomId })
    }
  if (hours.length < 2) return hours
  return [...Map.groupBy(hours, ({ roomId }) => roomId)].flatMap(([roomId, ofRoom]) => merged(ofRoom).map((part) => ({ ...part, roomId })))
}
