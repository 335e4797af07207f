import { SeriesFrequency } from '../appointment-series.entity.js'

/** When a series repeats. Exactly one of `occurrences` and `until` is given. */
export interface SeriesRule {
  readonly frequency: SeriesFrequency
  readonly every: number
  readonly occurrences: number | null
  /** The last day, on the calendar of the location. */
  readonly until: string | null
}

/** More than two years of weekly visits are a mistake. */
export const MOST_OCCURRENCES = 104

/**
 * The beginnings of a series: the same wall time at the location, whatever its clock does in between (RULES A8). A wall time that a
 * clock change jumps over is the one an hour later, one that comes twice its first coming. A month without that day is left out.
 *
 * @returns one more than `MOST_OCCURRENCES` at most, so that the caller sees that there are too many
 */
export function occurrencesOf(first: Date, zone: string, { frequency, every, occurrences, until }: SeriesRule): Date[] {
  const start = Temporal.Instant.fromEpochMilliseconds(first.getTime()).toZonedDateTimeISO(zone).toPlainDateTime()
  const last = until === null ? null : Temporal.PlainDate.from(until)
  const most = Math.min(occurrences ?? Infinity, MOST_OCCURRENCES + 1)
  const found: Date[] = []
  for (let step = 0; found.length < most; step += 1) {
    const amount = step * every
    const at = start.add(frequency === SeriesFrequency.WEEKLY ? { weeks: amount } : { months: amount })
    if (last && Temporal.PlainDate.compare(at.toPlainDate(), last) > 0) break
    if (frequency === SeriesFrequency.MONTHLY && at.day !== start.day) continue
    found.push(step === 0 ? first : new Date(at.toZonedDateTime(zone).epochMilliseconds))
  }
  return found
}

/** The same distance on the wall clock as from `before` to `after`, from `instant`: how the rest of a series is moved along with one of it. */
export function movedAlike(instant: Date, before: Date, after: Date, zone: string): Date {
  const wall = (at: Date): Temporal.PlainDateTime => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDateTime()
  const distance = wall(before).until(wall(after), { largestUnit: 'day' })
  return new Date(wall(instant).add(distance).toZonedDateTime(zone).epochMilliseconds)
}
