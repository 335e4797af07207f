import type { CityFact } from './facts/sites.js'
import type { Culture } from './facts/names.js'
import { present } from './present.js'
import type { Random } from './random.js'

/** A person's name, and what can be made of it. */
export interface PersonName {
  readonly first: string
  readonly last: string
  readonly full: string
  /** `first.last` in plain letters, for addresses and user names. */
  readonly ascii: string
  readonly culture: Culture
}

/** A name as people of the city bear it. */
export function personName(random: Random, city: CityFact, sex: 'FEMALE' | 'MALE', family?: PersonName): PersonName {
  const culture = family?.culture ?? present(random.weighted(city.population, ({ share }) => share)).culture
  const given = sex === 'FEMALE' ? culture.female : culture.male
  const first = random.chance(0.3) ? secondName(random, given) : random.pick(given)
  const last = family?.last ?? surname(random, culture, sex)
  return { first, last, full: `${first} ${last}`, ascii: `${asciiOf(first)}.${asciiOf(last)}`, culture }
}

function secondName(random: Random, given: readonly string[]): string {
  const one = random.pick(given)
  const other = random.pick(given)
  return one === other ? one : `${one} ${other}`
}

function surname(random: Random, culture: Culture, sex: 'FEMALE' | 'MALE'): string {
  const one = random.pick(culture.last)
  const other = random.pick(culture.last)
  if (culture.twoSurnames === true) return one === other ? one : `${one} ${other}`
  // Vietnamese and Chinese surnames are not joined.
  const joined =
    random.chance(0.12) && one !== other && !one.includes(' ') && !one.includes('-') && !other.includes(' ') && !other.includes('-')
  const name = joined && culture.language !== 'vi' && culture.language !== 'zh' ? `${one}-${other}` : one
  return sex === 'FEMALE' && culture.femaleSurname !== undefined ? name.split('-').map(culture.femaleSurname).join('-') : name
}

const known = new Map<string, string>()
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ł: 'l',
  Ł: 'l',
  đ: 'd',
  Đ: 'd',
  ı: 'i',
  ø: 'o',
  ʻ: '',
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
}

/** The letters a–z and hyphens of a name, remembered because there are few names and many people. */
export function asciiOf(name: string): string {
  let plain = known.get(name)
  if (plain === undefined) {
    plain = name
      .toLowerCase()
      .replace(/[ßłđıøʻäöü]/g, (letter) => LETTERS[letter] ?? '')
      .normalize('NFD')
      .replace(/[^a-z -]/g, '')
      .trim()
      .replace(/\s+/g, '-')
    known.set(name, plain)
  }
  return plain
}

/** The columns of an address in the city. */
export function streetAddress(random: Random, city: CityFact) {
  return {
    address_line: city.address(random.pick(city.streets), random.integer(1, 999)),
    address_city: city.city,
    address_region: city.region,
    address_postal_code: String(random.integer(...city.postalCodes)).padStart(5, '0'),
    address_country: city.country,
  }
}
