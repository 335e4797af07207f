import {
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { AuditAction, AuditOutcome, type AuditNote } from './event.js'

const REFUSED = new Set<unknown>(['FORBIDDEN', 'NOT_FOUND'])
/** Fields named in one event. */
const MOST_FIELDS = 50

/** An operation as it was sent. */
export interface SentOperation {
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

/** One event for everything in an answer that role or rows did not allow, or nothing. Fields are named as in the schema. */
export function denialNote(errors: readonly GraphQLFormattedError[] | undefined, sent: SentOperation): AuditNote | null {
  const refused = errors?.filter(({ extensions, path }) => path !== undefined && REFUSED.has(extensions?.['code'])) ?? []
  if (refused.length === 0) return null
  const fields = new Set<string>()
  const codes = new Set<string>()
  for (const { path = [], extensions } of refused) {
    codes.add(String(extensions?.['code']))
    if (fields.size < MOST_FIELDS) fields.add(fieldNames(sent, path).join('.'))
  }
  return { action: AuditAction.DENIED, outcome: AuditOutcome.DENIED, facts: { fields: [...fields], codes: [...codes] } }
}

/** The fields on a path, by their names in the schema: a path has the client's aliases, which may be any text. */
function fieldNames({ operation, fragments }: SentOperation, path: readonly (string | number)[]): string[] {
  const names: string[] = []
  let level: readonly SelectionSetNode[] = [operation.selectionSet]
  for (const key of path) {
    if (typeof key === 'number') continue
    const fields = level.flatMap((set) => fieldsOf(set, fragments, new Set())).filter((field) => (field.alias ?? field.name).value === key)
    const [first] = fields
    if (!first) break
    names.push(first.name.value)
    level = fields.flatMap(({ selectionSet }) => selectionSet ?? [])
  }
  return names
}

function fieldsOf({ selections }: SelectionSetNode, fragments: SentOperation['fragments'], seen: Set<string>): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection]
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, fragments, seen)
    const fragment = fragments.get(selection.name.value)
    if (!fragment || seen.has(selection.name.value)) return []
    seen.add(selection.name.value)
    return fieldsOf(fragment.selectionSet, fragments, seen)
  })
}
