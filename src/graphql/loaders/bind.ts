import { isObjectType, type GraphQLFieldResolver, type GraphQLResolveInfo, type GraphQLSchema } from 'graphql'
import type { EntityClass, RowScope } from '../../access/scope.js'
import type { Row } from '../../database/read-database.js'
import type { GraphQLContext } from '../context.js'
import { NotFoundError } from '../errors.js'
import type { RootField } from '../plan/planner.js'
import { plannedBelow } from '../plan/planned-rows.js'
import type { Edge, Root } from './declaration.js'
import { orderFor } from './order.js'
import type { ConnectionArguments } from './variants.js'

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
  if (root.kind === 'root') {
    return (_parent, args: ConnectionArguments, { loaders, actor }, info) =>
      loaders.connection(root, null, args, orderFor(root, args, actor, scope), loaders.plan(root, rootField(info)))
  }
  if (root.kind === 'root-self')
    return (_parent, _args, { loaders, actor }, info) => loaders.root(root, actor.identity?.userId, loaders.plan(root, rootField(info)))
  return async (_parent, { id }: { id: string }, { loaders }, info) => {
    const row = await loaders.root(root, id, loaders.plan(root, rootField(info)))
    if (!row) throw new NotFoundError()
    return row
  }
}

/** The root field in its document; `null` when several places of the document select it, which one plan cannot hold. */
export function rootField({ fieldNodes, ...at }: GraphQLResolveInfo): RootField | null {
  const [field, second] = fieldNodes
  return field && !second ? { ...at, field } : null
}
