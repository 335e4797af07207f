import type { EntityClass, ScopeVariant } from '../../access/scope.js'
import { and, Parameters, type Clauses, type ParentKey, type TableUse } from '../loaders/clauses.js'
import type { FilterDeclaration, FilterUse, OrderKey } from '../loaders/declaration.js'
import { anyOf, prepared, type PageVariant, type PreparedRead } from '../loaders/statements.js'
import { quote } from '../loaders/table.js'
import type { BranchPlace, NodeLayout } from './layout.js'

/** Which rows of an entity the actor may see. */
export type ScopeOf = (entity: EntityClass, purpose: 'rows' | 'count') => ScopeVariant

/** What a page of a plan depends on besides its tree and scope. */
export type PlannedPageVariant = Omit<PageVariant, 'scope'> & {
  /** Rows to read at most: one more than the page shows. */
  readonly limit: number
}

/** The values of the placeholders inside a plan: cursors and filters of its branches. */
export type PlanValues = Record<string, unknown>

/**
 * Makes the statement of a plan: one set of rows per node, each read below the set of its parent, and one column per node in which its
 * rows stand as a JSON array of arrays of texts (see {@link NodeLayout}). Text arrays, because PostgreSQL makes them, and JSON of them, at
 * half the cost of JSON values one by one.
 *
 * A node that others are read below is a common table expression `rN`, so that it is read once; its columns: `n` its place, `id`, `fN` the
 * id that branch N refers to, `cN` its cells. Names of tables are `tN`, so that conditions can be moved about.
 */
export class PlanSql {
  readonly #clauses: Clauses
  readonly #scope: ScopeOf
  readonly #parameters = new Parameters()
  readonly #sets: string[] = []
  readonly #tables: string[] = []
  /** Filled while the statement is made. */
  readonly values: PlanValues = {}
  #aliases = 0
  /** While what is below patients is added: the patients who are in the actor's care, which is asked of each once. */
  #inCare: string | undefined

  constructor(clauses: Clauses, scope: ScopeOf) {
    this.#clauses = clauses
    this.#scope = scope
  }

  /**
   * The rows of a plan by id. Parameter `keys`: their ids.
   */
  byIds(root: NodeLayout): PreparedRead {
    const use = this.#use(root.node.entity, undefined, 'rows')
    const table = this.#clauses.tables.of(root.node.entity)
    const keys = anyOf(this.#parameters.placeholder('keys', 'uuid[]'))
    const conditions = [`${table.column(use.alias, 'id')} = ${keys}`, this.#clauses.scoped(use)]
    this.#read(root, use, `${table.name} ${use.alias} where ${and(conditions)}`, null)
    return this.#statement()
  }

  /**
   * A page of a plan's rows. Parameters as those of a loader's page. The page is cut before anything below it is read. Limits are written
   * out, here as below: with a parameter the generic plan would have to guess them.
   */
  page(root: NodeLayout, filter: FilterDeclaration | undefined, variant: PlannedPageVariant): PreparedRead {
    const use: TableUse = { ...this.#use(root.node.entity, filter, 'rows'), prefix: '' }
    const conditions = this.#clauses.conditions(use, variant.filters)
    const rows = this.#rows(use, conditions, variant.order, variant.backward, variant.cursor, variant.limit)
    this.#read(root, use, `(${rows}) ${use.alias}`, null)
    return this.#statement()
  }

  #statement(): PreparedRead {
    const sets = this.#sets.length === 0 ? '' : `with ${this.#sets.join(', ')} `
    const columns = this.#tables.map((rows, table) => `array_to_json(array(${rows})) as ${quote(String(table))}`)
    return prepared(`${sets}select ${columns.join(', ')}`, this.#parameters)
  }

  #use(entity: EntityClass, filter: FilterDeclaration | undefined, purpose: 'rows' | 'count'): TableUse {
    this.#aliases += 1
    const alias = `t${this.#aliases}`
    const scope = this.#scope(entity, purpose)
    return { entity, alias, filter, scope, parameters: this.#parameters, prefix: `${alias}.`, inCare: this.#inCare }
  }

  /** Adds a node and everything below it. `source`: what follows `from`, with its rows under the use's alias. */
  #read(layout: NodeLayout, use: TableUse, source: string, place: string | null): void {
    const table = this.#clauses.tables.of(layout.node.entity)
    const columns = layout.node.columns.map((property) => table.text(use.alias, property))
    const mark = this.#clauses.mark(use)
    if (layout.branches.length === 0) {
      const cells = [...columns, ...(place === null ? [] : [`${place}::text`]), ...(mark === null ? [] : [`(${mark})::text`])]
      this.#tables[layout.table] = `select array[${cells.join(', ')}] from ${source}`
      return
    }
    const set = `r${layout.table}`
    const below = layout.branches.some(({ branch }) => branch.edge.kind !== 'one')
    const own = [
      ...(below ? ['row_number() over () as n'] : []),
      ...(below ? [`${table.column(use.alias, 'id')} as id`] : []),
      ...layout.branches.flatMap(({ branch: { edge } }, index) =>
        edge.kind === 'one' ? [`${table.column(use.alias, edge.from)} as f${index}`] : [],
      ),
      ...columns.map((column, index) => `${column} as c${index}`),
      ...(place === null ? [] : [`${place} as p`]),
      ...(mark === null ? [] : [`${mark} as m`]),
    ]
    this.#sets.push(`${set} as materialized (select ${own.join(', ')} from ${source})`)
    const known = this.#inCare
    if (below && this.#clauses.arePatientsInCare(use)) this.#inCare = idsOf(set)
    const cells = [
      ...columns.map((_column, index) => `${set}.c${index}`),
      ...layout.branches.flatMap((branch, index) => this.#cellOf(branch, set, index)),
      ...(place === null ? [] : [`${set}.p::text`]),
      ...(mark === null ? [] : [`${set}.m::text`]),
    ]
    this.#tables[layout.table] = `select array[${cells.join(', ')}] from ${set}`
    for (const [index, branch] of layout.branches.entries()) this.#branch(branch, set, index)
    this.#inCare = known
  }

  #cellOf(place: BranchPlace, set: string, index: number): string[] {
    if (place.branch.edge.kind === 'one') return place.shared ? [] : [`${set}.f${index}::text`]
    return place.branch.page?.count === true ? [this.#countOf(place, set)] : []
  }

  #branch({ branch: { edge, node, page }, layout }: BranchPlace, set: string, index: number): void {
    const table = this.#clauses.tables.of(node.entity)
    if (edge.kind === 'one') {
      const use = this.#use(node.entity, undefined, 'rows')
      // An array, not a join: however many rows there are, those referred to are looked up by id, each once.
      const conditions = [`${table.column(use.alias, 'id')} = any(array(select f${index} from ${set}))`, this.#clauses.scoped(use)]
      return this.#read(layout, use, `${table.name} ${use.alias} where ${and(conditions)}`, null)
    }
    const use = this.#use(node.entity, edge.kind === 'connection' ? edge.filter : undefined, 'rows')
    const below = this.#clauses.belongs(use, edge, `${set}.id`)
    let rows: string
    if (edge.kind === 'list') {
      const where = edge.where ? `(${edge.where(this.#clauses.row(use))})` : 'true'
      const conditions = [below, where, ...this.#conditions(use, [], edge, set)]
      rows = this.#rows(use, conditions, edge.order, false, false, edge.bound)
    } else {
      if (!page) throw new Error(`the plan has no page for ${edge.name}`)
      const { request, filters, values } = page
      if (page.rows) this.#keep(use, { ...values, cursor: request.cursor })
      const limit = page.rows ? request.limit + 1 : 0
      rows = page.rows
        ? this.#rows(
            use,
            [below, ...this.#conditions(use, filters, edge, set)],
            edge.order,
            request.backward,
            request.cursor !== null,
            limit,
          )
        : `select ${use.alias}.* from ${table.name} ${use.alias} where false`
    }
    this.#read(layout, use, `${set} cross join lateral (${rows}) ${use.alias}`, `${set}.n`)
  }

  #countOf({ branch: { edge, node, page } }: BranchPlace, set: string): string {
    if (edge.kind !== 'connection' || !page) throw new Error('only connections are counted')
    const use = this.#use(node.entity, edge.filter, 'count')
    this.#keep(use, page.values)
    const table = this.#clauses.tables.of(node.entity)
    const conditions = [this.#clauses.belongs(use, edge, `${set}.id`), ...this.#conditions(use, page.filters, edge, set)]
    return `(select count(*)::text from ${table.name} ${use.alias} where ${and(conditions)})`
  }

  /** The filters and the row scope of rows below a set; what belongs to patients in the actor's care is not asked for it again. */
  #conditions(use: TableUse, filters: readonly FilterUse[], key: ParentKey, set: string): string[] {
    const known = this.#inCare === idsOf(set) && this.#clauses.areInCareByKey(use, key)
    return known ? this.#clauses.filtered(use, filters) : this.#clauses.conditions(use, filters)
  }

  #keep(use: TableUse, values: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(values)) this.values[`${use.prefix}${name}`] = value
  }

  #rows(
    use: TableUse,
    conditions: readonly string[],
    order: readonly OrderKey[],
    backward: boolean,
    cursor: boolean,
    limit: number,
  ): string {
    const table = this.#clauses.tables.of(use.entity)
    const after = cursor ? this.#clauses.cursor(use, order, backward) : undefined
    const where = and([...conditions, after?.condition ?? 'true'])
    const from = `${after ? `${after.source}, ` : ''}${table.name} ${use.alias}`
    return `select ${use.alias}.* from ${from} where ${where} order by ${this.#clauses.orderBy(use, order, backward)} limit ${limit}`
  }
}

const idsOf = (set: string): string => `array(select id from ${set})`
