import {
  getArgumentValues,
  getVariableValues,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { collectFields } from 'graphql/execution/collectFields.js'
import { decisionFor } from '../../access/guards.js'
import type { AccessMap, FieldRule } from '../../access/rules.js'
import type { RowScope } from '../../access/scope.js'
import type { GraphQLContext } from '../context.js'
import type { Root } from '../loaders/declaration.js'
import { orderFor } from '../loaders/order.js'
import type { ConnectionArguments } from '../loaders/variants.js'
import { NOT_WRITABLE } from './answer-fields.js'
import { NOTHING_READ } from './plan-read.js'

/** The JSON of an answer's `data`, in the place where Apollo Server keeps the data itself. */
export class AnswerText {
  /** @param text a JSON object */
  constructor(readonly text: string) {}
}

interface WritableRoot {
  readonly key: string
  readonly root: Root
  readonly field: FieldNode
  readonly definition: GraphQLField<unknown, unknown>
  readonly rule: FieldRule
}

interface WritableOperation {
  readonly operation: OperationDefinitionNode
  readonly fragments: Record<string, FragmentDefinitionNode>
  readonly roots: readonly WritableRoot[]
}

/**
 * Writes answers of queries all of whose root fields have plans, without executing the document. What cannot be written, for whatever
 * reason, is left to graphql-js, which makes the answer (and its errors) from the same reads.
 */
export class Answers {
  readonly #schema: GraphQLSchema
  readonly #roots: ReadonlyMap<string, Root>
  readonly #scopes: ReadonlyMap<unknown, RowScope>
  readonly #access: AccessMap
  readonly #operations = new WeakMap<OperationDefinitionNode, WritableOperation | null>()

  constructor(schema: GraphQLSchema, roots: readonly Root[], scopes: ReadonlyMap<unknown, RowScope>, access: AccessMap) {
    this.#schema = schema
    this.#roots = new Map(roots.map((root) => [root.name, root]))
    this.#scopes = scopes
    this.#access = access
  }

  /** The JSON of the answer's `data`; `null` when the operation has to be executed. */
  async write(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>> | undefined,
    context: GraphQLContext,
  ): Promise<AnswerText | null> {
    let writable = this.#operations.get(operation)
    if (writable === undefined) this.#operations.set(operation, (writable = this.#writable(document, operation)))
    if (writable === null) return null
    try {
      const { coerced } = getVariableValues(this.#schema, operation.variableDefinitions ?? [], variables ?? {}, { maxErrors: 1 })
      if (!coerced) return null
      const { fragments } = writable
      const at = { schema: this.#schema, fragments, variableValues: coerced }
      // All reads begin before one is waited for.
      const texts = writable.roots.map((root) => this.#writeRoot(root, at, context))
      const parts = await Promise.all(texts)
      return new AnswerText(`{${parts.map((text, index) => `${JSON.stringify(writable.roots[index]?.key)}:${text}`).join(',')}}`)
    } catch {
      // Refusals, faults of the input and of the database: executing the operation finds them again, and says them in the usual way.
      return null
    }
  }

  async #writeRoot(
    { root, field, definition, rule }: WritableRoot,
    at: { schema: GraphQLSchema; fragments: Record<string, FragmentDefinitionNode>; variableValues: Record<string, unknown> },
    context: GraphQLContext,
  ): Promise<string> {
    const { actor, loaders } = context
    const args = getArgumentValues(definition, field, at.variableValues)
    const plain = rule.kind === 'checked' ? rule.base : rule
    if (plain.kind === 'checked' || decisionFor(plain, actor, null) === 'refused') throw NOT_WRITABLE
    if (rule.kind === 'checked' && rule.check(undefined, args, actor) !== null) throw NOT_WRITABLE
    const plan = loaders.plan(root, { ...at, field, returnType: definition.type })
    const writer = plan?.writer
    if (!plan || !writer) throw NOT_WRITABLE
    const to = { context, notes: loaders.notes }
    if (root.kind !== 'root') {
      const id = root.kind === 'root-self' ? actor.identity?.userId : args['id']
      const found = await loaders.planned.one(plan, root, id)
      if (!found) throw NOT_WRITABLE
      return writer.one(found.read, found.place, to)
    }
    const scope = this.#scopes.get(root.target())
    if (!scope) throw NOT_WRITABLE
    const paged = args as ConnectionArguments
    const { request, tables, count } = loaders.plannedPage(plan, root, paged, orderFor(root, paged, actor, scope))
    // Waited for together: a count that fails while nobody waits for it would end the process (SECURITY R8).
    const [read, counted] = await Promise.all([plan.selected.rows ? tables() : NOTHING_READ, plan.selected.count ? count() : null])
    return writer.page(read, request, counted, to)
  }

  #writable(document: DocumentNode, operation: OperationDefinitionNode): WritableOperation | null {
    const query = this.#schema.getQueryType()
    if (operation.operation !== 'query' || !query || operation.directives?.length) return null
    const fragments: Record<string, FragmentDefinitionNode> = {}
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition
    if (hasDirectives(operation.selectionSet, fragments)) return null
    const roots: WritableRoot[] = []
    for (const [key, [field, second]] of collectFields(this.#schema, fragments, {}, query, operation.selectionSet)) {
      const name = field?.name.value ?? ''
      const root = this.#roots.get(name)
      const definition = query.getFields()[name]
      const rule = this.#access['Query']?.[name]
      if (!field || second || !root || !definition || !rule) return null
      if (rule.kind === 'checked' && rule.base.kind === 'checked') return null
      roots.push({ key, root, field, definition, rule })
    }
    return { operation, fragments, roots }
  }
}

/** Whether directives, and with them variables, have a say in which root fields there are. */
function hasDirectives({ selections }: SelectionSetNode, fragments: Readonly<Record<string, FragmentDefinitionNode>>): boolean {
  return selections.some((selection) => {
    if (selection.directives?.length) return true
    if (selection.kind === Kind.FIELD) return false
    if (selection.kind === Kind.INLINE_FRAGMENT) return hasDirectives(selection.selectionSet, fragments)
    const fragment = fragments[selection.name.value]
    return fragment === undefined || hasDirectives(fragment.selectionSet, fragments)
  })
}
