import type { PlanBranch, PlanNode } from './plan.js'

/** One row of a plan's table: texts as PostgreSQL writes them, `null` for what is empty. */
export type Cells = readonly (string | null)[]

/** What the statement of a plan answers: the table of each node, in the order of `nodesOf`. */
export type PlanTables = readonly (readonly Cells[])[]

/** Where a branch stands: its table, and what of it is in the rows of its parent. */
export interface BranchPlace {
  readonly branch: PlanBranch
  readonly layout: NodeLayout
  /** The cell of the parent with the id that a to-one edge refers to, or with the count of a connection; `-1` when there is none. */
  readonly cell: number
  /** Whether that cell is one of the parent's columns, which the document selects as well. */
  readonly shared: boolean
}

/**
 * What stands where in the rows of a node: its columns, then for each branch the id it refers to or the count of its rows, then the place
 * of its parent in the parent's table (from 1), then the mark of care.
 */
export interface NodeLayout {
  readonly node: PlanNode
  /** Which table it is. */
  readonly table: number
  readonly branches: readonly BranchPlace[]
  /** The cell with the parent's place; `-1` where rows are looked for by id. */
  readonly parent: number
  /** The cell with the mark of care, when the actor's scope has one: else the rows end before it. */
  readonly mark: number
}

/** The layout of a plan. */
export function layoutOf(root: PlanNode): NodeLayout {
  let tables = 0
  const place = (node: PlanNode, below: 'root' | 'one' | 'rows'): NodeLayout => {
    const table = tables
    tables += 1
    let cells = node.columns.length
    const branches = node.branches.map((branch) => {
      const column = branch.edge.kind === 'one' ? node.columns.indexOf(branch.edge.from) : -1
      const own = column === -1 && (branch.edge.kind === 'one' || branch.page?.count === true)
      const cell = own ? cells : column
      if (own) cells += 1
      return { branch, layout: place(branch.node, branch.edge.kind === 'one' ? 'one' : 'rows'), cell, shared: column !== -1 }
    })
    const parent = below === 'rows' ? cells : -1
    if (parent !== -1) cells += 1
    return { node, table, branches, parent, mark: cells }
  }
  return place(root, 'root')
}

/** Whose row it is, by a cell of its own or by the row above it. */
export function ownerOf(layout: NodeLayout, above: NodeLayout | null, owner: string, tables: PlanTables, cells: Cells): string | null {
  if (layout.node.ownerAbove !== owner) return cells[layout.node.columns.indexOf(owner)] ?? null
  return above ? (tables[above.table]?.[Number(cells[layout.parent]) - 1]?.[0] ?? null) : null
}

/** The places of the rows that belong to each parent, in their order. */
export function groupsOf(table: readonly Cells[], parent: number, parents: number): number[][] {
  const groups: number[][] = []
  for (let place = 0; place < parents; place += 1) groups.push([])
  for (let place = 0; place < table.length; place += 1) groups[Number(table[place]?.[parent]) - 1]?.push(place)
  return groups
}
