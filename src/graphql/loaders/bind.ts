import { isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import type { Actor } from '../../access/actor.js'
import { refusal, type CapabilityRule } from '../../access/rules.js'
import { IN_CARE, MARKED, scopeOf, type EntityClass, type RowScope } from '../../access/scope.js'
import type { Row } from '../../database/read-database.js'
import type { GraphQLContext } from '../context.js'
import { NotFoundError, type ClinicError } from '../errors.js'
import { plannedBelow } from '../plan/planned-rows.js'
import { filterFieldOf, type Edge, type FilterDeclaration, type OrderKey, type Root, type RootConnection } from './declaration.js'
import type { ConnectionArguments } from './session.js'

type Resolve = GraphQLFieldResolver<Row, GraphQLContext>

/**
 * Puts the loaders in the place of the declared fields' resolvers: TypeGraphQL's own would validate, convert and wrap each call in
 * promises, for fields whose arguments are already typed.
 */
export function bindLoaders(
  schema: GraphQLSchema,
  edges: readonly Edge[],
  roots: readonly Root[],
  nameOf: (entity: object) => string,
  scopes: ReadonlyMap<unknown, RowScope>,
): void {
  for (const edge of edges)
    fieldOf(schema, nameOf(edge.parent()), edge.name).resolve = edgeResolver(edge) as GraphQLFieldResolver<unknown, unknown>
  for (const root of roots)
    fieldOf(schema, 'Query', root.name).resolve = rootResolver(root, scopeIn(scopes, root.target())) as GraphQLFieldResolver<
      unknown,
      unknown
    >
}

function scopeIn(scopes: ReadonlyMap<unknown, RowScope>, entity: EntityClass): RowScope {
  const scope = scopes.get(entity)
  if (!scope) throw new Error(`${entity.name} has no row scope`)
  return scope
}

function fieldOf(schema: GraphQLSchema, typeName: string, fieldName: string) {
  const type = schema.getType(typeName)
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined
  if (!field) throw new Error(`${typeName}.${fieldName} is declared but not in the schema`)
  return field
}

/** Takes what a plan has read below the row, without a promise; else asks the loader. */
function edgeResolver(edge: Edge): Resolve {
  const load = edgeLoader(edge)
  return (parent, args, context, info) => {
    const planned = plannedBelow(parent, info.path.key)
    if (planned === undefined) return load(parent, args, context, info)
    context.loaders.show(edge, planned)
    return planned
  }
}

function edgeLoader(edge: Edge): Resolve {
  if (edge.kind === 'one') {
    const target = edge.target()
    return (parent, _args, { loaders }) => loaders.one(edge, target, parent[edge.from])
  }
  if (edge.kind === 'list' && edge.single) {
    return async (parent, _args, { loaders }) => (await loaders.list(edge, parent['id'] as string))[0] ?? null
  }
  if (edge.kind === 'list') return (parent, _args, { loaders }) => loaders.list(edge, parent['id'] as string)
  return (parent, args: ConnectionArguments, { loaders }) => loaders.connection(edge, parent['id'] as string, args, edge.order)
}

function rootResolver(root: Root, scope: RowScope): Resolve {
  if (root.kind === 'root-one') {
    const target = root.target()
    return async (_parent, { id }: { id: string }, { loaders }, info) => {
      const row = await loaders.one(root, target, id, loaders.plan(root, info))
      if (!row) throw new NotFoundError()
      return row
    }
  }
  return (_parent, args: ConnectionArguments, { loaders, actor }, info) =>
    loaders.connection(root, null, args, orderFor(root, args, actor, scope), loaders.plan(root, info))
}

/** The order asked for; else the one that suits the filter; else the first whose column the actor may read. */
function orderFor(root: RootConnection, args: ConnectionArguments, actor: Actor, scope: RowScope): readonly OrderKey[] {
  const { choices, whenFilteredBy = {} } = root.orders
  if (args.orderBy != null) {
    const choice = choices[args.orderBy]
    if (!choice) throw new Error(`${root.name} has no order ${args.orderBy}`)
    return choice.keys
  }
  for (const use of usesOf(root.filter, args)) if (whenFilteredBy[use]) return whenFilteredBy[use]
  const chosen = Object.values(choices).find(({ reveals }) => mayCompare(reveals, actor, scope))
  if (!chosen) throw new Error(`${root.name} has no order that everybody may use`)
  return chosen.keys
}

function usesOf(filter: FilterDeclaration | undefined, { filter: given }: ConnectionArguments): string[] {
  if (!filter || !given) return []
  return Object.entries(given).flatMap(([name, value]) => {
    const field = filter.fields[name]
    if (value == null || !field) return []
    return ['shapes' in field ? `${name}/${field.shapeOf(value as never)}` : name]
  })
}

/**
 * The check of a list's arguments: a filter or an order is refused to whoever may not read what it compares, else rows, counts and
 * cursors would tell what the fields do not (SECURITY A4).
 */
export function argumentsReveal(root: RootConnection, scope: RowScope) {
  return (_parent: unknown, args: ConnectionArguments, actor: Actor): ClinicError | null => {
    const filters = usesOf(root.filter, args).map((use) => filterFieldOf(root.filter, use).reveals)
    const order = args.orderBy == null ? null : (root.orders.choices[args.orderBy]?.reveals ?? null)
    return [...filters, order].every((rule) => mayCompare(rule, actor, scope)) ? null : refusal(actor)
  }
}

/**
 * A capability that reaches only some rows (the own, those in the actor's care) is enough only while it, or another that is enough, is
 * what keeps the rows to those.
 */
function mayCompare(rule: CapabilityRule | null, actor: Actor, scope: RowScope): boolean {
  if (rule === null || actor.reachesAny(rule.anyOf)) return true
  const bounded = actor.canAny(rule.anyOf)
  if (bounded && scope.care === null) return true
  const variant = scopeOf(scope, actor)
  if (variant === 'all' || variant === 'marked') return false
  return variant.every((index) => {
    if (index === MARKED) return true
    return index === IN_CARE ? bounded : rule.own.includes(scope.restricted[index]?.capability as never)
  })
}
