import type { CapabilityRule } from '../../access/rules.js'
import { escapeLike } from '../../database/like.js'
import { BadUserInputError } from '../errors.js'
import { filterFieldOf, type FilterDeclaration, type FilterField, type FilterUse } from './declaration.js'
import { isUuid } from './page.js'

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

/**
 * The property refers to the row with this id.
 * @param filterField the field of the filter, for the error
 */
export const refersTo = (property: string, filterField: string): FilterField => {
  const name = nextName(property)
  return {
    values: {
      [name]: {
        type: 'uuid',
        of: (id: string) => {
          if (!isUuid(id)) throw new BadUserInputError([{ field: `filter.${filterField}`, message: 'is not an id' }])
          return id
        },
      },
    },
    where: (row) => `${row.column(property)} = ${row.value(name)}`,
    reveals: null,
  }
}

/** The property is the value or more. */
export const atLeast = (property: string, type: string, reveals: CapabilityRule | null = null): FilterField =>
  field((column, value) => `${column} >= ${value}`, property, nextName(property), type, reveals)

/** The property is less than the value. */
export const lessThan = (property: string, type: string, reveals: CapabilityRule | null = null): FilterField =>
  field((column, value) => `${column} < ${value}`, property, nextName(property), type, reveals)

/** The property is one of the values. */
export const isOneOf = (property: string, type: string, reveals: CapabilityRule | null = null): FilterField =>
  field((column, value) => `${column} = any(${value})`, property, nextName(property), `${type}[]`, reveals)

/** The property, a name, contains the text; accents and case do not matter. For lists that are small or narrowed otherwise. */
export function nameContains(property: string, reveals: CapabilityRule | null = null): FilterField {
  const name = nextName(property)
  return {
    values: {
      [name]: {
        type: 'text',
        of: (text: string) => {
          if (text.trim() === '') throw new BadUserInputError([{ field: 'filter.search', message: 'must not be empty' }])
          return `%${escapeLike(text.trim())}%`
        },
      },
    },
    where: (row) => `lower(clinic_unaccent(${row.column(property)})) like lower(clinic_unaccent(${row.value(name)}))`,
    reveals,
  }
}

/** What the client gives, and the defaults of what it does not. A field given as null counts as not given. */
export function givenOf(
  filter: FilterDeclaration,
  given: Readonly<Record<string, unknown>> | null | undefined,
): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = { ...filter.defaults }
  for (const [name, value] of Object.entries(given ?? {})) if (value !== null && value !== undefined) all[name] = value
  return all
}

/** Which filter fields are in use, and the values of their placeholders. */
export function filterOf(
  filter: FilterDeclaration | undefined,
  given: Readonly<Record<string, unknown>> | null | undefined,
): { uses: FilterUse[]; values: Record<string, unknown> } {
  const uses: string[] = []
  const values: Record<string, unknown> = {}
  if (!filter) return { uses, values }
  for (const [name, value] of Object.entries(givenOf(filter, given))) {
    const declared = filter.fields[name]
    if (!declared) throw new Error(`filter field ${name} is not declared`)
    const use = 'shapes' in declared ? `${name}/${declared.shapeOf(value as never)}` : name
    uses.push(use)
    for (const [placeholder, { of }] of Object.entries(filterFieldOf(filter, use).values)) values[placeholder] = of(value as never)
  }
  return { uses: uses.toSorted(), values }
}
