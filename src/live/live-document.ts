import {
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  OperationTypeNode,
  validate,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { CostLimit } from '../graphql/cost.js'
import { BadUserInputError, ClinicError } from '../graphql/errors.js'
import { parseWithinLimits } from '../graphql/limits.js'
import type { LiveField } from '../graphql/live-fields.js'
import { isUuid } from '../graphql/loaders/page.js'
import { variableProblems } from '../graphql/variable-problems.js'
import type { Interest } from './hub.js'

/** What a client sends to subscribe. */
export interface SubscribeRequest {
  readonly query: string
  readonly operationName?: string | null | undefined
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
}

/** A document that may be subscribed to. */
export interface LiveDocument {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** As they were sent. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly field: LiveField
  readonly interest: Interest
}

/** A document with more mistakes than this is not worth explaining. */
const MAX_VALIDATION_ERRORS = 20

/**
 * Reads a document under the same limits as over HTTP. Only subscriptions are taken: queries and changes have their own way in.
 * @returns the errors, when it may not be subscribed to
 */
export function readLiveDocument(
  schema: GraphQLSchema,
  fields: ReadonlyMap<string, LiveField>,
  costs: CostLimit,
  { query, operationName, variables: sent }: SubscribeRequest,
): LiveDocument | readonly GraphQLError[] {
  const variables = sent ?? {}
  try {
    const document = parseWithinLimits(query)
    const invalid = validate(schema, document, undefined, { maxErrors: MAX_VALIDATION_ERRORS })
    if (invalid.length > 0) return invalid.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED'))
    const operation = getOperationAST(document, operationName)
    if (!operation) throw new ClinicError('BAD_REQUEST', 'The document does not say which operation is meant.')
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION)
      throw new ClinicError('BAD_REQUEST', 'Only subscriptions are taken here; send queries and mutations by POST.')
    costs.check(document, operation, variables)
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
    if (!coerced) throw new BadUserInputError(variableProblems(schema, operation, variables))
    const fragments = fragmentsOf(document)
    const root = firstField(operation.selectionSet, fragments)
    const definition = root && schema.getSubscriptionType()?.getFields()[root.name.value]
    const field = root && fields.get(root.name.value)
    if (!definition || !field) throw new ClinicError('BAD_REQUEST', 'There is nothing to subscribe to in the document.')
    const interest = { kind: field.kind, ids: idsOf(getArgumentValues(definition, root, coerced)) }
    return { document, operation, fragments, variables, field, interest }
  } catch (error) {
    if (error instanceof ClinicError) return [error]
    if (error instanceof GraphQLError) return [error.nodes === undefined ? coded(error, 'GRAPHQL_PARSE_FAILED') : error]
    throw error
  }
}

function coded({ message, nodes, source, positions }: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, extensions: { code } })
}

function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
  return fragments
}

/** Validation has made sure that there is one, and no cycle. */
function firstField({ selections }: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): FieldNode | undefined {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) return selection
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)
    const field = inner && firstField(inner.selectionSet, fragments)
    if (field) return field
  }
  return undefined
}

function idsOf(args: Readonly<Record<string, unknown>>): Record<string, string> {
  const ids = Object.entries(args).filter(([, id]) => id != null) as [string, string][]
  const wrong = ids.filter(([, id]) => !isUuid(id))
  if (wrong.length > 0) throw new BadUserInputError(wrong.map(([field]) => ({ field, message: 'is not an id' })))
  return Object.fromEntries(ids.map(([name, id]) => [name, id.toLowerCase()]))
}
