import { escapeLike } from '../../database/like.js'
import { BadUserInputError } from '../../graphql/errors.js'
import type { FilterField, ShapedFilterField, SqlRow } from '../../graphql/loaders/declaration.js'
import { readsDemographics, readsPatientNames } from './patient.access.js'

/** Patient search (RULES P2): names by trigram similarity over a generated column without accents, numbers by their digits. */

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/
const NUMBER = /^[+\d][\d\s()./-]*$/
/** The shortest number that is looked for: fewer digits match half of the clinic. */
const LEAST_DIGITS = 4
const MOST_WORDS = 8
const MOST_CHARACTERS = 200

const digitsOf = (text: string): string => text.replace(/\D/g, '')

/** The words of a search, longest first: the longest narrows most, so it drives the index. */
export function searchWords(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .toSorted((a, b) => b.length - a.length)
    .slice(0, MOST_WORDS)
}

/** The pattern a name is compared with: anywhere in it for three letters and more, at the start of a word for less (trigrams need three). */
function pattern(word: string, start: string): string {
  return word.length < 3 ? `${start}${escapeLike(word)}%` : `%${escapeLike(word)}%`
}

const refuse = (field: string, message: string): never => {
  throw new BadUserInputError([{ field: `filter.${field}`, message }])
}

const plain = (placeholder: string): string => `lower(clinic_unaccent(${placeholder}))`

function matchesName(row: SqlRow): string {
  const name = row.column('searchName')
  const driving = plain(row.value('search_word'))
  const first = `(${name} like ${plain(row.value('search_pattern'))} or ${name} like ${plain(row.value('search_pattern_inside'))} or ${driving} <% ${name})`
  const rest =
    `not exists (select from unnest(${row.value('search_rest')}) w(word)` +
    ` where not (${name} like '%' || ${plain("regexp_replace(w.word, '([\\\\%_])', '\\\\\\1', 'g')")} || '%' or ${plain('w.word')} <% ${name}))`
  return `${first} and ${rest}`
}

const byName: FilterField = {
  values: {
    search_word: { type: 'text', of: (text: string) => searchWords(text)[0] },
    search_pattern: { type: 'text', of: (text: string) => pattern(searchWords(text)[0] ?? '', '') },
    search_pattern_inside: { type: 'text', of: (text: string) => pattern(searchWords(text)[0] ?? '', '% ') },
    search_rest: { type: 'text[]', of: (text: string) => searchWords(text).slice(1) },
    search_all: { type: 'text', of: (text: string) => text },
  },
  where: matchesName,
  reveals: readsPatientNames,
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
    if (!NUMBER.test(trimmed)) return 'name'
    return digitsOf(trimmed).length < LEAST_DIGITS ? refuse('search', `a number needs at least ${LEAST_DIGITS} digits`) : 'number'
  },
  shapes: { name: byName, number: byNumber, date: byBirthDate },
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

/** How well a name fits what was typed; 1 is best. */
export const nameSimilarity = (row: SqlRow): string => `word_similarity(${plain(row.value('search_all'))}, ${row.column('searchName')})`
