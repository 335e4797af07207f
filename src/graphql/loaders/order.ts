import type { Actor } from '../../access/actor.js'
import { refusal, type CapabilityRule } from '../../access/rules.js'
import { IN_CARE, MARKED, scopeOf, type RowScope } from '../../access/scope.js'
import type { ClinicError } from '../errors.js'
import { filterFieldOf, type FilterDeclaration, type OrderKey, type RootConnection } from './declaration.js'
import type { ConnectionArguments } from './variants.js'

/** The order asked for; else the one that suits the filter; else the first whose column the actor may read. */
export function orderFor(root: RootConnection, args: ConnectionArguments, actor: Actor, scope: RowScope): readonly OrderKey[] {
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
