import type { EntityClass } from '../../access/scope.js'
import type { Edge, FilterUse } from '../loaders/declaration.js'
import type { PageRequest } from '../loaders/page.js'

/**
 * A plan reads everything below one root field with one statement.
 *
 * **What it is.** A tree: each node is a table with the columns that the document selects, each branch an edge that a module declared.
 * **How it is made.** `select.ts` walks the document below the root field once and keeps the tree (`planner.ts` caches it by document).
 * `plan-sql.ts` makes one statement of it: every branch becomes a correlated subquery that builds a JSON array, with the same order,
 * filter, bound and row scope that the edge's loader would use, made by the same code (`loaders/clauses.ts`).
 * **How it is run.** `planned-rows.ts` turns the arrays into rows like those of the loaders and hangs what belongs below a row onto it,
 * under a symbol. The resolver of an edge takes what hangs there and needs no promise (`loaders/bind.ts`).
 * **When it is not used.** For what the tree leaves out (a branch with wrong arguments, which must fail in its own place; a list that is
 * selected twice under different names) the edge's resolver finds nothing on the row and asks its loader. A document whose tree is
 * larger than `MAX_NODES` is read by loaders altogether. Rules are not the plan's concern: guards stand before every resolver.
 */
export interface PlanNode {
  readonly entity: EntityClass
  /** Properties to read, `id` first. */
  readonly columns: readonly string[]
  readonly branches: readonly PlanBranch[]
}

/** An edge in a plan. */
export interface PlanBranch {
  readonly edge: Edge
  /** The name under which the document selects it; unique below one parent. */
  readonly responseKey: string
  readonly node: PlanNode
  /** For connections. */
  readonly page: PlannedPage | null
}

/** What of a connection the document selects. */
export interface PlannedPage {
  readonly request: PageRequest
  readonly filters: readonly FilterUse[]
  readonly values: Readonly<Record<string, unknown>>
  readonly rows: boolean
  readonly count: boolean
}

/** Larger trees are read by loaders: a statement with more subqueries takes longer to plan than it saves. */
export const MAX_NODES = 40

/** All nodes of a plan. */
export function countNodes(node: PlanNode): number {
  return node.branches.reduce((sum, branch) => sum + countNodes(branch.node), 1)
}

/** All entities of a plan. */
export function entitiesOf(node: PlanNode): EntityClass[] {
  return [node.entity, ...node.branches.flatMap((branch) => entitiesOf(branch.node))]
}
