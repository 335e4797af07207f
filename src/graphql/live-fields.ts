import { isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import { Arg, ID, Resolver, Subscription, type ClassType } from 'type-graphql'
import type { EntityClass } from '../access/scope.js'
import type { EventKey, EventKind } from '../live/domain-event.js'
import type { GraphQLContext } from './context.js'
import { ClinicError, NotFoundError } from './errors.js'
import { rootOne, type RootOne } from './loaders/declaration.js'

/** An id that a subscription chooses by. */
export interface LiveArgument {
  readonly required?: true
  readonly description: string
}

/** A field of `Subscription`: which events it tells of, and the row it shows for each. */
export interface LiveField {
  readonly kind: EventKind
  readonly args: Readonly<Record<string, LiveArgument>>
  /** How the row is read: as a field of `Query` would, with the actor's rows and fields. */
  readonly row: RootOne
}

/**
 * Declares a field of `Subscription`. Whenever a transaction emits an event of the kind with the ids asked for, the row is read for each
 * client and sent, if it is among the client's rows.
 */
export function liveField<Kind extends EventKind>(
  name: string,
  target: () => EntityClass,
  kind: Kind,
  { args, description }: { args: Partial<Readonly<Record<EventKey<Kind>, LiveArgument>>>; description: string },
): LiveField {
  return { kind, args: args as LiveField['args'], row: rootOne(name, target, description) }
}

/** One event on its way to one client: the value above the field. */
export class Delivery {
  /** Whether the row was among the client's rows; unknown while the field has not been asked. */
  reached: boolean | undefined

  constructor(readonly id: string) {}
}

/** A resolver class with the declared fields of `Subscription`. */
export function liveResolverClass(fields: readonly LiveField[]): ClassType {
  class LiveResolver {}
  const prototype = LiveResolver.prototype as Record<string, unknown>
  for (const { row, args } of fields) {
    prototype[row.name] = unbound
    for (const [index, [name, { required, description }]] of Object.entries(args).entries())
      Arg(name, () => ID, { nullable: required !== true, description })(prototype, row.name, index)
    Subscription(() => row.target() as ClassType, { description: row.description, subscribe: unbound })(prototype, row.name, {})
  }
  Resolver()(LiveResolver)
  return LiveResolver
}

const unbound = (): never => {
  throw new Error('bindLive has not put the loader in place')
}

/** TypeGraphQL asks for one before it makes fields of `Subscription`; events come from `live/` instead. */
export const NO_PUB_SUB = { publish: unbound, subscribe: unbound }

/** Puts the loaders in the place of the declared fields' resolvers. */
export function bindLive(schema: GraphQLSchema, fields: readonly LiveField[]): void {
  const type = schema.getSubscriptionType()
  for (const { row } of fields) {
    const field = isObjectType(type) ? type.getFields()[row.name] : undefined
    if (!field) throw new Error(`Subscription.${row.name} is declared but not in the schema`)
    field.resolve = resolverOf(row) as GraphQLFieldResolver<unknown, unknown>
  }
}

function resolverOf(root: RootOne): GraphQLFieldResolver<unknown, GraphQLContext> {
  const target = root.target()
  return async (delivery, _args, { loaders }, info) => {
    if (!(delivery instanceof Delivery)) throw new ClinicError('BAD_REQUEST', 'Subscriptions are made over a WebSocket.')
    const row = await loaders.one(root, target, delivery.id, loaders.plan(root, info))
    delivery.reached = row !== null
    if (!row) throw new NotFoundError()
    return row
  }
}
