import { Kind, parse, type DocumentNode } from 'graphql'

import { DOCUMENT_LIMITS } from '../graphql/limits.js'

/** What a document can do to whoever's cookies come with it. */
export interface DocumentKind {
  /** Whether it can change something: any operation in it that is not a query. */
  readonly changes: boolean
  /** Whether all it does is sign in anew, for which earlier cookies mean nothing. */
  readonly onlySignsIn: boolean
}

const SIGNS_IN: ReadonlySet<string> = new Set(['login', 'requestPasswordReset', 'resetPasswordByLink', 'acceptInvitation', 'setUpOwner'])
const READS: DocumentKind = { changes: false, onlySignsIn: false }
const CHANGES: DocumentKind = { changes: true, onlySignsIn: false }

/** Keywords cannot be written in another way, so a document without them holds queries alone. */
const OTHER_THAN_QUERY = /mutation|subscription/

/** Judges a document before it is validated; what cannot be read counts as changing something. */
export function kindOf(source: unknown): DocumentKind {
  if (typeof source !== 'string') return CHANGES
  if (!OTHER_THAN_QUERY.test(source)) return READS
  const document = parsed(source)
  if (document === undefined) return CHANGES
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  if (operations.every(({ operation }) => operation === 'query')) return READS
  const roots = operations.flatMap(({ selectionSet }) => selectionSet.selections)
  const onlySignsIn = roots.every((root) => root.kind === Kind.FIELD && (SIGNS_IN.has(root.name.value) || root.name.value === '__typename'))
  return { changes: true, onlySignsIn }
}

function parsed(source: string): DocumentNode | undefined {
  if (source.length > DOCUMENT_LIMITS.length) return undefined
  try {
    return parse(source, { noLocation: true, maxLexicalTokens: DOCUMENT_LIMITS.tokens })
  } catch {
    return undefined
  }
}
