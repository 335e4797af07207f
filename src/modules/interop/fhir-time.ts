/** A FHIR date or dateTime, which may be as coarse as a year. */
export interface SourceTime {
  /** The instant; of a coarse one, its beginning in the importing clinic's zone. */
  readonly at: Date
  /** The calendar day as the source wrote it, in the source's own offset; of a coarse one, its first day. */
  readonly day: string
  /** The end of what was said: the instant itself, or the end of the day, month or year. */
  readonly until: Date
  /** Only a year or a month was given, so `day` is more exact than the source. */
  readonly partial: boolean
}

const PATTERN = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?)?)?$/

/**
 * Reads a FHIR `date`, `dateTime` or `instant`.
 * @param zone IANA zone that days without a time are taken in
 * @returns undefined when it is none, or names a day that does not exist
 */
export function parseTime(value: string | undefined, zone: string): SourceTime | undefined {
  const match = value === undefined ? null : PATTERN.exec(value)
  if (match === null) return undefined
  const [, year = '', month, date, time, offset] = match
  const day = `${year}-${month ?? '01'}-${date ?? '01'}`
  try {
    const plain = Temporal.PlainDate.from(day, { overflow: 'reject' })
    if (time !== undefined) {
      const at = offset === undefined ? zoned(`${day}T${time}`, zone) : new Date(`${day}T${time}${offset}`)
      return Number.isNaN(at.getTime()) ? undefined : { at, day, until: at, partial: false }
    }
    const next = plain.add(date !== undefined ? { days: 1 } : month !== undefined ? { months: 1 } : { years: 1 })
    return { at: zoned(day, zone), day, until: new Date(zoned(next.toString(), zone).getTime() - 1), partial: date === undefined }
  } catch {
    return undefined
  }
}

/** Whether a name is one of an IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function zoned(plain: string, zone: string): Date {
  return new Date(Temporal.PlainDateTime.from(plain).toZonedDateTime(zone).epochMilliseconds)
}
