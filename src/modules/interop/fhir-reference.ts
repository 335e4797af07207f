import { child, children, text, type JsonObject } from './fhir-json.js'

/**
 * References between resources, brought to one spelling so that they can be compared as text:
 * `urn:uuid:…` stays, `Patient/123` and any absolute URL ending so become `Patient/123`, and both the conditional
 * `Patient?identifier=system|value` and a logical reference (an identifier instead of a URL) become `Patient?system|value`.
 */

const RELATIVE = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/
const CONDITIONAL = /(?:^|\/)([A-Z][A-Za-z]+)\?(.+)$/

/** A number somebody issued, as in FHIR's Identifier. */
export interface Identifier {
  readonly system: string
  readonly value: string
}

/** The spelling of a reference; `type` is what it points to when it does not say so itself. */
export function referenceKey(reference: JsonObject | undefined, type: string): string | undefined {
  const literal = text(reference, 'reference')
  if (literal !== undefined) return literalKey(literal)
  const identifier = identifierOf(child(reference, 'identifier'))
  return identifier === undefined ? undefined : identifierKey(text(reference, 'type') ?? type, identifier)
}

/** The identifier inside a conditional or logical reference. */
export function referencedIdentifier(reference: JsonObject | undefined): Identifier | undefined {
  const key = referenceKey(reference, 'Resource')
  const query = key === undefined ? undefined : /^[A-Z][A-Za-z]+\?(.*)\|([^|]*)$/.exec(key)
  return query ? { system: query[1] ?? '', value: query[2] ?? '' } : undefined
}

/** The resource's own id inside a reference: of `Patient/123` and of `urn:uuid:123` it is `123`. */
export function referencedId(key: string): string | undefined {
  if (key.startsWith('urn:')) return key.slice(key.lastIndexOf(':') + 1)
  return RELATIVE.exec(key)?.[2]
}

/** Every spelling under which a resource may be referred to. */
export function spellings(resource: JsonObject, type: string, externalId: string, fullUrl: string | undefined): readonly string[] {
  const keys = new Set([`${type}/${externalId}`, `urn:uuid:${externalId}`])
  if (fullUrl !== undefined) keys.add(literalKey(fullUrl))
  for (const identifier of identifiers(resource)) keys.add(identifierKey(type, identifier))
  return [...keys]
}

/** The complete identifiers of a resource. */
export function identifiers(resource: JsonObject): readonly Identifier[] {
  return children(resource, 'identifier')
    .map(identifierOf)
    .filter((identifier) => identifier !== undefined)
}

function identifierOf(value: JsonObject | undefined): Identifier | undefined {
  const [system, number] = [text(value, 'system'), text(value, 'value')]
  return system === undefined || number === undefined ? undefined : { system, value: number }
}

function identifierKey(type: string, { system, value }: Identifier): string {
  return `${type}?${system}|${value}`
}

function literalKey(literal: string): string {
  if (literal.startsWith('urn:') || literal.startsWith('#')) return literal
  const conditional = CONDITIONAL.exec(literal)
  if (conditional !== null) {
    const identifier = new URLSearchParams(conditional[2]).get('identifier')
    if (identifier !== null) return `${conditional[1]}?${identifier}`
  }
  const relative = RELATIVE.exec(literal)
  return relative === null ? literal : `${relative[1]}/${relative[2]}`
}
