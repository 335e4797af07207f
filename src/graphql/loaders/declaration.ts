import type { CapabilityRule } from '../../access/rules.js'
import type { EntityClass } from '../../access/scope.js'

/**
 * What the read path is made of. A module declares edges and roots as data; `statements.ts` makes SQL of them and `session.ts` runs
 * them through DataLoaders. There is no SQL in a declaration but for the expressions of searches and orders that are more than a column.
 */

/** One key of an order: a property of the target, or an SQL expression over it (and over the filter's values). */
export interface OrderKey {
  readonly by: string | ((row: SqlRow) => string)
  readonly direction: 'asc' | 'desc'
}

/** The target row and the filter's values, as an SQL expression may refer to them. */
export interface SqlRow {
  /** The qualified, quoted column of a property. */
  column(property: string): string
  /** The placeholder of a value, for instance of a filter. */
  value(name: string): string
  /**
   * The same table once more, for a subquery: `condition` keeps it to the rows of the actor and of the other filters in use, so that
   * a bound inside the subquery cannot cut off what is asked for.
   */
  again(alias: string): { readonly from: string; readonly row: SqlRow; readonly condition: string }
}

/** One field of a filter: when the client gives it, `where` is added and `values` are passed along. */
export interface FilterField {
  /**
   * Placeholders the condition uses, with their types and how each is made from the client's value.
   * Throws `BadUserInputError` for a value that cannot be looked for.
   */
  readonly values: Readonly<Record<string, { type: string; of: (value: never) => unknown }>>
  readonly where: (row: SqlRow) => string
  /** Whoever filters by it must be allowed to read what it compares, else the filter is an oracle (SECURITY A4). `null`: whoever may list. */
  readonly reveals: CapabilityRule | null
}

/** A filter field whose condition depends on what the client wrote: a name is looked for differently from a number. */
export interface ShapedFilterField {
  /** Which of `shapes` the value has. Throws `BadUserInputError` for a value that cannot be looked for. */
  readonly shapeOf: (value: never) => string
  readonly shapes: Readonly<Record<string, FilterField>>
}

/** A typed filter: the GraphQL input class and what each of its fields does. */
export interface FilterDeclaration {
  readonly input: () => EntityClass
  readonly fields: Readonly<Record<string, FilterField | ShapedFilterField>>
  /** What counts as given when the client does not give the field: what a list leaves out unless it is asked for. */
  readonly defaults?: Readonly<Record<string, unknown>>
}

/** A filter field in use: the field's name, and its shape when it has several. */
export type FilterUse = string

/** The field behind a use. */
export function filterFieldOf(filter: FilterDeclaration | undefined, use: FilterUse): FilterField {
  const [name = '', shape] = use.split('/')
  const field = filter?.fields[name]
  const chosen = field && 'shapes' in field ? field.shapes[shape ?? ''] : field
  if (!chosen) throw new Error(`there is no filter ${use}`)
  return chosen
}

/** A named order that a client may choose. */
export interface OrderChoice {
  readonly keys: readonly OrderKey[]
  /** Whoever orders by it must be allowed to read it: an order tells about what it compares. `null`: whoever may list. */
  readonly reveals: CapabilityRule | null
}

/** The orders of a list: an enum for the client; the first one the actor may use is the default. */
export interface OrderDeclaration {
  readonly input: object
  readonly choices: Readonly<Record<string, OrderChoice>>
  /** The order taken when this filter use is given and no order was asked for. */
  readonly whenFilteredBy?: Readonly<Record<string, readonly OrderKey[]>>
}

interface Declared {
  /** The GraphQL field. */
  readonly name: string
  readonly target: () => EntityClass
  readonly description: string
}

/** From a row to the one it refers to. */
export interface OneEdge extends Declared {
  readonly kind: 'one'
  readonly parent: () => EntityClass
  /** The parent's property that holds the reference. */
  readonly from: string
}

/** From a row to a small closed set that refers to it. */
export interface ListEdge extends Declared {
  readonly kind: 'list'
  readonly parent: () => EntityClass
  /** The target's property that refers to the parent. */
  readonly key: string
  readonly order: readonly OrderKey[]
  /** The most rows one parent may show. */
  readonly bound: number
  /** Only rows that satisfy this. */
  readonly where?: (row: SqlRow) => string
  /** The field is the first row of the order, or null, instead of a list. */
  readonly single?: boolean
}

/** From a row to a set that grows: a Relay connection, paged per parent. */
export interface ConnectionEdge extends Declared {
  readonly kind: 'connection'
  readonly parent: () => EntityClass
  readonly key: string
  /**
   * An array of the target that has the index in place of the key, and the keys, as an SQL array, of which it has one at least in every row
   * of this parent.
   */
  readonly among?: { readonly property: string; readonly keys: (parentId: string) => string }
  readonly order: readonly OrderKey[]
  readonly filter?: FilterDeclaration
}

/** One row by its id at the root of the graph. */
export interface RootOne extends Declared {
  readonly kind: 'root-one'
}

/** The row of the actor's own account at the root of the graph. */
export interface RootSelf extends Declared {
  readonly kind: 'root-self'
}

/** A list at the root of the graph. */
export interface RootConnection extends Declared {
  readonly kind: 'root'
  readonly orders: OrderDeclaration
  readonly filter?: FilterDeclaration
}

/** A field below a row. */
export type Edge = OneEdge | ListEdge | ConnectionEdge

/** A field of `Query` that reads rows. */
export type Root = RootOne | RootSelf | RootConnection

/** Anything that is paged. */
export type PagedDeclaration = ConnectionEdge | RootConnection

/** Plain lists are for small closed sets; more than this is a connection's work. */
const LIST_BOUND = 500

type EdgeOptions<Declaration> = Omit<Declaration, 'kind' | 'name' | 'parent' | 'target'>

/** Declares an edge to one row. */
export const one = (target: () => EntityClass, options: EdgeOptions<OneEdge>) => ({ kind: 'one' as const, target, ...options })

/** Declares an edge to a small closed set. */
export const list = (target: () => EntityClass, options: Omit<EdgeOptions<ListEdge>, 'bound'> & { bound?: number }) => ({
  kind: 'list' as const,
  target,
  bound: LIST_BOUND,
  ...options,
})

/** Declares an edge to the first row, in the given order, of those that refer to the parent and satisfy `where`. */
export const first = (target: () => EntityClass, options: Omit<EdgeOptions<ListEdge>, 'bound' | 'single'>) =>
  list(target, { ...options, bound: 1, single: true })

/** Declares an edge to a set that grows. */
export const connection = (target: () => EntityClass, options: EdgeOptions<ConnectionEdge>) => ({
  kind: 'connection' as const,
  target,
  ...options,
})

/** Declares a row by id at the root. */
export const rootOne = (name: string, target: () => EntityClass, description: string): RootOne => ({
  kind: 'root-one',
  name,
  target,
  description,
})

/** Declares the row of the actor's own account at the root. */
export const rootSelf = (name: string, target: () => EntityClass, description: string): RootSelf => ({
  kind: 'root-self',
  name,
  target,
  description,
})

/** Declares a list at the root. */
export const rootConnection = (name: string, target: () => EntityClass, options: EdgeOptions<RootConnection>): RootConnection => ({
  kind: 'root',
  name,
  target,
  ...options,
})

/** Declares the edges below a type. The keys are the GraphQL fields. */
export function edgesOf(
  parent: () => EntityClass,
  edges: Readonly<Record<string, ReturnType<typeof one> | ReturnType<typeof list> | ReturnType<typeof connection>>>,
): readonly Edge[] {
  return Object.entries(edges).map(([name, edge]) => ({ ...edge, name, parent }))
}

/** Ascending by a property. */
export const ascending = (by: OrderKey['by']): OrderKey => ({ by, direction: 'asc' })

/** Descending by a property. */
export const descending = (by: OrderKey['by']): OrderKey => ({ by, direction: 'desc' })
