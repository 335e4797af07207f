import type { Actor } from './actor.js'
import type { Capability } from './capabilities.js'

/** Any entity class. */
export type EntityClass<Entity = object> = abstract new (...args: never[]) => Entity

/** Facts of the actor that a scope's SQL may refer to; each becomes one parameter of the statement. */
export const ACTOR_FACTS = {
  patientIds: { type: 'uuid[]', of: (actor: Actor): unknown => actor.patientIds },
  doctorId: { type: 'uuid', of: (actor: Actor): unknown => actor.identity?.doctorId ?? null },
  staffId: { type: 'uuid', of: (actor: Actor): unknown => actor.identity?.staffId ?? null },
  userId: { type: 'uuid', of: (actor: Actor): unknown => actor.identity?.userId ?? null },
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
}

/** Declares the scope of an entity. */
export function rowScope(
  entity: () => EntityClass,
  scope: { all: readonly Capability[]; countable?: readonly Capability[]; restricted?: readonly Restriction[]; owner?: string },
): RowScope {
  return { entity, all: scope.all, countable: scope.countable ?? [], restricted: scope.restricted ?? [], owner: scope.owner ?? null }
}

/** The scope of a part: its rows are visible exactly when the row that `property` refers to is. */
export function scopeThrough(entity: () => EntityClass, property: string, whole: RowScope): RowScope {
  return {
    entity,
    all: whole.all,
    countable: whole.countable,
    restricted: whole.restricted.map(({ capability, where }) => ({ capability, where: (row) => row.related(property, where) })),
    owner: null,
  }
}

/** The rows of the actor's own patients. */
export function ofOwnPatients(property: string) {
  return (row: ScopedRow): string => `${row.column(property)} = any(${row.actor('patientIds')})`
}

/** Which restrictions apply to the actor: `all`, or the indexes of those that do (possibly none). */
export function scopeOf(scope: RowScope, actor: Actor, purpose: 'rows' | 'count' = 'rows'): 'all' | readonly number[] {
  if (actor.canAny(scope.all) || (purpose === 'count' && actor.canAny(scope.countable))) return 'all'
  return scope.restricted.flatMap(({ capability }, index) =>
    (capability === 'signed-in' ? actor.signedIn : actor.can(capability)) ? [index] : [],
  )
}
