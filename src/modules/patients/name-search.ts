import { escapeLike } from '../../database/like.js'
import type { FilterField, SqlRow } from '../../graphql/loaders/declaration.js'
import { readsPatientNames } from './patient.access.js'

/**
 * Search by name (RULES P2), in steps that each look at a bounded number of rows, because a surname may have ten thousand bearers and every
 * one of them would have to be compared to say which fits best:
 *
 * 1. one word: names that begin with it, by an ordered index;
 * 2. names that have all words somewhere in them (the shortest words: at the beginning of one), by trigrams;
 * 3. only when that found few (one word) or nobody (several): names with words that are like those. The list of all words (`name_word`) says
 *    which these are, and an index of the words of each name has the names that have one of them for each of the words looked for: it
 *    compares its own lists of bearers, so that two common names of which few people have both are found without looking at all bearers.
 *
 * What is found is ranked by similarity. A common name therefore shows some hundreds of its bearers, and another word or a date of birth
 * finds the one.
 */

/** A word of fewer letters has no trigram of its own and is looked for at the beginning of words only. */
const LEAST_INSIDE = 3
/** So many words are looked for by index and similarity; further ones only have to be there. */
const MOST_WORDS = 4
const MOST_REST = 4
const BEGINNING = 150
const ANYWHERE = 300
const ALIKE = 200
/** When fewer than this are found, perhaps a word is misspelt. Several words together may well be of one person alone. */
const FEW = { oneWord: 10, severalWords: 1 } as const
/** So many words that are like a misspelt one are tried, likest first. */
const VARIANTS = 5

/** How many words a search looks for by index, and how many of them are long enough to be misspelt: the first ones. */
interface WordCount {
  readonly count: number
  readonly long: number
}

const shapeName = ({ count, long }: WordCount): string => `name-${count}-${long}`

/** The words of a search, longest first. Signs alone are no word. */
export function searchWords(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .toSorted((a, b) => letters(b) - letters(a))
}

/** The letters of a word as the index has it, without the signs above and below them. */
const letters = (word: string): number => word.normalize('NFD').replace(/\p{M}/gu, '').length
/** Whether a word is long enough to be looked for inside of names. */
const isLong = (word: string): boolean => letters(word) >= LEAST_INSIDE

/** A word as names have it: hyphens stand between two words. */
const anywhere = (word: string): string => (isLong(word) ? `%${escapeLike(word)}%` : `% ${escapeLike(word)}%`)
const plain = (placeholder: string): string => `lower(clinic_unaccent(${placeholder}))`
/** The name behind a space, so that every word of it begins with one. */
const nameOf = (row: SqlRow): string => `clinic_name_text(${row.column('searchName')})`

const wordValue = (index: number): string => `search_word_${index}`
const patternValue = (index: number): string => `search_pattern_${index}`

/** Names that have all the words in them. */
function hasAll(row: SqlRow, count: number): string {
  const words = Array.from({ length: count }, (_, index) => `${nameOf(row)} like ${plain(row.value(patternValue(index)))}`)
  return [...words, hasRest(row, count)].join(' and ')
}

const hasRest = (row: SqlRow, count: number): string =>
  count < MOST_WORDS ? 'true' : `${nameOf(row)} like all (select ${plain('pattern')} from unnest(${row.value('search_rest')}) r(pattern))`

/** Names that have, for each of the long words, the word or one that is like it, and the short ones at the beginning of a word. */
function hasAlike(row: SqlRow, { count, long }: WordCount): string {
  const names = `clinic_name_word_list(${row.column('searchName')})`
  const alike = Array.from({ length: long }, (_, index) => {
    const word = plain(row.value(wordValue(index)))
    const variants = `select w.word from name_word w where ${word} <% w.word and w.word <> ${word} order by word_similarity(${word}, w.word) desc, similarity(${word}, w.word) desc, w.word limit ${VARIANTS}`
    return `${names} && array(select ${word} union all (${variants}))`
  })
  // Not through the index of parts of names, which would give all bearers of something so short.
  const short = Array.from(
    { length: count - long },
    (_, index) => `(' ' || ${row.column('searchName')}) like ${plain(row.value(patternValue(long + index)))}`,
  )
  return [...alike, ...short, hasRest(row, count)].join(' and ')
}

/** Names of which the first or last one begins with the word. */
function begins(row: SqlRow, property: 'firstName' | 'lastName'): string {
  return `lower(clinic_unaccent(${row.column(property)})) like ${plain(row.value('search_start'))}`
}

/** The ids that a step finds. */
function step(row: SqlRow, alias: string, limit: number, where: (inner: SqlRow) => string, unless: string | null = null): string {
  const again = row.again(alias)
  const gate = unless === null ? '' : `${unless} and `
  return `select ${again.row.column('id')} from ${again.from} where ${gate}${where(again.row)} and ${again.condition} limit ${limit}`
}

function found(row: SqlRow, steps: readonly (readonly [name: string, sql: string])[]): string {
  const all = steps.map(([name]) => `select id from ${name}`).join(' union all ')
  return `${row.column('id')} = any (array(with ${steps.map(([name, sql]) => `${name} as materialized (${sql})`).join(', ')} ${all}))`
}

const fewIn = (names: readonly string[], few: number): string =>
  `${names.map((name) => `(select count(*) from ${name})`).join(' + ')} < ${few}`

function matches(row: SqlRow, words: WordCount): string {
  const { count, long } = words
  const beginnings: [string, string][] =
    count > 1
      ? []
      : [
          ['last_begins', step(row, 's1', BEGINNING, (inner) => begins(inner, 'lastName'))],
          ['first_begins', step(row, 's2', BEGINNING, (inner) => begins(inner, 'firstName'))],
        ]
  const before = beginnings.map(([name]) => name)
  // A short word stands at the beginning of very many names: further inside it is looked for only when it begins hardly any.
  const gate = long > 0 || before.length === 0 ? null : fewIn(before, FEW.oneWord)
  const steps: [string, string][] = [...beginnings, ['has_all', step(row, 's3', ANYWHERE, (inner) => hasAll(inner, count), gate)]]
  if (long > 0) {
    const gateOfLast = fewIn([...before, 'has_all'], count === 1 ? FEW.oneWord : FEW.severalWords)
    steps.push(['has_alike', step(row, 's4', ALIKE, (inner) => hasAlike(inner, words), gateOfLast)])
  }
  return found(row, steps)
}

function shape(wordCount: WordCount): FilterField {
  const { count } = wordCount
  const words = Array.from({ length: count }, (_, index) => index)
  const value = (of: (text: string) => unknown, type = 'text') => ({ type, of: of as (value: never) => unknown })
  return {
    values: {
      ...Object.fromEntries(
        words.flatMap((index) => [
          [wordValue(index), value((text) => searchWords(text)[index])],
          [patternValue(index), value((text) => anywhere(searchWords(text)[index] ?? ''))],
        ]),
      ),
      search_start: value((text) => `${escapeLike(searchWords(text)[0] ?? '')}%`),
      search_rest: value(
        (text) =>
          searchWords(text)
            .slice(MOST_WORDS, MOST_WORDS + MOST_REST)
            .map(anywhere),
        'text[]',
      ),
      search_all: value((text) => text),
    },
    where: (row) => matches(row, wordCount),
    reveals: readsPatientNames,
  }
}

const nothing: FilterField = { values: shape({ count: 0, long: 0 }).values, where: () => 'false', reveals: readsPatientNames }

/** The shapes of a search by name: how many words it has, and how many of them are long enough to be looked for inside of names. */
export const nameShapes: Readonly<Record<string, FilterField>> = {
  'no-name': nothing,
  ...Object.fromEntries(
    Array.from({ length: MOST_WORDS }, (_, index) => index + 1).flatMap((count) =>
      Array.from({ length: count + 1 }, (_, long) => [shapeName({ count, long }), shape({ count, long })]),
    ),
  ),
}

/** All of them. */
export const NAME_SHAPES = Object.keys(nameShapes)

/** Which of them a search has. */
export function nameShape(text: string): string {
  const words = searchWords(text).slice(0, MOST_WORDS)
  if (words.length === 0) return 'no-name'
  return shapeName({ count: words.length, long: words.filter(isLong).length })
}

/** How well a name fits what was typed; 1 is best. */
export const nameSimilarity = (row: SqlRow): string => `word_similarity(${plain(row.value('search_all'))}, ${row.column('searchName')})`
