import type { ClassType } from 'type-graphql'
import { can, orOwn, type AccessMap, type CapabilityRule, type FieldRule } from '../access/rules.js'
import type { RowScope } from '../access/scope.js'
import type { Row } from '../database/read-database.js'
import type { GraphQLContext } from './context.js'
import type { LiveField } from './live-fields.js'
import type { Edge, Root } from './loaders/declaration.js'

/** A field made from the row at hand, without a promise. */
export interface ComputedField {
  /** The properties of the row it is made from: a plan reads these. */
  readonly from: readonly string[]
  readonly compute: (row: Row, context: GraphQLContext) => unknown
}

/** Everything a domain gives to the schema; the server is made of a list of these. */
export interface ClinicModule {
  /** Row scope of every entity the module lets GraphQL read. */
  readonly scopes: readonly RowScope[]
  /** Edges below its types. */
  readonly edges: readonly Edge[]
  /** Its fields of `Query` that read rows. */
  readonly roots: readonly Root[]
  /** Its fields of `Subscription`. */
  readonly live?: readonly LiveField[]
  /** A rule for every field of its types, its roots and its mutations. */
  readonly access: AccessMap
  /** Fields that are made from the row, by type. */
  readonly computed?: Readonly<Record<string, Readonly<Record<string, ComputedField>>>>
  /** Hand-written resolvers: mutations, and queries that are no plain read of rows. */
  readonly resolvers?: readonly ClassType[]
}

/** The rules of a type's connection and edge types: who may see rows, and who may only count them. */
export function connectionAccess(typeName: string, rows: CapabilityRule, ...countOnly: CapabilityRule['anyOf']): AccessMap {
  const counted = orOwn(can(...rows.anyOf, ...countOnly), ...rows.own)
  return {
    [`${typeName}Connection`]: { edges: rows, pageInfo: rows, totalCount: counted },
    [`${typeName}Edge`]: { node: rows, cursor: { kind: 'open' } },
  }
}

/** The rule of a field that leads to a connection: whoever may see its rows or count them. */
export const leadsTo = (rows: CapabilityRule, ...countOnly: CapabilityRule['anyOf']): FieldRule =>
  orOwn(can(...rows.anyOf, ...countOnly), ...rows.own)
