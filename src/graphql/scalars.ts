import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import { GraphQLDateTime, GraphQLLocalDate, GraphQLLocalTime } from 'graphql-scalars'

/**
 * The scalars of the contract. Parsing is the library's; serialising is ours, because the read path hands over text that PostgreSQL
 * already wrote in the wire format, and going through `Date` for each of hundreds of fields is the cost of a whole chart.
 */

const scalarError = (message: string): GraphQLError => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })

/** An instant, RFC 3339 with offset. Values are text in that format (read path) or `Date` (entities). */
export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'An instant with offset (RFC 3339), for instance `2026-11-20T09:30:00.000Z`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => {
    if (typeof value === 'string') return value
    if (value instanceof Date) return value.toISOString()
    throw scalarError('DateTime cannot represent this value.')
  },
  parseValue: (value) => {
    if (typeof value !== 'string') throw scalarError('DateTime must be text in RFC 3339 format with an offset.')
    return GraphQLDateTime.parseValue(value)
  },
  parseLiteral: (node) => {
    if (node.kind !== Kind.STRING) throw scalarError('DateTime must be text in RFC 3339 format with an offset.')
    return GraphQLDateTime.parseValue(node.value)
  },
})

const passText = (value: unknown): string => {
  if (typeof value === 'string') return value
  throw scalarError('This value cannot be represented.')
}

/** A calendar day without zone, `YYYY-MM-DD`. */
export const LocalDateScalar = new GraphQLScalarType<string, string>({
  ...GraphQLLocalDate.toConfig(),
  name: 'LocalDate',
  description: 'A calendar day, for instance `2026-11-20`.',
  serialize: passText,
})

const END_OF_DAY = /^24:00(:00(\.000)?)?$/

/**
 * A wall-clock time without zone, `HH:mm`; seconds are shown only when they are not zero. `24:00` is the midnight at the end of a day (ISO
 * 8601), as in PostgreSQL's `time`: where something may only begin, whoever takes the value refuses it.
 */
export const LocalTimeScalar = new GraphQLScalarType<string, string>({
  ...GraphQLLocalTime.toConfig(),
  name: 'LocalTime',
  description: 'A wall-clock time at the location, for instance `09:30`. What ends may end at `24:00`, the midnight at the end of the day.',
  parseValue: (value) => (typeof value === 'string' && END_OF_DAY.test(value) ? '24:00' : GraphQLLocalTime.parseValue(value)),
  parseLiteral: (node) =>
    node.kind === Kind.STRING && END_OF_DAY.test(node.value) ? '24:00' : GraphQLLocalTime.parseLiteral(node, undefined),
  serialize: (value) => passText(value).replace(/^(\d\d:\d\d):00(?:\.0+)?$/, '$1'),
})

const DECIMAL = /^-?\d{1,20}(?:\.\d{1,10})?$/

const parseDecimal = (value: unknown): string => {
  if (typeof value === 'string' && DECIMAL.test(value)) return value
  throw scalarError('Decimal must be text such as "12.50": up to 20 digits, up to 10 after the point.')
}

/** An exact decimal number; text on the wire and in code, `numeric` in the database, never a float. */
export const DecimalScalar = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description: 'An exact decimal number as text, for instance `"12.50"`.',
  serialize: passText,
  parseValue: parseDecimal,
  parseLiteral: (node) => parseDecimal(node.kind === Kind.STRING ? node.value : undefined),
})
