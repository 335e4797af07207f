import { children, flag, text, texts, type JsonObject } from './fhir-json.js'
import type { MapContext } from './map-context.js'

/**
 * Digits glued to the end of a name (`Carroll471`), as test systems and careless exports write them. They are no part of anybody's name and
 * would break every search by name; `3rd` and `X2C` are left alone.
 */
const GLUED_DIGITS = /(?<=\p{L}\p{M}*)\d+(?![\p{L}\d])/gu

/** A name as it is kept. */
export function cleanName(name: string, context: Pick<MapContext, 'keepNameDigits' | 'remark'>): string {
  const tidy = name.replace(/\s+/g, ' ').trim()
  if (context.keepNameDigits) return tidy
  const clean = tidy.replace(GLUED_DIGITS, '').trim()
  if (clean === tidy || clean === '') return tidy
  context.remark('name-digits-removed', 'name')
  return clean
}

/** The parts of a HumanName. */
export interface PersonName {
  readonly first: string
  readonly last: string
}

/** The name a person goes by: the official one, else the usual one, else the first that is given; never an old or a maiden name. */
export function personName(person: JsonObject, context: MapContext): PersonName | undefined {
  const name = chooseName(children(person, 'name'))
  if (name === undefined) return undefined
  const given = texts(name, 'given').join(' ')
  const family = text(name, 'family')
  if (family !== undefined || given !== '') {
    return { first: given === '' ? '' : cleanName(given, context), last: family === undefined ? '' : cleanName(family, context) }
  }
  const whole = text(name, 'text')
  if (whole === undefined) return undefined
  const words = cleanName(whole, context).split(' ')
  return { first: words.slice(0, -1).join(' '), last: words.at(-1) ?? '' }
}

/** A name as one line, with title: `Dr. Wynell Olson`. */
export function fullName(person: JsonObject, context: MapContext): string | undefined {
  const name = chooseName(children(person, 'name'))
  const parts = personName(person, context)
  if (parts === undefined) return undefined
  return [...texts(name, 'prefix'), parts.first, parts.last, ...texts(name, 'suffix')].filter((part) => part !== '').join(' ')
}

function chooseName(names: readonly JsonObject[]): JsonObject | undefined {
  const current = names.filter((name) => !['old', 'maiden'].includes(text(name, 'use') ?? ''))
  const rank = (name: JsonObject): number => ['official', 'usual'].indexOf(text(name, 'use') ?? '') + 1 || 3
  return current.toSorted((a, b) => rank(a) - rank(b))[0] ?? names[0]
}

/** The contact point of a kind a person would be reached at: the preferred rank first, mobile before home before work. */
export function contactPoint(owner: JsonObject, system: 'phone' | 'email'): string | undefined {
  const uses = ['mobile', 'home', 'work', undefined]
  const points = children(owner, 'telecom').filter((point) => text(point, 'system') === system && text(point, 'use') !== 'old')
  const rank = (point: JsonObject): number =>
    (typeof point['rank'] === 'number' ? point['rank'] : 100) * 10 + uses.indexOf(text(point, 'use'))
  return points
    .toSorted((a, b) => rank(a) - rank(b))
    .map((point) => text(point, 'value'))
    .find((value) => value !== undefined)
}

/** A postal address, or null when nothing of it is given. */
export interface PlainAddress {
  readonly line: string | null
  readonly city: string | null
  readonly region: string | null
  readonly postalCode: string | null
  readonly country: string | null
}

/** The current home address, else the first. Accepts a list as in Patient, and one object as in Location. */
export function address(owner: JsonObject): PlainAddress | null {
  const all = children(owner, 'address').filter((each) => text(each, 'use') !== 'old')
  const chosen = all.find((each) => text(each, 'use') === 'home') ?? all[0]
  const lines = texts(chosen, 'line').join(', ')
  const result: PlainAddress = {
    line: lines === '' ? null : lines,
    city: text(chosen, 'city') ?? null,
    region: text(chosen, 'state') ?? null,
    postalCode: text(chosen, 'postalCode') ?? null,
    country: text(chosen, 'country') ?? null,
  }
  return Object.values(result).every((part) => part === null) ? null : result
}

/** Whether the source still uses a resource; what says nothing is in use. */
export function isActive(resource: JsonObject): boolean {
  return flag(resource, 'active') ?? true
}

const TITLES = new Set(['dr', 'mr', 'mrs', 'ms', 'md', 'phd', 'prof'])

/** Whether two full names have a word in common, titles and initials aside: marriage changes one half of a name, hardly ever both. */
export function sameName(one: string, other: string): boolean {
  const words = (name: string): string[] =>
    (
      name
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .toLowerCase()
        .match(/\p{L}{2,}/gu) ?? []
    ).filter((word) => !TITLES.has(word))
  const own = new Set(words(one))
  return words(other).some((word) => own.has(word))
}
