/** Where the time comes from. Whatever expires asks one of these, so that a test can move it. */
export type Clock = () => Date

/** The time of this machine. */
export const systemClock: Clock = () => new Date()

/** A time some milliseconds later (or, with a negative number, earlier). */
export function after(start: Date, milliseconds: number): Date {
  return new Date(start.getTime() + milliseconds)
}

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The calendar day, `YYYY-MM-DD`, that the wall clock of a zone (IANA) shows at an instant. */
export function dayIn(at: Date, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString()
}
