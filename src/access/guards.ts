import {
  defaultFieldResolver,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql'
import type { Actor } from './actor.js'
import { allows, refusal, type AccessContext, type AccessMap, type FieldRule } from './rules.js'

/** A rule that needs no arguments, so that it can be decided without a promise. */
export type PlainRule = Exclude<FieldRule, { kind: 'checked' }>

/** The property with the owner's id, by GraphQL type name. */
export type Owners = ReadonlyMap<string, string | null>

/** Fields of the schema without a rule, and rules without a field: both stop the server (SECURITY A2). */
export function incompleteAccess(schema: GraphQLSchema, map: AccessMap): string[] {
  const problems: string[] = []
  const known = new Set<string>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`
      const rule = map[type.name]?.[field.name]
      known.add(name)
      if (!rule) problems.push(`${name} has no access rule`)
      // A refused field that cannot be null would take its parent away, and with it what the actor may read.
      // A refused subscription has nothing above it.
      else if (rule.kind !== 'open' && isNonNullType(field.type) && type !== schema.getSubscriptionType())
        problems.push(`${name} is guarded but not nullable`)
    }
  }
  for (const [type, fields] of Object.entries(map)) {
    for (const field of Object.keys(fields))
      if (!known.has(`${type}.${field}`)) problems.push(`${type}.${field} has a rule but is not in the schema`)
  }
  return problems
}

const ALLOWED = 1
const REFUSED = 2
/** Depends on the row: whose it is, or whether its patient is in the actor's care. */
const BY_ROW = 3

/**
 * Compiles the rules that depend on roles alone into synchronous guards in place of each field's resolver.
 *
 * graphql-shield wraps every field in promises, which makes a chart seven times slower; here a decision is made once per actor and
 * rule, and a guarded scalar costs one comparison. `open` fields are left as they are. `checked` fields belong to graphql-shield.
 */
export function installGuards(schema: GraphQLSchema, map: AccessMap, owners: Owners): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const rule = map[type.name]?.[field.name]
      if (!rule || rule.kind === 'open' || rule.kind === 'checked') continue
      field.resolve = guarded(rule, owners.get(type.name) ?? null, field.resolve, field.name)
    }
  }
}

type Resolve = GraphQLFieldResolver<unknown, AccessContext>

function guarded(rule: PlainRule, owner: string | null, resolve: Resolve | undefined, name: string): Resolve {
  const decisions = new WeakMap<Actor, number>()
  const decide = (actor: Actor): number => {
    const decision = decisionFor(rule, actor, owner)
    decisions.set(actor, decision)
    return decision
  }
  const read: Resolve =
    resolve ??
    ((parent, args, context, info) => {
      const value = (parent as Record<string, unknown>)[name]
      return typeof value === 'function' ? defaultFieldResolver(parent, args, context, info) : value
    })
  return (parent, args, context, info) => {
    const { actor } = context
    const decision = decisions.get(actor) ?? decide(actor)
    if (decision === ALLOWED || (decision === BY_ROW && allows(rule, actor, parent, owner))) return read(parent, args, context, info)
    throw refusal(actor)
  }
}

function decisionFor(rule: PlainRule, actor: Actor, owner: string | null): number {
  if (rule.kind === 'capability' && !actor.reachesAny(rule.anyOf)) {
    if (actor.canAny(rule.anyOf) || (owner !== null && actor.canAny(rule.own))) return BY_ROW
  }
  return allows(rule, actor, undefined, owner) ? ALLOWED : REFUSED
}
