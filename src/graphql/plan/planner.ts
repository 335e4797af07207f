import { getNamedType, isObjectType, visit, type FieldNode, type GraphQLResolveInfo } from 'graphql'
import type { Row } from '../../database/read-database.js'
import type { FilterDeclaration, Root } from '../loaders/declaration.js'
import type { PreparedRead, StatementBuilder } from '../loaders/statements.js'
import { countNodes, entitiesOf, MAX_NODES } from './plan.js'
import { PlanSql, type PlannedPageVariant, type PlanValues, type ScopeOf } from './plan-sql.js'
import { rowMaker } from './planned-rows.js'
import { connectionSelection, nodeOf, type Catalogue } from './select.js'

/** A statement of a plan, with the values of the placeholders inside it. */
export interface PlannedRead {
  readonly statement: PreparedRead
  readonly values: PlanValues
}

/** The tree of one root field of one document, with its statements. */
export interface Plan {
  readonly make: (values: readonly unknown[]) => Row
  /** The statement that reads a row by id, for an actor's scope. */
  byId(scope: ScopeOf): PlannedRead
  /** The statement that reads a page, for an actor's scope. `key` tells variants apart. */
  page(scope: ScopeOf, filter: FilterDeclaration | undefined, variant: PlannedPageVariant, key: string): PlannedRead
}

/** A document that is sent once is not worth a prepared statement on every connection: it is named from this use on. */
const NAMED_FROM = 3
/** Prepared statements take memory of every connection, so there are at most this many of plans. */
const MOST_NAMED = 300
/** Plans of one document that differ in the variables below its root. */
const MOST_VARIANTS = 50

/** Makes plans, and keeps them as long as their documents are kept. */
export class Planner {
  readonly #catalogue: Catalogue
  readonly #builder: StatementBuilder
  readonly #plans = new WeakMap<FieldNode, { variables: readonly string[]; byValues: Map<string, Plan | null> }>()
  readonly #named = new Set<string>()

  constructor(catalogue: Catalogue, builder: StatementBuilder) {
    this.#catalogue = catalogue
    this.#builder = builder
  }

  /** The plan of a root field, or `null` when its loaders should read it. */
  plan(root: Root, info: GraphQLResolveInfo): Plan | null {
    const [field, second] = info.fieldNodes
    if (!field || second) return null
    let known = this.#plans.get(field)
    if (!known) this.#plans.set(field, (known = { variables: variablesBelow(field, info), byValues: new Map() }))
    const key = known.variables.length === 0 ? '' : JSON.stringify(known.variables.map((name) => info.variableValues[name] ?? null))
    const plan = known.byValues.get(key)
    if (plan !== undefined) return plan
    const made = this.#make(root, info, field)
    if (known.byValues.size < MOST_VARIANTS) known.byValues.set(key, made)
    return made
  }

  #make(root: Root, info: GraphQLResolveInfo, field: FieldNode): Plan | null {
    const type = getNamedType(info.returnType)
    if (!isObjectType(type)) return null
    const selection = root.kind === 'root' ? connectionSelection(info, type, [field]) : { nodes: [field], nodeType: type }
    if (!selection) return null
    const node = nodeOf(this.#catalogue, info, root.target(), selection.nodeType, selection.nodes)
    if (countNodes(node) > MAX_NODES) return null
    const entities = [...new Set(entitiesOf(node))]
    const reads = new Map<string, { read: PlannedRead; name: string; uses: number }>()
    const kept = (scope: ScopeOf, variant: string, write: (sql: PlanSql) => PreparedRead): PlannedRead => {
      const scopes = entities.map((entity) => `${String(scope(entity, 'rows'))}/${String(scope(entity, 'count'))}`).join(';')
      const key = `${variant}|${scopes}`
      let read = reads.get(key)
      if (!read) reads.set(key, (read = { ...this.#read(scope, write), uses: 0 }))
      read.uses += 1
      if (read.uses === NAMED_FROM && this.#mayName(read.name)) {
        read.read = { ...read.read, statement: { ...read.read.statement, name: read.name } }
      }
      return read.read
    }
    return {
      make: rowMaker(node, this.#builder.clauses.tables),
      byId: (scope) => kept(scope, '', (sql) => sql.byId(node)),
      page: (scope, filter, variant, key) => kept(scope, key, (sql) => sql.page(node, filter, variant)),
    }
  }

  #read(scope: ScopeOf, write: (sql: PlanSql) => PreparedRead): { read: PlannedRead; name: string } {
    const sql = new PlanSql(this.#builder.clauses, scope)
    const { name, ...statement } = write(sql)
    return { read: { statement: { ...statement, name: '' }, values: sql.values }, name }
  }

  /** A name is a digest of the text: a statement made anew, after its document was forgotten, is prepared already and takes no new place. */
  #mayName(name: string): boolean {
    if (this.#named.size < MOST_NAMED) this.#named.add(name)
    return this.#named.has(name)
  }
}

/** The variables that the selection below a field refers to, fragments included. */
function variablesBelow(field: FieldNode, info: GraphQLResolveInfo): string[] {
  const names = new Set<string>()
  const seen = new Set<string>()
  const collect = (node: Parameters<typeof visit>[0]): void => {
    visit(node, {
      Variable: ({ name }) => void names.add(name.value),
      FragmentSpread: ({ name }) => {
        const fragment = info.fragments[name.value]
        if (!fragment || seen.has(name.value)) return
        seen.add(name.value)
        collect(fragment)
      },
    })
  }
  if (field.selectionSet) collect(field.selectionSet)
  return [...names].toSorted()
}
