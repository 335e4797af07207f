import { BadUserInputError } from '../../graphql/errors.js'
import type { FilterField, ShapedFilterField, SqlRow } from '../../graphql/loaders/declaration.js'
import { nameShape, nameShapes } from './name-search.js'
import { readsDemographics } from './patient.access.js'

/** Patient search (RULES P2): names by their words (see `name-search.ts`), numbers by their digits. */

const ISO_DATE = /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/
/** As people write it: with dots the day comes first, with strokes that depends on the country. */
const WRITTEN_DATE = /^(?<first>\d{1,2})(?<sign>[./-])(?<second>\d{1,2})\k<sign>(?<year>\d{4})$/
const NUMBER = /^[+\d][\d\s()./-]*$/
/** The shortest number that is looked for: fewer digits match half of the clinic. */
const LEAST_DIGITS = 4
const MOST_CHARACTERS = 200

const digitsOf = (text: string): string => text.replace(/\D/g, '')

const refuse = (field: string, message: string): never => {
  throw new BadUserInputError([{ field: `filter.${field}`, message }])
}

/** The days that a text may mean, `YYYY-MM-DD`; none when it is no date. */
function datesIn(text: string): string[] {
  const trimmed = text.trim()
  const iso = ISO_DATE.exec(trimmed)?.groups
  if (iso) return dayOf(iso['year'], iso['month'], iso['day'])
  const { year, first, second, sign } = WRITTEN_DATE.exec(trimmed)?.groups ?? {}
  return [...new Set([...dayOf(year, second, first), ...(sign === '.' ? [] : dayOf(year, first, second))])]
}

function dayOf(...parts: readonly (string | undefined)[]): string[] {
  const [year = NaN, month = NaN, day = NaN] = parts.map(Number)
  try {
    return [Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' }).toString()]
  } catch {
    return []
  }
}

/** Zeros at the beginning stand for the code of a country, or introduce it. */
function significant(text: string): string {
  const digits = digitsOf(text)
  const without = digits.replace(/^0+/, '')
  return without.length < LEAST_DIGITS ? digits : without
}

/** So many digits at the end of a phone number tell it from most others; there is an index of them. */
const PHONE_END = 7

/**
 * Rows that one of some conditions finds, each by its own index. Said apart from the list, whose order has an index as well: PostgreSQL would
 * walk along that, for the sake of the first page, and look at most of the clinic before it has found twenty with the number.
 */
function foundBy(row: SqlRow, conditions: readonly ((inner: SqlRow) => string)[]): string {
  const steps = conditions.map((condition, index) => {
    const again = row.again(`n${index}`)
    return `select ${again.row.column('id')} from ${again.from} where ${condition(again.row)} and ${again.condition}`
  })
  return `${row.column('id')} = any (array(${steps.join(' union all ')}))`
}

/**
 * A phone number, or the part of one that a person remembers. One and the same is stored here with the code of the country and there
 * without, and so it is typed: a part of the number is enough, and so is a number of which the stored one is the end.
 *
 * @param name what its placeholders begin with
 */
function phone(name: string, digitsIn: (text: string) => string) {
  const text = (of: (digits: string) => string | null) => ({ type: 'text', of: (typed: string) => of(digitsIn(typed)) })
  const isPart = (row: SqlRow): string => `${row.column('phoneDigits')} like ${row.value(`${name}_part`)}`
  const isEnd = (row: SqlRow): string => {
    const stored = row.column('phoneDigits')
    return `right(${stored}, ${PHONE_END}) = ${row.value(`${name}_end`)} and ${stored} is not null
      and ${row.value(`${name}_whole`)} like '%' || ltrim(${stored}, '0')`
  }
  return {
    values: {
      [`${name}_part`]: text((digits) => `%${digits}%`),
      [`${name}_whole`]: text((digits) => digits),
      [`${name}_end`]: text((digits) => (digits.length > PHONE_END ? digits.slice(-PHONE_END) : null)),
    },
    conditions: [isPart, isEnd],
  }
}

const typedPhone = phone('search_phone', significant)

const byNumber: FilterField = {
  values: { search_mrn: { type: 'text', of: (text: string) => digitsOf(text) }, ...typedPhone.values },
  where: (row) => foundBy(row, [(inner) => `${inner.column('mrn')} = ${inner.value('search_mrn')}`, ...typedPhone.conditions]),
  reveals: readsDemographics,
}

const byBirthDate: FilterField = {
  values: { search_dates: { type: 'date[]', of: datesIn } },
  where: (row) => `${row.column('birthDate')} = any(${row.value('search_dates')})`,
  reveals: readsDemographics,
}

/** What the front desk types, told apart by its shape. */
export const searchField: ShapedFilterField = {
  shapeOf: (text: string) => {
    const trimmed = text.trim()
    if (trimmed === '') return refuse('search', 'must not be empty')
    if (trimmed.length > MOST_CHARACTERS) return refuse('search', `must have at most ${MOST_CHARACTERS} characters`)
    if (datesIn(trimmed).length > 0) return 'date'
    if (ISO_DATE.test(trimmed)) return refuse('search', 'is not a date')
    if (!NUMBER.test(trimmed)) return nameShape(trimmed)
    return digitsOf(trimmed).length < LEAST_DIGITS ? refuse('search', `a number needs at least ${LEAST_DIGITS} digits`) : 'number'
  },
  shapes: { ...nameShapes, number: byNumber, date: byBirthDate },
}

const givenPhone = phone('phone', (text) =>
  digitsOf(text).length < LEAST_DIGITS ? refuse('phone', `needs at least ${LEAST_DIGITS} digits`) : significant(text),
)

/** A phone number, or a part of it. */
export const phoneField: FilterField = {
  values: givenPhone.values,
  where: (row) => foundBy(row, givenPhone.conditions),
  reveals: readsDemographics,
}
