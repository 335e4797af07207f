import type { Actor } from './actor.js'
import type { Capability } from './capabilities.js'
import { careRelation } from './care-relation.js'

/** Any entity class. */
export type EntityClass<Entity = object> = abstract new (...args: never[]) => Entity

/** Facts of the actor that a scope's SQL may refer to; each becomes one parameter of the statement. */
export const ACTOR_FACTS = {
  patientIds: { type: 'uuid[]', of: (actor: Actor): unknown => actor.patientIds },
  doctorId: { type: 'uuid', of: (actor: Actor): unknown => actor.identity?.doctorId ?? null },
  staffId: { type: 'uuid', of: (actor: Actor): unknown => actor.identity?.staffId ?? null },
  userId: { type: 'uuid', of: (actor: Actor): unknown => actor.identity?.userId ?? null },
  careSince: { type: 'timestamptz', of: (actor: Actor): unknown => actor.identity?.careSince ?? null },
} as const

/** The name of one such fact. */
export type ActorFact = keyof typeof ACTOR_FACTS

/** The row a scope speaks of, in SQL. */
export interface ScopedRow {
  /** The qualified, quoted column of a property. */
  column(property: string): string
  /** The placeholder of a fact of the actor. */
  actor(fact: ActorFact): string
  /** Whether the row that `property` refers to satisfies `where`. */
  related(property: string, where: (row: ScopedRow) => string): string
}

/** Which rows a holder of one capability may see, when the capability does not reach all of them. */
export interface Restriction {
  /** `signed-in`: every account. */
  readonly capability: Capability | 'signed-in'
  readonly where: (row: ScopedRow) => string
}

/** Which rows of one entity an actor may see: declared once, used by every loader, root, count and cursor of it (SECURITY A5). */
export interface RowScope {
  readonly entity: () => EntityClass
  /** Holders of any of these see all rows. */
  readonly all: readonly Capability[]
  /** Holders of any of these may count all rows, though they may see none. */
  readonly countable: readonly Capability[]
  /** Others see the rows of each restriction whose capability they hold; with none, no row. */
  readonly restricted: readonly Restriction[]
  /** The property with the id of the patient a row belongs to; `null` when rows of several owners cannot meet in one answer. */
  readonly owner: string | null
  /**
   * Which rows belong to a patient in the actor's care: as far as capabilities in `all` reach when they are held only through a role
   * that the clinic bounds to such patients. `null`: the row belongs to no patient.
   */
  readonly care: ((row: ScopedRow) => string) | null
  /** Reading it leaves an event in the audit trail, as reading patient data does, though its rows belong to no patient. */
  readonly audited?: boolean
}

/** In place of an index of `restricted`: rows of patients in the actor's care. */
export const IN_CARE = -1
/** Beside the indexes: some rows are not of patients in the actor's care, and each must say which it is, in the column `CARE_MARK`. */
export const MARKED = -2

/**
 * Which rows of a scope an actor reaches: `all`, all with a mark, or those of any of the restrictions with these indexes (possibly
 * none), where `IN_CARE` and `MARKED` have meanings of their own.
 */
export type ScopeVariant = 'all' | 'marked' | readonly number[]

/**
 * The column of a row that tells whether its patient is in the actor's care. Only there when rows of both kinds can meet in one answer:
 * a doctor bounded to their own patients who also works at the till sees the names of all, and the notes of some.
 */
export const CARE_MARK = '$care'

/** Whether a row says that its patient is not in the actor's care. */
export const isOutsideCare = (row: unknown): boolean => (row as Record<string, unknown> | null | undefined)?.[CARE_MARK] === false

/** Declares the scope of an entity. */
export function rowScope(
  entity: () => EntityClass,
  scope: {
    all: readonly Capability[]
    countable?: readonly Capability[]
    restricted?: readonly Restriction[]
    owner?: string
    audited?: boolean
  },
): RowScope {
  const { all, countable = [], restricted = [], owner = null, audited = owner !== null } = scope
  return { entity, all, countable, restricted, owner, care: owner === null ? null : careRelation(owner), audited }
}

/** The scope of a part: its rows are visible exactly when the row that `property` refers to is. */
export function scopeThrough(entity: () => EntityClass, property: string, whole: RowScope): RowScope {
  const { care } = whole
  return {
    entity,
    all: whole.all,
    countable: whole.countable,
    restricted: whole.restricted.map(({ capability, where }) => ({ capability, where: (row) => row.related(property, where) })),
    // A part of the patient itself refers to its owner.
    owner: whole.owner === 'id' ? property : null,
    care: care && ((row) => row.related(property, care)),
  }
}

/** The rows of the actor's own patients. */
export function ofOwnPatients(property: string) {
  return (row: ScopedRow): string => `${row.column(property)} = any(${row.actor('patientIds')})`
}

/** Which rows of the scope the actor reaches. */
export function scopeOf(scope: RowScope, actor: Actor, purpose: 'rows' | 'count' = 'rows'): ScopeVariant {
  if (purpose === 'count' && actor.canAny(scope.countable)) return 'all'
  const marked = purpose === 'rows' && scope.care !== null && actor.boundByCare
  if (actor.reachesAny(scope.all)) return marked ? 'marked' : 'all'
  const bounded = actor.canAny(scope.all)
  if (bounded && scope.care === null) return 'all'
  const indexes = scope.restricted.flatMap(({ capability }, index) =>
    (capability === 'signed-in' ? actor.signedIn : actor.can(capability)) ? [index] : [],
  )
  if (bounded) indexes.push(IN_CARE)
  return marked && indexes.some((index) => index !== IN_CARE) ? [...indexes, MARKED] : indexes
}
