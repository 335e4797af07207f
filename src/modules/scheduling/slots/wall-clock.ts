import { DAY } from '../../../clock.js'

/** A day of the calendar as a number: days since 1970-01-01. Dates are counted in these, because that is what a loop over days needs. */
export type Day = number

/** The day of `2026-11-20`. */
export function dayOf(date: string): Day {
  return Temporal.PlainDate.from('1970-01-01').until(Temporal.PlainDate.from(date)).days
}

/** The date of a day, `2026-11-20`. */
export function dateOf(day: Day): string {
  return Temporal.PlainDate.from('1970-01-01').add({ days: day }).toString()
}

/** 1 = Monday … 7 = Sunday (ISO 8601). The first day of the count was a Thursday. */
export function weekdayOf(day: Day): number {
  return ((((day + 3) % 7) + 7) % 7) + 1
}

/** Wall time of `09:30` or `09:30:00` in milliseconds since midnight; that of `24:00` is the midnight at the end of the day. */
export function timeOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  return ((hours * 60 + minutes) * 60 + seconds) * 1000
}

/** A stretch of instants during which a zone keeps one offset. */
interface Segment {
  readonly from: number
  readonly until: number
  readonly offset: number
}

/** How far around a question the offsets of a zone are looked up, so that the next question usually finds them. */
const MARGIN = 400 * DAY

/**
 * The clock on the wall of one zone, over some months. `Temporal` is asked for the zone's changes once; the rest is arithmetic, since a
 * `Temporal` object per day and stretch costs more than everything else about a search.
 *
 * A wall time means the first instant at which the clock shows that time or a later one (SECURITY C9):
 * - in spring, a time that is jumped over means the instant of the jump, so 01:00 to 04:00 of that night has two hours, 02:00 to 03:00 none;
 * - in autumn, a time that comes twice means its first coming, so 01:00 to 04:00 has four hours.
 *
 * Later wall times never mean earlier instants, so stretches that are apart on paper stay apart, and those that touch still touch.
 */
export class WallClock {
  readonly #from: number
  readonly #until: number
  readonly #segments: readonly Segment[]

  private constructor(zone: string, from: number, until: number) {
    this.#from = from
    this.#until = until
    const segments: Segment[] = []
    let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone)
    while (at.epochMilliseconds < until) {
      const next = at.getTimeZoneTransition('next')
      const end = Math.min(next?.epochMilliseconds ?? until, until)
      segments.push({ from: at.epochMilliseconds, until: end, offset: at.offsetNanoseconds / 1e6 })
      if (!next) break
      at = next
    }
    this.#segments = segments
  }

  static readonly #known = new Map<string, WallClock>()

  /**
   * The clock of a zone, good for the time between two instants and a day around it.
   * @throws RangeError for a zone that is not known
   */
  static of(zone: string, from: number, until: number): WallClock {
    const known = WallClock.#known.get(zone)
    if (known && known.#from <= from - 2 * DAY && known.#until >= until + 2 * DAY) return known
    const made = new WallClock(zone, from - MARGIN, until + MARGIN)
    WallClock.#known.set(zone, made)
    return made
  }

  /**
   * The instant that a wall time means.
   * @param time milliseconds since midnight of the day; 24 hours is the midnight at its end
   */
  instantOf(day: Day, time: number): number {
    const wanted = day * DAY + time
    for (const { from, until, offset } of this.#segments) {
      const instant = Math.max(from, wanted - offset)
      if (instant < until) return instant
    }
    return this.#until
  }

  /** The day that the calendar shows at the instant. */
  dayAt(instant: number): Day {
    const segment = this.#segments.find(({ until }) => instant < until) ?? this.#segments.at(-1)
    return Math.floor((instant + (segment?.offset ?? 0)) / DAY)
  }
}
