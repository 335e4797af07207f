import { CARE_MARK } from '../../access/scope.js'
import type { Row } from '../../database/read-database.js'
import { EdgeSource, pageInfoOf, type Page } from '../loaders/connection.js'
import { pageOf, type PageRequest } from '../loaders/page.js'
import { VALUE_OF_CELL, type ReadTables } from '../loaders/table.js'
import { groupsOf, type BranchPlace, type Cells, type NodeLayout, type PlanTables } from './layout.js'

/** Under this symbol hangs what a plan has read below a row, by response key: clients choose those, so it is a map and no object. */
const BELOW = Symbol('planned')

type PlannedRow = Row & { [BELOW]?: Map<string | number, unknown> }

/** What a plan has read for a field of this row; `undefined` when it has not. */
export function plannedBelow(parent: Row, responseKey: string | number): unknown {
  return (parent as PlannedRow)[BELOW]?.get(responseKey)
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

/** Makes rows of the tables of a plan, for resolvers: what can be decided once per plan is decided here, not per row. */
export function rowMaker(layout: NodeLayout, tables: ReadTables): (read: PlanTables) => PlannedRow[] {
  const table = tables.of(layout.node.entity)
  const columns = layout.node.columns.map((property) => ({ property, convert: VALUE_OF_CELL[table.cellType(property)] }))
  const branches = layout.branches.map((place) => ({ key: place.branch.responseKey, hang: branchMaker(place, tables) }))
  const rowOf = (cells: Cells): PlannedRow => {
    const row: PlannedRow = {}
    for (const [place, { property, convert }] of columns.entries()) {
      const text = cells[place] ?? null
      row[property] = convert === null || text === null ? text : convert(text)
    }
    const mark = cells[layout.mark]
    if (mark != null) row[CARE_MARK] = mark === 'true'
    if (branches.length > 0) row[BELOW] = new Map()
    return row
  }
  return (read) => {
    const cells = read[layout.table] ?? []
    const rows = cells.map(rowOf)
    for (const { key, hang } of branches) {
      const below = hang(read, cells)
      for (const [index, row] of rows.entries()) row[BELOW]?.set(key, below[index])
    }
    return rows
  }
}

/** Gives what stands in a branch, for each row of its parent. */
function branchMaker(
  { branch, layout, cell }: BranchPlace,
  tables: ReadTables,
): (read: PlanTables, parents: readonly Cells[]) => unknown[] {
  const make = rowMaker(layout, tables)
  if (branch.edge.kind === 'one') {
    return (read, parents) => {
      const byId = new Map(make(read).map((row) => [row['id'], row]))
      return parents.map((cells) => byId.get(cells[cell]) ?? null)
    }
  }
  const { ownerAbove } = layout.node
  const groups = (read: PlanTables, parents: readonly Cells[]): Row[][] => {
    const rows = make(read)
    const grouped = groupsOf(read[layout.table] ?? [], layout.parent, parents.length)
    return grouped.map((places, parent) =>
      places.flatMap((place): Row[] => {
        const row = rows[place]
        if (row && ownerAbove !== null) row[ownerAbove] = parents[parent]?.[0]
        return row ? [row] : []
      }),
    )
  }
  if (branch.edge.kind === 'list' && branch.edge.single) return (read, parents) => groups(read, parents).map(([first]) => first ?? null)
  if (branch.edge.kind === 'list') return (read, parents) => groups(read, parents)
  const request = branch.page?.request as PageRequest
  return (read, parents) =>
    groups(read, parents).map((rows, index) => {
      const count = cell === -1 ? null : Number(parents[index]?.[cell])
      return new PlannedConnection(pageOf(rows, request), count)
    })
}
