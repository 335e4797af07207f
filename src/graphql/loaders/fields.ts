import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root as RootValue,
  getMetadataStorage,
  type ClassType,
} from 'type-graphql'
import type { EntityClass } from '../../access/scope.js'
import { PageInfo } from '../page-info.js'
import type { Edge, FilterDeclaration, Root } from './declaration.js'
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './page.js'

/**
 * Makes the GraphQL fields of the declarations: types and arguments here, behaviour in `bind.ts`. TypeGraphQL is driven through its own
 * decorators, called as functions, so that declared fields and written ones end up in one schema.
 */

/** The GraphQL name of an entity's object type. */
export function typeNameOf(entity: object): string {
  const metadata = getMetadataStorage().objectTypes.find(({ target }) => target === entity)
  if (!metadata) throw new Error(`${(entity as { name?: string }).name ?? 'a class'} is not a GraphQL object type`)
  return metadata.name
}

const connections = new Map<EntityClass, ClassType>()

/** The connection type of an entity, made once. All its fields are nullable: each may be refused on its own. */
export function connectionTypeOf(entity: EntityClass): ClassType {
  const known = connections.get(entity)
  if (known) return known
  const name = typeNameOf(entity)
  class Edge {}
  Field(() => entity, { nullable: true, description: 'The row.' })(Edge.prototype, 'node')
  Field(() => String, { description: 'Where this row stands in the list; give it to `after` or `before`.' })(Edge.prototype, 'cursor')
  ObjectType(`${name}Edge`, { description: `One row of a list of ${name}.`, simpleResolvers: true })(Edge)
  class Connection {}
  Field(() => [Edge], { nullable: true, description: 'The rows of this page.' })(Connection.prototype, 'edges')
  Field(() => PageInfo, { nullable: true, description: 'What lies before and after this page.' })(Connection.prototype, 'pageInfo')
  Field(() => Int, { nullable: true, description: 'How many rows there are in all, under the same filter; counted only when selected.' })(
    Connection.prototype,
    'totalCount',
  )
  ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.`, simpleResolvers: true })(Connection)
  connections.set(entity, Connection)
  return Connection
}

const bound = (): never => {
  throw new Error('bindLoaders has not put the loader in place')
}

/** A resolver class with the fields below one or several types. */
export function edgeResolverClasses(edges: readonly Edge[]): ClassType[] {
  const byParent = Map.groupBy(edges, (edge) => edge.parent())
  return [...byParent].map(([parent, fields]) => {
    class EdgeResolver {}
    const prototype = EdgeResolver.prototype as Record<string, unknown>
    for (const edge of fields) {
      prototype[edge.name] = bound
      RootValue()(prototype, edge.name, 0)
      Ctx()(prototype, edge.name, 1)
      if (edge.kind === 'connection') connectionArguments(prototype, edge.name, edge.filter)
      // Made now, not inside the thunk: TypeGraphQL collects the object types before it calls thunks.
      const type = outputType(edge)
      FieldResolver(() => type, { nullable: true, description: edge.description })(prototype, edge.name, {})
    }
    Resolver(() => parent as ClassType)(EdgeResolver)
    return EdgeResolver
  })
}

/** A resolver class with the declared fields of `Query`. */
export function rootResolverClass(roots: readonly Root[]): ClassType {
  class RootResolver {}
  const prototype = RootResolver.prototype as Record<string, unknown>
  for (const root of roots) {
    prototype[root.name] = bound
    if (root.kind === 'root') connectionArguments(prototype, root.name, root.filter, root.orders.input)
    else if (root.kind === 'root-one') Arg('id', () => ID, { description: 'Identifier.' })(prototype, root.name, 0)
    const type = root.kind === 'root' ? connectionTypeOf(root.target()) : root.target()
    Query(() => type as ClassType, { nullable: true, description: root.description })(prototype, root.name, {})
  }
  Resolver()(RootResolver)
  return RootResolver
}

function outputType(edge: Edge): ClassType | [ClassType] {
  const target = edge.target() as ClassType
  if (edge.kind === 'one') return target
  if (edge.kind === 'list') return edge.single ? target : [target]
  return connectionTypeOf(edge.target())
}

function connectionArguments(prototype: object, name: string, filter: FilterDeclaration | undefined, order?: object): void {
  const size = `at most ${MAX_PAGE_SIZE}; ${DEFAULT_PAGE_SIZE} when nothing is said`
  Arg('first', () => Int, { nullable: true, description: `How many rows from the start of the list (or after \`after\`): ${size}.` })(
    prototype,
    name,
    2,
  )
  Arg('after', () => String, { nullable: true, description: 'Begin after the row with this cursor.' })(prototype, name, 3)
  Arg('last', () => Int, {
    nullable: true,
    description: `How many rows from the end of the list (or before \`before\`): at most ${MAX_PAGE_SIZE}.`,
  })(prototype, name, 4)
  Arg('before', () => String, { nullable: true, description: 'End before the row with this cursor.' })(prototype, name, 5)
  if (filter)
    Arg('filter', () => filter.input() as ClassType, { nullable: true, description: 'Only rows that match all given fields.' })(
      prototype,
      name,
      6,
    )
  if (order) Arg('orderBy', () => order, { nullable: true, description: 'The order of the list.' })(prototype, name, 7)
}
