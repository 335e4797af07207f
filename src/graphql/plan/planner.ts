import { getNamedType, isObjectType, visit, type FieldNode, type GraphQLOutputType } from 'graphql'
import type { FilterDeclaration, Root } from '../loaders/declaration.js'
import type { SharedReads } from '../loaders/shared-reads.js'
import type { PreparedRead, StatementBuilder } from '../loaders/statements.js'
import type { Row } from '../../database/read-database.js'
import type { AnswerCatalogue } from './answer-fields.js'
import { writerOf, type AnswerWriter } from './answer-writer.js'
import { layoutOf, type NodeLayout, type PlanTables } from './layout.js'
import { MAX_NODES, nodesOf } from './plan.js'
import { PlanSql, type PlannedPageVariant, type PlanValues, type ScopeOf } from './plan-sql.js'
import type { PlanRead } from './plan-read.js'
import { rowMaker } from './planned-rows.js'
import { connectionSelection, nodeOf, type Catalogue, type Selecting } from './select.js'

/** A statement of a plan, with the values of the placeholders inside it. */
export interface PlannedStatement {
  /** Gets its name when it has been used a few times. */
  statement: PreparedRead
  readonly values: PlanValues
  /** Reads by id that are under way for actors of this scope, by the facts of the actor that the statement looks at. */
  readonly shared: Map<string, SharedReads<PlanRead>>
}

/** The tree of one root field of one document, with its statements. */
export interface Plan {
  readonly layout: NodeLayout
  /** Whether the document selects the rows of a page, and their count. */
  readonly selected: { readonly rows: boolean; readonly count: boolean }
  /** The rows of the root, for resolvers, with everything below them. */
  readonly rows: (read: PlanTables) => Row[]
  /** Writes the answer of the root field, or `null` when graphql-js has to. */
  readonly writer: AnswerWriter | null
  /** The statement that reads rows by id, for an actor's scope. */
  byIds(scope: ScopeOf): PlannedStatement
  /** The statement that reads a page, for an actor's scope. `key` tells variants apart. */
  page(scope: ScopeOf, filter: FilterDeclaration | undefined, variant: PlannedPageVariant, key: string): PlannedStatement
}

/** A root field as it stands in a document. */
export interface RootField extends Selecting {
  readonly field: FieldNode
  readonly returnType: GraphQLOutputType
}

/** A document that is sent once is not worth a prepared statement on every connection: it is named from this use on. */
const NAMED_FROM = 3
/** Prepared statements take memory of every connection, so there are at most this many of plans. */
const MOST_NAMED = 300
/** Statements of one plan: a page has one for every size, direction and set of filters, and clients choose those. The oldest goes. */
const MOST_STATEMENTS = 100
/** Plans of one document that differ in the variables below its root. */
const MOST_VARIANTS = 50

interface KnownPlans {
  readonly variables: readonly string[]
  readonly byValues: Map<string, Plan | null>
}

/** Makes plans, and keeps them as long as their documents are kept. */
export class Planner {
  readonly #catalogue: Catalogue & AnswerCatalogue
  readonly #builder: StatementBuilder
  readonly #plans = new WeakMap<FieldNode, KnownPlans>()
  readonly #named = new Set<string>()

  constructor(catalogue: Catalogue & AnswerCatalogue, builder: StatementBuilder) {
    this.#catalogue = catalogue
    this.#builder = builder
  }

  /** The plan of a root field, or `null` when its loaders should read it. */
  plan(root: Root, at: RootField): Plan | null {
    let known = this.#plans.get(at.field)
    if (!known) this.#plans.set(at.field, (known = { variables: variablesBelow(at), byValues: new Map() }))
    const key = known.variables.length === 0 ? '' : JSON.stringify(known.variables.map((name) => at.variableValues[name] ?? null))
    const plan = known.byValues.get(key)
    if (plan !== undefined) return plan
    const made = this.#make(root, at)
    if (known.byValues.size < MOST_VARIANTS) known.byValues.set(key, made)
    return made
  }

  #make(root: Root, at: RootField): Plan | null {
    const type = getNamedType(at.returnType)
    if (!isObjectType(type)) return null
    const page = root.kind === 'root'
    const selection = page
      ? connectionSelection(at, type, [at.field])
      : { rows: true, count: false, cursors: false, nodes: [at.field], nodeType: type }
    if (!selection) return null
    const node = nodeOf(this.#catalogue, at, root.target(), selection.nodeType, selection.nodes, { by: null, cursors: selection.cursors })
    const nodes = nodesOf(node)
    if (nodes.length > MAX_NODES) return null
    const layout = layoutOf(node)
    const entities = [...new Set(nodes.map(({ entity }) => entity))]
    const reads = new Map<string, { read: PlannedStatement; name: string; uses: number }>()
    const kept = (scope: ScopeOf, variant: string, write: (sql: PlanSql) => PreparedRead): PlannedStatement => {
      const scopes = entities.map((entity) => `${String(scope(entity, 'rows'))}/${String(scope(entity, 'count'))}`).join(';')
      const key = `${variant}|${scopes}`
      let read = reads.get(key)
      if (!read) {
        if (reads.size >= MOST_STATEMENTS) reads.delete(reads.keys().next().value ?? '')
        reads.set(key, (read = { ...this.#read(scope, write), uses: 0 }))
      }
      read.uses += 1
      if (read.uses === NAMED_FROM && this.#mayName(read.name)) {
        read.read.statement = { ...read.read.statement, name: read.name }
      }
      return read.read
    }
    return {
      layout,
      selected: selection,
      rows: rowMaker(layout, this.#builder.clauses.tables),
      writer: writerOf(this.#catalogue, this.#builder.clauses, at, layout, type, page),
      byIds: (scope) => kept(scope, '', (sql) => sql.byIds(layout)),
      page: (scope, filter, variant, key) => kept(scope, key, (sql) => sql.page(layout, filter, variant)),
    }
  }

  #read(scope: ScopeOf, write: (sql: PlanSql) => PreparedRead): { read: PlannedStatement; name: string } {
    const sql = new PlanSql(this.#builder.clauses, scope)
    const { name, ...statement } = write(sql)
    return { read: { statement: { ...statement, name: '' }, values: sql.values, shared: new Map() }, name }
  }

  /** A name is a digest of the text: a statement made anew, after its document was forgotten, is prepared already and takes no new place. */
  #mayName(name: string): boolean {
    if (this.#named.size < MOST_NAMED) this.#named.add(name)
    return this.#named.has(name)
  }
}

/** The variables that the selection below a field refers to, fragments included. */
function variablesBelow({ field, fragments }: RootField): string[] {
  const names = new Set<string>()
  const seen = new Set<string>()
  const collect = (node: Parameters<typeof visit>[0]): void => {
    visit(node, {
      Variable: ({ name }) => void names.add(name.value),
      FragmentSpread: ({ name }) => {
        const fragment = fragments[name.value]
        if (!fragment || seen.has(name.value)) return
        seen.add(name.value)
        collect(fragment)
      },
    })
  }
  if (field.selectionSet) collect(field.selectionSet)
  return [...names].toSorted()
}
