import { after, HOUR, MINUTE } from '../../clock.js'

/** A visit that begins sooner than this is not offered by itself: nobody could be reached and come. */
export const LEAST_NOTICE_MS = 2 * HOUR

const SHORTEST_MS = 30 * MINUTE
const LONGEST_MS = 12 * HOUR
/** So much of the time that is left may go into waiting for one answer; the next in line want to be asked as well. */
const SHARE = 1 / 4

/**
 * Until when an offer holds: a quarter of the time until the visit, but at least half an hour and at most twelve hours.
 * @returns `null` when the visit begins too soon for that
 */
export function offerEndsAt(now: Date, startsAt: Date): Date | null {
  const left = startsAt.getTime() - now.getTime()
  if (left < LEAST_NOTICE_MS) return null
  return after(now, Math.min(Math.max(left * SHARE, SHORTEST_MS), LONGEST_MS))
}
