/** Arithmetic on epoch milliseconds: what the generator counts in, because a `Temporal` object per row would be slow. */

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** Good enough for ages and spans; calendar years are reckoned with dates. */
export const YEAR = 365.25 * DAY

/** RFC 3339 in UTC with milliseconds, as PostgreSQL takes it. */
export function instant(ms: number): string {
  return new Date(ms).toISOString()
}

/** The date of the instant in UTC. */
export function dateOf(ms: number): string {
  return instant(ms).slice(0, 10)
}

/** The start of a date in UTC. */
export function startOfDate(date: string): number {
  return Date.parse(`${date}T00:00:00Z`)
}

/**
 * What a clinic is generated as of: an instant, or a date, which means noon UTC of that day (a working hour in both of the clinic's zones).
 * @throws RangeError for anything else
 */
export function parseAsOf(asOf: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(asOf)
    ? Temporal.PlainDate.from(asOf).toZonedDateTime({ timeZone: 'UTC', plainTime: '12:00' }).epochMilliseconds
    : Temporal.Instant.from(asOf).epochMilliseconds
  return ms
}
