import { ClinicError, ForbiddenError, UnauthenticatedError } from '../graphql/errors.js'
import type { Actor } from './actor.js'
import type { Capability } from './capabilities.js'
import { isOutsideCare } from './scope.js'

/** What a rule may look at: every resolver's context has the actor. */
export interface AccessContext {
  readonly actor: Actor
}

/** A check of parent or arguments: `null` allows, an error refuses. */
export type ArgumentCheck = (parent: unknown, args: Readonly<Record<string, unknown>>, actor: Actor) => ClinicError | null

/**
 * What it takes to read or call one field.
 *
 * - `open`: whoever holds the object may read it; costs nothing.
 * - `signed-in`: any account; `evenRestricted`: also one that must change its password first.
 * - `capability`: one of `anyOf`; or one of `own`, when the row belongs to one of the actor's own patients.
 * - `checked`: as `base`, and a check of parent or arguments on top; runs through graphql-shield.
 */
export type FieldRule =
  | { readonly kind: 'open' }
  | { readonly kind: 'signed-in'; readonly evenRestricted?: true }
  | CapabilityRule
  | { readonly kind: 'checked'; readonly name: string; readonly base: FieldRule; readonly check: ArgumentCheck }

/** A rule on the actor's capabilities alone, but for the question whose row it is. */
export interface CapabilityRule {
  readonly kind: 'capability'
  readonly anyOf: readonly Capability[]
  readonly own: readonly Capability[]
}

/** The rules of some types, field by field. Modules declare theirs; the server refuses to start when a field has none. */
export type AccessMap = Readonly<Record<string, Readonly<Record<string, FieldRule>>>>

/** Whoever holds the object may read the field. */
export const open: FieldRule = { kind: 'open' }

/** Any account may. */
export const signedIn: FieldRule = { kind: 'signed-in' }

/** Any account may, also one that must change its password first: what it takes to do so, and to sign out. */
export const anySession: FieldRule = { kind: 'signed-in', evenRestricted: true }

/** Actors with one of these capabilities may, whosever row it is. */
export function can(...anyOf: Capability[]): CapabilityRule {
  return { kind: 'capability', anyOf, own: [] }
}

/** As `base`; and actors with one of these capabilities may on rows of their own patients. */
export function orOwn(base: CapabilityRule, ...own: Capability[]): CapabilityRule {
  return { kind: 'capability', anyOf: base.anyOf, own }
}

/** As `base`, and `check` must agree. `name` must be unique: graphql-shield keeps its cache by it. */
export function checked(name: string, base: FieldRule, check: ArgumentCheck): FieldRule {
  return { kind: 'checked', name, base, check }
}

/** The error of a refusal: somebody who is not signed in is told that, everybody else that their role does not allow it. */
export function refusal(actor: Actor): ClinicError {
  if (actor.restricted) return new ClinicError('PASSWORD_CHANGE_REQUIRED')
  return actor.signedIn ? new ForbiddenError() : new UnauthenticatedError()
}

/**
 * Decides a rule that needs no arguments.
 *
 * @param ownerProperty property of the row that holds its patient's id, or `null` when the row scope already keeps the rows to the
 *   actor's own for everyone who holds only an `own` capability.
 */
export function allows(
  rule: Exclude<FieldRule, { kind: 'checked' }>,
  actor: Actor,
  parent: unknown,
  ownerProperty: string | null,
): boolean {
  if (rule.kind === 'open') return true
  if (rule.kind === 'signed-in') return actor.signedIn && (!actor.restricted || rule.evenRestricted === true)
  if (actor.reachesAny(rule.anyOf)) return true
  if (actor.canAny(rule.anyOf) && !isOutsideCare(parent)) return true
  if (!actor.canAny(rule.own)) return false
  return ownerProperty === null || actor.ownsPatient((parent as Record<string, unknown>)[ownerProperty])
}
