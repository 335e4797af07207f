import type { EntityClass } from '../../access/scope.js'
import type { Edge, FilterUse } from '../loaders/declaration.js'
import type { PageRequest } from '../loaders/page.js'

/**
 * A plan reads everything below one root field with one statement.
 *
 * **What it is.** A tree: each node is a table with the columns that the document selects, each branch an edge that a module declared.
 *
 * **How it is made.** `select.ts` walks the document below the root field once and keeps the tree (`planner.ts` caches it by document).
 * `plan-sql.ts` makes one statement of it: every node becomes one set of rows, read below the rows of its parent with the same order,
 * filter, bound and row scope that the edge's loader would use, made by the same code (`loaders/clauses.ts`).
 *
 * **How it is run.** The statement answers one row with a column for each node: its table, an array of rows, each an array of texts
 * (`layout.ts` says what stands where). A doctor whom a hundred appointments refer to is read, sent and taken apart once.
 *
 * **How it becomes an answer.** Usually `answer-writer.ts` writes the JSON of the answer straight from the tables. Where it cannot, because a
 * field is refused, missing where it must not be, or not a matter of rows, the operation is executed by graphql-js as if there were no
 * writer: `planned-rows.ts` makes rows like those of the loaders and hangs what belongs below a row onto it, and the resolver of an edge
 * takes what hangs there (`loaders/bind.ts`). Both see the same tables, which are read once.
 *
 * **When it is not used.** For what the tree leaves out (a branch with wrong arguments, which must fail in its own place; a list that is
 * selected twice under different names) the edge's resolver finds nothing on the row and asks its loader. A document whose tree is
 * larger than `MAX_NODES` is read by loaders altogether. Rules are not the plan's concern: writer and guards ask them before every field.
 */
export interface PlanNode {
  readonly entity: EntityClass
  /** Properties to read; the id comes first where anything asks for it. */
  readonly columns: readonly string[]
  /** The property with the owner's id, when it is not read because it is the id of the row above. */
  readonly ownerAbove: string | null
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

/** Larger trees are read by loaders: a statement with more parts takes longer to plan than it saves. */
export const MAX_NODES = 40

/** All nodes of a plan, parents before their children: the order of the columns of its statement. */
export function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...node.branches.flatMap((branch) => nodesOf(branch.node))]
}
