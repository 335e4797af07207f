/**
 * Reading JSON that somebody else wrote. Every accessor takes any shape and answers `undefined` (or an empty list) where the expected one
 * is missing, so that a mapper never fails over a number where FHIR says text.
 */

/** An object of a JSON document. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object, and no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object below `key`. */
export function child(parent: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = parent?.[key]
  return isObject(value) ? value : undefined
}

/** The objects of the list below `key`; a lone object counts as a list of one. */
export function children(parent: JsonObject | undefined, key: string): readonly JsonObject[] {
  const value = parent?.[key]
  if (Array.isArray(value)) return value.filter(isObject)
  return isObject(value) ? [value] : []
}

/** The text below `key`, fit to be stored; blank text is no text. */
export function text(parent: JsonObject | undefined, key: string): string | undefined {
  return storable(parent?.[key])
}

/** The texts of the list below `key`. */
export function texts(parent: JsonObject | undefined, key: string): readonly string[] {
  const value = parent?.[key]
  return Array.isArray(value) ? value.map(storable).filter((entry) => entry !== undefined) : []
}

/** The number below `key`. */
export function number(parent: JsonObject | undefined, key: string): number | undefined {
  const value = parent?.[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The boolean below `key`. */
export function flag(parent: JsonObject | undefined, key: string): boolean | undefined {
  const value = parent?.[key]
  return typeof value === 'boolean' ? value : undefined
}

// Everything PostgreSQL refuses in text (NUL) or people never mean: control characters other than tab and line breaks.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g

function storable(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const clean = value.replace(CONTROLS, '').toWellFormed().trim()
  return clean === '' ? undefined : clean
}
