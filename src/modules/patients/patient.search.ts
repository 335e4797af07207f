import { BadUserInputError } from '../../graphql/errors.js'
import type { FilterField, ShapedFilterField } from '../../graphql/loaders/declaration.js'
import { nameShape, nameShapes } from './name-search.js'
import { readsDemographics } from './patient.access.js'

/** Patient search (RULES P2): names by their words (see `name-search.ts`), numbers by their digits. */

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/
const NUMBER = /^[+\d][\d\s()./-]*$/
/** The shortest number that is looked for: fewer digits match half of the clinic. */
const LEAST_DIGITS = 4
const MOST_CHARACTERS = 200

const digitsOf = (text: string): string => text.replace(/\D/g, '')

const refuse = (field: string, message: string): never => {
  throw new BadUserInputError([{ field: `filter.${field}`, message }])
}

const byNumber: FilterField = {
  values: {
    search_mrn: { type: 'text', of: (text: string) => digitsOf(text) },
    search_phone: { type: 'text', of: (text: string) => `%${digitsOf(text)}%` },
  },
  where: (row) => `${row.column('mrn')} = ${row.value('search_mrn')} or ${row.column('phoneDigits')} like ${row.value('search_phone')}`,
  reveals: readsDemographics,
}

const byBirthDate: FilterField = {
  values: { search_date: { type: 'date', of: (text: string) => text.trim() } },
  where: (row) => `${row.column('birthDate')} = ${row.value('search_date')}`,
  reveals: readsDemographics,
}

/** What the front desk types, told apart by its shape. */
export const searchField: ShapedFilterField = {
  shapeOf: (text: string) => {
    const trimmed = text.trim()
    if (trimmed === '') return refuse('search', 'must not be empty')
    if (trimmed.length > MOST_CHARACTERS) return refuse('search', `must have at most ${MOST_CHARACTERS} characters`)
    if (ISO_DATE.test(trimmed)) return Number.isNaN(Date.parse(trimmed)) ? refuse('search', 'is not a date') : 'date'
    if (!NUMBER.test(trimmed)) return nameShape(trimmed)
    return digitsOf(trimmed).length < LEAST_DIGITS ? refuse('search', `a number needs at least ${LEAST_DIGITS} digits`) : 'number'
  },
  shapes: { ...nameShapes, number: byNumber, date: byBirthDate },
}

/** A phone number, or the part of one that a person remembers. */
export const phoneField: FilterField = {
  values: {
    phone_digits: {
      type: 'text',
      of: (text: string) => {
        const digits = digitsOf(text)
        return digits.length < LEAST_DIGITS ? refuse('phone', `needs at least ${LEAST_DIGITS} digits`) : `%${digits}%`
      },
    },
  },
  where: (row) => `${row.column('phoneDigits')} like ${row.value('phone_digits')}`,
  reveals: readsDemographics,
}
