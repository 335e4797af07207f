import type { CapabilityRule } from '../../access/rules.js'
import type { FilterField } from './declaration.js'

/** The kinds of comparison that filters are made of. `type` is the PostgreSQL type of the value. */

const field = (
  where: (column: string, value: string) => string,
  property: string,
  name: string,
  type: string,
  reveals: CapabilityRule | null,
): FilterField => ({
  values: { [name]: { type, of: (value: unknown) => (value instanceof Date ? value.toISOString() : value) } },
  where: (row) => where(row.column(property), row.value(name)),
  reveals,
})

let serial = 0
/** Placeholders are named by the order of declaration, which is the same in every process. */
const nextName = (property: string): string => `${property}_${(serial += 1)}`

/** The property equals the value. */
export const equals = (property: string, type: string, reveals: CapabilityRule | null = null): FilterField =>
  field((column, value) => `${column} = ${value}`, property, nextName(property), type, reveals)

/** The property is the value or more. */
export const atLeast = (property: string, type: string, reveals: CapabilityRule | null = null): FilterField =>
  field((column, value) => `${column} >= ${value}`, property, nextName(property), type, reveals)

/** The property is less than the value. */
export const lessThan = (property: string, type: string, reveals: CapabilityRule | null = null): FilterField =>
  field((column, value) => `${column} < ${value}`, property, nextName(property), type, reveals)

/** The property is one of the values. */
export const isOneOf = (property: string, type: string, reveals: CapabilityRule | null = null): FilterField =>
  field((column, value) => `${column} = any(${value})`, property, nextName(property), `${type}[]`, reveals)
