import { present } from './present.js'
import { DAY, MINUTE, startOfDate } from './time.js'

/** One stretch of a doctor's week: local wall time at the site, between two dates (RULES A4). */
export interface Stretch {
  readonly weekday: number
  readonly startsAt: string
  readonly endsAt: string
  readonly validFrom: string
  readonly validTo: string | null
  readonly roomId: string
}

/** A free time that was taken: `[start, end)` in epoch milliseconds, and the room the doctor is in then. */
export interface Booking {
  readonly start: number
  readonly end: number
  readonly roomId: string
}

/** How many slots in a row are looked at before the doctor counts as booked up. */
const MOST_PROBES = 400

/**
 * All slots of one doctor over the years of a clinic, and which of them are taken: no slot is given twice, so that the exclusion
 * constraints hold (RULES A1), and the room goes with the slot, so that two doctors never share a room at a time (RULES A2).
 */
export class DoctorCalendar {
  readonly #starts: number[] = []
  readonly #stretchOf: number[] = []
  readonly #taken: Uint8Array
  readonly #stretches: readonly Stretch[]
  readonly #slot: number

  /**
   * Slots of `minutes` within the stretches from the date `from` up to, but not including, `to`, in the zone's wall time.
   * @param away days without work, as dates; both ends inclusive
   */
  constructor(
    stretches: readonly Stretch[],
    timeZone: string,
    minutes: number,
    from: string,
    to: string,
    away: readonly { readonly first: string; readonly last: string }[] = [],
  ) {
    this.#stretches = stretches
    this.#slot = minutes * MINUTE
    for (let day = Temporal.PlainDate.from(from); Temporal.PlainDate.compare(day, to) < 0; day = day.add({ days: 1 })) {
      const date = day.toString()
      if (away.some(({ first, last }) => first <= date && date <= last)) continue
      const today = stretches
        .map((stretch, index) => ({ stretch, index }))
        .filter(
          ({ stretch }) =>
            stretch.weekday === day.dayOfWeek && stretch.validFrom <= date && (stretch.validTo === null || date <= stretch.validTo),
        )
        .toSorted((one, other) => (one.stretch.startsAt < other.stretch.startsAt ? -1 : 1))
      for (const { stretch, index } of today) {
        // Both ends are looked up in the zone: a stretch across a change of the clock is an hour shorter or longer.
        const begin = day.toZonedDateTime({ timeZone, plainTime: stretch.startsAt }).epochMilliseconds
        const end = day.toZonedDateTime({ timeZone, plainTime: stretch.endsAt }).epochMilliseconds
        for (let start = begin; start + this.#slot <= end; start += this.#slot) {
          this.#starts.push(start)
          this.#stretchOf.push(index)
        }
      }
    }
    this.#taken = new Uint8Array(this.#starts.length)
  }

  /**
   * Takes `slots` neighbouring free slots that start at or after `wanted`, or, when all of these are taken, after `from`.
   * All of it lies in `[from, to)`, and `fits` has the last word. `undefined` when nothing is found near by.
   */
  take(wanted: number, from: number, to: number, slots: number, fits: (start: number, end: number) => boolean): Booking | undefined {
    const low = this.#indexFrom(from)
    const high = this.#indexFrom(to)
    const span = high - low
    const first = Math.max(low, this.#indexFrom(wanted))
    for (let step = 0; step < Math.min(span, MOST_PROBES); step++) {
      const index = low + ((first - low + step) % span)
      if (!this.#isFree(index, slots)) continue
      const booking = this.#booking(index, slots)
      if (booking.end > to || !fits(booking.start, booking.end)) continue
      this.#taken.fill(1, index, index + slots)
      return booking
    }
    return undefined
  }

  /** A time that is taken already, for a booking on top of it (RULES A3). */
  findTaken(from: number, to: number, fits: (start: number, end: number) => boolean): Booking | undefined {
    const low = this.#indexFrom(from)
    for (let index = low; index < Math.min(this.#indexFrom(to), low + MOST_PROBES); index++) {
      const booking = this.#booking(index, 1)
      if (this.#taken[index] === 1 && fits(booking.start, booking.end)) return booking
    }
    return undefined
  }

  /** The latest slot that has begun at `now`, not older than `oldest`. Takes it. */
  takeLatestBegun(now: number, oldest: number): Booking | undefined {
    return this.#takeAt(this.#indexFrom(now + 1) - 1, (start) => start >= oldest)
  }

  /** The next slot after `now` that begins within `within` milliseconds. Takes it. */
  takeNext(now: number, within: number): Booking | undefined {
    return this.#takeAt(this.#indexFrom(now + 1), (start) => start <= now + within)
  }

  #takeAt(index: number, fits: (start: number) => boolean): Booking | undefined {
    const start = this.#starts[index]
    if (start === undefined || this.#taken[index] === 1 || !fits(start)) return undefined
    this.#taken[index] = 1
    return this.#booking(index, 1)
  }

  #isFree(index: number, slots: number): boolean {
    for (let each = index; each < index + slots; each++) {
      if (this.#taken[each] !== 0 || this.#stretchOf[each] !== this.#stretchOf[index]) return false
    }
    return this.#starts[index + slots - 1] === present(this.#starts[index]) + (slots - 1) * this.#slot
  }

  #booking(index: number, slots: number): Booking {
    const start = present(this.#starts[index])
    return { start, end: start + slots * this.#slot, roomId: present(this.#stretches[present(this.#stretchOf[index])]).roomId }
  }

  /** The first slot that starts at or after the time. */
  #indexFrom(time: number): number {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (present(this.#starts[middle]) < time) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The years a clinic is generated for: two past, one coming, as dates. */
export function clinicYears(now: number): { readonly from: string; readonly to: string; readonly fromMs: number; readonly toMs: number } {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('UTC').toPlainDate()
  const from = today.subtract({ years: 2 }).toString()
  const to = today.add({ years: 1 }).toString()
  // A day less at either end, because a date begins at different instants in the two zones.
  return { from, to, fromMs: startOfDate(from) + DAY, toMs: startOfDate(to) - DAY }
}
