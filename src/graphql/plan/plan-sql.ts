import type { EntityClass, ScopeVariant } from '../../access/scope.js'
import { and, Parameters, type Clauses, type TableUse } from '../loaders/clauses.js'
import type { FilterDeclaration, OrderKey } from '../loaders/declaration.js'
import { prepared, type PageVariant, type PreparedRead } from '../loaders/statements.js'
import type { PlanBranch, PlanNode } from './plan.js'

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
 * Makes the statement of a plan. Every row becomes a JSON array: first its columns, then one element per branch, then its mark of care.
 *
 * - to one: the row's array, or null;
 * - list: an array of rows;
 * - connection: `[rows, count]`, each null when it is not selected.
 */
export class PlanSql {
  readonly #clauses: Clauses
  readonly #scope: ScopeOf
  readonly #parameters = new Parameters()
  /** Filled while the statement is made. */
  readonly values: PlanValues = {}
  #aliases = 0

  constructor(clauses: Clauses, scope: ScopeOf) {
    this.#clauses = clauses
    this.#scope = scope
  }

  /**
   * The row of a plan by id, as column `j`. Parameter `key`: its id. One id and not a list: for a list PostgreSQL's generic plan assumes
   * ten rows, looks dearer than one made for the single id at hand, and the statement is planned anew at every execution.
   */
  byId(node: PlanNode): PreparedRead {
    const use = this.#use(node.entity, undefined, 'rows')
    const table = this.#clauses.tables.of(node.entity)
    const conditions = [`${table.column(use.alias, 'id')} = ${this.#parameters.placeholder('key', 'uuid')}`, this.#clauses.scoped(use)]
    return prepared(`select ${this.#row(node, use)} as j from ${table.name} ${use.alias} where ${and(conditions)}`, this.#parameters)
  }

  /**
   * A page of a plan's rows, as column `j`. Parameters as those of a loader's page. The page is cut before anything below it is read.
   * Limits are written out, here as below: with a parameter the generic plan would have to guess them.
   */
  page(node: PlanNode, filter: FilterDeclaration | undefined, variant: PlannedPageVariant): PreparedRead {
    const use: TableUse = { ...this.#use(node.entity, filter, 'rows'), prefix: '' }
    const rows = this.#rows(use, variant.filters, variant.order, variant.backward, variant.cursor, variant.limit, `${use.alias}.*`)
    return prepared(`select ${this.#row(node, use)} as j from (${rows}) ${use.alias}`, this.#parameters)
  }

  #use(entity: EntityClass, filter: FilterDeclaration | undefined, purpose: 'rows' | 'count'): TableUse {
    this.#aliases += 1
    const alias = `t${this.#aliases}`
    return { entity, alias, filter, scope: this.#scope(entity, purpose), parameters: this.#parameters, prefix: `${alias}.` }
  }

  #row(node: PlanNode, use: TableUse): string {
    const table = this.#clauses.tables.of(node.entity)
    const columns = node.columns.map((property) => table.json(use.alias, property))
    const branches = node.branches.map((branch) => this.#branch(branch, node, use.alias))
    return `json_build_array(${[...columns, ...branches, this.#clauses.mark(use) ?? 'null'].join(', ')})`
  }

  #branch(branch: PlanBranch, parent: PlanNode, parentAlias: string): string {
    const { edge, node, page } = branch
    const parentTable = this.#clauses.tables.of(parent.entity)
    const table = this.#clauses.tables.of(node.entity)
    if (edge.kind === 'one') {
      const use = this.#use(node.entity, undefined, 'rows')
      const conditions = [`${table.column(use.alias, 'id')} = ${parentTable.column(parentAlias, edge.from)}`, this.#clauses.scoped(use)]
      return `(select ${this.#row(node, use)} from ${table.name} ${use.alias} where ${and(conditions)})`
    }
    const below = (use: TableUse): string => this.#clauses.belongs(use, edge, parentTable.column(parentAlias, 'id'))
    if (edge.kind === 'list') {
      const use = this.#use(node.entity, undefined, 'rows')
      const where = edge.where ? `(${edge.where(this.#clauses.row(use))})` : 'true'
      return aggregated(this.#rows(use, [], edge.order, false, false, edge.bound, `${this.#row(node, use)} as j`, and([below(use), where])))
    }
    if (!page) throw new Error(`the plan has no page for ${edge.name}`)
    return `json_build_array(${page.rows ? this.#pageOf(branch, below) : 'null'}, ${page.count ? this.#countOf(branch, below) : 'null'})`
  }

  #pageOf({ edge, node, page }: PlanBranch, below: (use: TableUse) => string): string {
    if (edge.kind !== 'connection' || !page) throw new Error('only connections are paged')
    const use = this.#use(node.entity, edge.filter, 'rows')
    this.#keep(use, { ...page.values, cursor: page.request.cursor })
    return aggregated(
      this.#rows(
        use,
        page.filters,
        edge.order,
        page.request.backward,
        page.request.cursor !== null,
        page.request.limit + 1,
        `${this.#row(node, use)} as j`,
        below(use),
      ),
    )
  }

  #countOf({ edge, node, page }: PlanBranch, below: (use: TableUse) => string): string {
    if (edge.kind !== 'connection' || !page) throw new Error('only connections are counted')
    const use = this.#use(node.entity, edge.filter, 'count')
    this.#keep(use, page.values)
    const table = this.#clauses.tables.of(node.entity)
    return `(select count(*)::int from ${table.name} ${use.alias} where ${and([below(use), ...this.#clauses.conditions(use, page.filters)])})`
  }

  #keep(use: TableUse, values: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(values)) this.values[`${use.prefix}${name}`] = value
  }

  #rows(
    use: TableUse,
    filters: readonly string[],
    order: readonly OrderKey[],
    backward: boolean,
    cursor: boolean,
    limit: number,
    selected: string,
    below = 'true',
  ): string {
    const table = this.#clauses.tables.of(use.entity)
    const conditions = [below, ...this.#clauses.conditions(use, filters)]
    const after = cursor ? this.#clauses.cursor(use, order, backward) : undefined
    if (after) conditions.push(after.condition)
    const from = `${after ? `${after.source}, ` : ''}${table.name} ${use.alias}`
    return `select ${selected} from ${from} where ${and(conditions)} order by ${this.#clauses.orderBy(use, order, backward)} limit ${limit}`
  }
}

const aggregated = (rows: string): string => `(select coalesce(json_agg(x.j), '[]'::json) from (${rows}) x)`
