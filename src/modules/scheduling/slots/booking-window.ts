import { DAY, MINUTE } from '../../../clock.js'
import type { Interval } from './intervals.js'

/** The clinic's settings of when patients may book themselves (RULES A6). */
export interface BookingSettings {
  readonly minimumNoticeMinutes: number
  readonly bookingHorizonDays: number
}

/**
 * What may be booked at this moment: a patient's own bookings begin at least the minimum notice and at most the horizon ahead, a day
 * being 24 hours; staff book as far ahead as they like, never into the past (RULES A6).
 *
 * @param now epoch milliseconds
 */
export function bookingWindow(now: number, forPatient: boolean, settings: BookingSettings): Interval {
  if (!forPatient) return { start: now, end: Infinity }
  return { start: now + settings.minimumNoticeMinutes * MINUTE, end: now + settings.bookingHorizonDays * DAY }
}
