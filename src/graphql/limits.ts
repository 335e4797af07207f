import { Kind, parse, type DocumentNode, type FragmentDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql'

import { ClinicError } from './errors.js'

/**
 * How large a document may be, whatever the schema. Checked before validation, because validating a hostile document is itself the attack:
 * graphql-js compares the fields of a selection pair by pair. What it costs to answer is judged in `cost.ts`.
 */
export const DOCUMENT_LIMITS = {
  /** Characters of the source. */
  length: 50_000,
  /** Lexical tokens, counted while parsing. A chart has 400, a whole front end's page some 1,500. */
  tokens: 4_000,
  /**
   * Fields below each other. Each connection takes three levels (`appointments { edges { node`), so three of them with the row's own parts
   * (patient → appointments → doctor → appointments → patient → records → diagnoses) take 16; the IDE's introspection takes 15.
   */
  depth: 18,
  /** Fields after fragments are spread, so that fragments cannot multiply in secret. */
  fields: 1_500,
  /** Selections in one pair of braces. */
  selections: 200,
  /** Fields given another name; each may be the same work again. */
  aliases: 60,
  /** Fields directly below `query`; below `mutation` each is a transaction, or a guess at a password. */
  rootFields: { query: 30, mutation: 10, subscription: 1 },
  /** Questions about the schema itself, whose answers are far larger than any page; an IDE asks one. */
  introspections: 3,
  /** Directives on one field or fragment. */
  directives: 5,
} as const

const INTROSPECTION = new Set(['__schema', '__type'])

const refuse = (what: string, limit: number): never => {
  throw new ClinicError('TOO_EXPENSIVE', `The document is too large: ${what}, at most ${limit}.`, { limit })
}

/**
 * Parses a document within the limits.
 * @throws ClinicError `TOO_EXPENSIVE` when it is too large
 * @throws GraphQLError when it is not GraphQL
 */
export function parseWithinLimits(source: string): DocumentNode {
  if (source.length > DOCUMENT_LIMITS.length) refuse('characters', DOCUMENT_LIMITS.length)
  const document = parseTokens(source)
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)

  const measure = measurer(fragments)
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue
    const { fields, depth, roots } = measure(definition.selectionSet)
    if (depth > DOCUMENT_LIMITS.depth) refuse('levels', DOCUMENT_LIMITS.depth)
    if (fields > DOCUMENT_LIMITS.fields) refuse('fields', DOCUMENT_LIMITS.fields)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) continue
    const limit = DOCUMENT_LIMITS.rootFields[definition.operation]
    if (roots > limit) refuse(`root fields of a ${definition.operation}`, limit)
  }
  return document
}

function parseTokens(source: string): DocumentNode {
  try {
    return parse(source, { maxLexicalTokens: DOCUMENT_LIMITS.tokens })
  } catch (error) {
    if (error instanceof Error && /Document contains more th\w+ \d+ tokens/.test(error.message))
      return refuse('tokens', DOCUMENT_LIMITS.tokens)
    throw error
  }
}

interface Size {
  /** Fields at any level. */
  fields: number
  /** Levels of fields. */
  depth: number
  /** Fields of the first level, fragments spread. */
  roots: number
}

const NOTHING: Readonly<Size> = { fields: 0, depth: 0, roots: 0 }

/** Sizes of selections with their fragments spread; every fragment is measured once. Cycles are left to validation. */
function measurer(fragments: ReadonlyMap<string, FragmentDefinitionNode>): (set: SelectionSetNode) => Size {
  const known = new Map<string, Size>()
  let aliases = 0
  let introspections = 0

  const ofFragment = (name: string): Size => {
    const before = known.get(name)
    if (before !== undefined) return before
    known.set(name, NOTHING)
    const fragment = fragments.get(name)
    const size = fragment === undefined ? NOTHING : measure(fragment.selectionSet)
    known.set(name, size)
    return size
  }

  const ofSelection = (selection: SelectionNode): Size => {
    if ((selection.directives?.length ?? 0) > DOCUMENT_LIMITS.directives) refuse('directives on one field', DOCUMENT_LIMITS.directives)
    if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value)
    if (selection.kind === Kind.INLINE_FRAGMENT) return measure(selection.selectionSet)
    if (selection.alias !== undefined && ++aliases > DOCUMENT_LIMITS.aliases) refuse('aliases', DOCUMENT_LIMITS.aliases)
    if (INTROSPECTION.has(selection.name.value) && ++introspections > DOCUMENT_LIMITS.introspections) {
      refuse('questions about the schema', DOCUMENT_LIMITS.introspections)
    }
    const inner = selection.selectionSet === undefined ? NOTHING : measure(selection.selectionSet)
    return { fields: inner.fields + 1, depth: inner.depth + 1, roots: 1 }
  }

  const measure = (set: SelectionSetNode): Size => {
    if (set.selections.length > DOCUMENT_LIMITS.selections) refuse('fields in one selection', DOCUMENT_LIMITS.selections)
    const total = { ...NOTHING }
    for (const selection of set.selections) {
      const size = ofSelection(selection)
      total.fields += size.fields
      total.depth = Math.max(total.depth, size.depth)
      total.roots += size.roots
    }
    return total
  }
  return measure
}
