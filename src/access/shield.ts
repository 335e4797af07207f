import { createRequire } from 'node:module'
import util from 'node:util'
import type { applyMiddleware as ApplyMiddleware } from 'graphql-middleware'
import type * as Shield from 'graphql-shield'
import type { GraphQLSchema } from 'graphql'
import { ClinicError } from '../graphql/errors.js'
import type { Owners } from './guards.js'
import { allows, refusal, type AccessContext, type AccessMap, type FieldRule } from './rules.js'

// graphql-shield's ES module build does not load on Node ≥ 23 (it imports `isUndefined` from `util`, graphql-shield #1561), and mixing
// builds breaks its `instanceof` checks: so shield and graphql-middleware are both loaded as CommonJS, here and nowhere else.
const require = createRequire(import.meta.url)
const legacyUtil = util as unknown as Record<string, unknown>
legacyUtil['isUndefined'] ??= (value: unknown): boolean => value === undefined
const { shield, rule: shieldRule, allow } = require('graphql-shield') as typeof Shield
const { applyMiddleware } = require('graphql-middleware') as { applyMiddleware: typeof ApplyMiddleware }

/** Which rules graphql-shield enforces: only those that need arguments, or (to prove the guards equal) every one. */
export type ShieldCoverage = 'checked' | 'all'

/**
 * A schema whose rules are enforced by graphql-shield.
 *
 * With `checked` only the fields whose rule looks at arguments are wrapped; the rest is the guards' work. With `all` every field is,
 * which is what the guards are compared against.
 */
export function shieldSchema(schema: GraphQLSchema, map: AccessMap, owners: Owners, coverage: ShieldCoverage): GraphQLSchema {
  const covered = coverage === 'all' ? map : onlyChecked(map)
  if (Object.keys(covered).length === 0) return schema
  const named = new Map<string, ShieldRule>()
  const tree = mapFields(covered, (rule, type) => {
    // Shield tells rules apart by name and refuses two with one name, so equal rules share one.
    const owner = owners.get(type) ?? null
    const name = nameOf(rule, owner)
    const shared = named.get(name) ?? toShield(rule, owner, name)
    named.set(name, shared)
    return shared
  })
  const generator = shield(tree, {
    allowExternalErrors: true,
    fallbackRule: allow,
    fallbackError: (error: unknown) => (error instanceof Error ? error : new Error('refused without a reason')),
  })
  // Shield generates a wrapper for every field of the schema; those without a rule of ours are left out, so that they cost nothing.
  const wrappers = (generator as unknown as { generate(schema: GraphQLSchema): Record<string, Record<string, never>> }).generate(schema)
  const ours = mapFields(covered, (_rule, type, field) => wrappers[type]?.[field])
  return applyMiddleware(schema, ours as never)
}

type ShieldRule = ReturnType<ReturnType<typeof shieldRule>> | typeof allow

function onlyChecked(map: AccessMap): AccessMap {
  const types = Object.entries(map).map(
    ([type, fields]) => [type, Object.fromEntries(Object.entries(fields).filter(([, rule]) => rule.kind === 'checked'))] as const,
  )
  return Object.fromEntries(types.filter(([, fields]) => Object.keys(fields).length > 0))
}

function mapFields<Result>(
  map: AccessMap,
  change: (rule: FieldRule, type: string, field: string) => Result,
): Record<string, Record<string, Result>> {
  const types = Object.entries(map).map(([type, fields]) => {
    const changed = Object.entries(fields).map(([field, rule]) => [field, change(rule, type, field)] as const)
    return [type, Object.fromEntries(changed)] as const
  })
  return Object.fromEntries(types)
}

/** Every decision is made anew: shield's caches are keyed by name or by a hash of whole parents, and a rule here costs less than either. */
function toShield(rule: FieldRule, owner: string | null, name: string): ShieldRule {
  if (rule.kind === 'open') return allow
  return shieldRule(name, { cache: 'no_cache' })((parent: unknown, args: Record<string, unknown>, { actor }: AccessContext) => {
    const plain = rule.kind === 'checked' ? rule.base : rule
    if (plain.kind === 'checked') throw new Error(`the base of ${name} is itself a checked rule`)
    if (!allows(plain, actor, parent, owner)) return refusal(actor)
    return rule.kind === 'checked' ? checkedResult(() => rule.check(parent, args, actor)) : true
  })
}

/** Shield takes a thrown error for a bug of the rule; one of ours is a refusal that the client should see. */
function checkedResult(check: () => ClinicError | null): true | ClinicError {
  try {
    return check() ?? true
  } catch (error) {
    if (error instanceof ClinicError) return error
    throw error
  }
}

/** A name that two different rules never share. */
function nameOf(rule: FieldRule, owner: string | null): string {
  if (rule.kind === 'checked') return `checked:${rule.name}:${nameOf(rule.base, owner)}`
  if (rule.kind === 'signed-in') return rule.evenRestricted === true ? 'any-session' : 'signed-in'
  if (rule.kind === 'open') return 'open'
  return `capability:${rule.anyOf.join('|')}:own(${owner ?? ''}):${rule.own.join('|')}`
}
