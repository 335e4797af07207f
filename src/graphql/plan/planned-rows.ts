import { CARE_MARK } from '../../access/scope.js'
import type { Row } from '../../database/read-database.js'
import { EdgeSource, pageInfoOf, type Page } from '../loaders/connection.js'
import { pageOf, type PageRequest } from '../loaders/page.js'
import type { ReadTables } from '../loaders/table.js'
import type { PlanBranch, PlanNode } from './plan.js'

/** Under this symbol hangs what a plan has read below a row, by response key. */
const BELOW = Symbol('planned')

type PlannedRow = Row & { [BELOW]?: Record<string, unknown> }

/** What a plan has read for a field of this row; `undefined` when it has not. */
export function plannedBelow(parent: Row, responseKey: string | number): unknown {
  return (parent as PlannedRow)[BELOW]?.[responseKey]
}

/** A connection that is already there. GraphQL calls the methods for the fields that were selected. */
export class PlannedConnection {
  readonly #page: Page
  readonly #count: number | null

  constructor(page: Page, count: number | null) {
    this.#page = page
    this.#count = count
  }

  /** The rows of the page. */
  get rows(): readonly Row[] {
    return this.#page.rows
  }

  /** The rows with their cursors. */
  edges(): EdgeSource[] {
    return this.#page.rows.map((row) => new EdgeSource(row))
  }

  /** What lies before and after the page. */
  pageInfo(): Record<string, unknown> {
    return pageInfoOf(this.#page)
  }

  /** How many rows there are in all, under the same filter. */
  totalCount(): number | null {
    return this.#count
  }
}

type Values = readonly unknown[]
type RowMaker = (values: Values) => Row

/** Makes rows of a plan's JSON arrays: what can be decided once per plan is decided here, not per row. */
export function rowMaker(node: PlanNode, tables: ReadTables): RowMaker {
  const table = tables.of(node.entity)
  const columns = node.columns.map((property) => ({ property, convert: table.fromJson(property) }))
  const branches = node.branches.map((branch, index) => ({
    key: branch.responseKey,
    place: columns.length + index,
    make: branchMaker(branch, tables),
  }))
  return (values) => {
    const row: PlannedRow = {}
    for (let place = 0; place < columns.length; place += 1) {
      const column = columns[place]
      const value = values[place]
      if (column) row[column.property] = column.convert && value !== null ? column.convert(value as string) : value
    }
    const care = values[columns.length + branches.length]
    if (typeof care === 'boolean') row[CARE_MARK] = care
    if (branches.length > 0) {
      const below: Record<string, unknown> = {}
      for (const { key, place, make } of branches) below[key] = make(values[place])
      row[BELOW] = below
    }
    return row
  }
}

function branchMaker(branch: PlanBranch, tables: ReadTables): (value: unknown) => unknown {
  const make = rowMaker(branch.node, tables)
  const rows = (values: unknown): Row[] => (values as Values[]).map(make)
  if (branch.edge.kind === 'one') return (value) => (value === null ? null : make(value as Values))
  if (branch.edge.kind === 'list' && branch.edge.single) return (value) => rows(value)[0] ?? null
  if (branch.edge.kind === 'list') return rows
  const request = branch.page?.request as PageRequest
  const empty: Page = { rows: [], hasNextPage: false, hasPreviousPage: false }
  return (value) => {
    const [page, count] = value as [Values[] | null, number | null]
    return new PlannedConnection(page === null ? empty : pageOf(rows(page), request), count)
  }
}
