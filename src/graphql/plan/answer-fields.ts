import {
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type FieldNode,
  type GraphQLEnumType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql'
import type { FieldRule } from '../../access/rules.js'
import { instantFromPostgres } from '../../database/read-database.js'
import { VALUE_OF_CELL, type CellType } from '../loaders/table.js'
import type { ComputedField } from '../module.js'
import { subfields, type Selecting } from './select.js'

/** What a writer must know of the schema besides its declarations. */
export interface AnswerCatalogue {
  /** How a field is made from its row; `undefined` when it is not computed. */
  computed(typeName: string, field: string): ComputedField | undefined
  /** Whether a field is the property of its name, and no resolver has a say. */
  plain(typeName: string, field: string): boolean
  /** What it takes to read a field. */
  rule(typeName: string, field: string): FieldRule | undefined
  /** The property with the owner's id. */
  owner(typeName: string): string | null
}

/** Thrown by writers, and by nothing else, when graphql-js has to make the answer; it is never shown to anybody. */
export const NOT_WRITABLE = new Error('graphql-js makes this answer')

/** The JSON of a value of a field. */
export type WriteValue = (value: unknown) => string
/** The JSON of a cell that holds a field. */
export type WriteCell = (text: string | null) => string

/** Anything but what JSON takes as it is: neither quote nor backslash, neither control characters nor surrogates. */
const NEEDS_ESCAPE = /[^ !#-[\]-\ud7ff\ue000-\uffff]/

/** A text as JSON. */
export const quoted = (text: string): string => (NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`)

/** Writes a field whose value is a cell. `null` when the field is of another kind. */
export function cellWriter(
  catalogue: AnswerCatalogue,
  at: Selecting,
  type: GraphQLOutputType,
  cell: CellType,
  nodes: readonly FieldNode[],
): WriteCell | null {
  const nullable = getNullableType(type)
  const fast = isLeafType(nullable) ? textWriter(nullable, cell) : null
  const empty = (): string => {
    if (isNonNullType(type)) throw NOT_WRITABLE
    return 'null'
  }
  if (fast) return (text) => (text === null ? empty() : fast(text))
  const write = valueWriter(catalogue, at, type, nodes)
  if (write === null) return null
  const valueOf = VALUE_OF_CELL[cell]
  return (text) => write(text === null || valueOf === null ? text : valueOf(text))
}

/** The usual pairs of a scalar and a column, for which the text of the cell is nearly the JSON. */
function textWriter(type: GraphQLLeafType, cell: CellType): ((text: string) => string) | null {
  if (isEnumType(type)) return cell === 'text' ? enumWriter(type) : null
  if (cell === 'instant' && type.name === 'DateTime') return (text) => `"${instantFromPostgres(text)}"`
  if (cell === 'plain' && ['ID', 'String', 'LocalDate', 'Decimal'].includes(type.name)) return (text) => `"${text}"`
  if (cell === 'text' && ['ID', 'String'].includes(type.name)) return quoted
  if (cell === 'boolean' && type.name === 'Boolean') return (text) => text
  return null
}

function enumWriter(type: GraphQLEnumType): (text: string) => string {
  const known = new Map(type.getValues().map(({ name, value }) => [value as unknown, `"${name}"`] as const))
  return (text) => {
    const json = known.get(text)
    if (json === undefined) throw NOT_WRITABLE
    return json
  }
}

/** Writes a value as graphql-js would complete it; `null` when a resolver has a say below it. */
export function valueWriter(
  catalogue: AnswerCatalogue,
  at: Selecting,
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
): WriteValue | null {
  if (isNonNullType(type)) {
    const inner = valueWriter(catalogue, at, type.ofType, nodes)
    if (inner === null) return null
    return (value) => {
      if (value == null) throw NOT_WRITABLE
      return inner(value)
    }
  }
  if (isListType(type)) {
    const item = valueWriter(catalogue, at, type.ofType, nodes)
    if (item === null) return null
    return (value) => {
      if (value == null) return 'null'
      if (!Array.isArray(value)) throw NOT_WRITABLE
      return `[${value.map(item).join(',')}]`
    }
  }
  if (isLeafType(type)) {
    return (value) => {
      const json = value == null ? 'null' : JSON.stringify(type.serialize(value))
      if (json === undefined || (json === 'null' && value != null)) throw NOT_WRITABLE
      return json
    }
  }
  return isObjectType(type) ? objectWriter(catalogue, at, type, nodes) : null
}

/** Writes an object that is a value of its row, such as an address: plain fields that everybody who has the row may read. */
function objectWriter(catalogue: AnswerCatalogue, at: Selecting, type: GraphQLObjectType, nodes: readonly FieldNode[]): WriteValue | null {
  const parts: { key: string; name: string; write: WriteValue }[] = []
  for (const [responseKey, [node, ...others]] of subfields(at, type, nodes)) {
    const name = node?.name.value ?? ''
    const field = type.getFields()[name]
    const key = `${JSON.stringify(responseKey)}:`
    if (name === '__typename') {
      parts.push({ key, name, write: () => JSON.stringify(type.name) })
      continue
    }
    if (!node || !field || !catalogue.plain(type.name, name) || catalogue.rule(type.name, name)?.kind !== 'open') return null
    const write = valueWriter(catalogue, at, field.type, [node, ...others])
    if (write === null) return null
    parts.push({ key, name, write })
  }
  return (value) => {
    if (value == null) return 'null'
    if (typeof value !== 'object') throw NOT_WRITABLE
    const row = value as Readonly<Record<string, unknown>>
    return `{${parts.map(({ key, name, write }) => key + write(row[name])).join(',')}}`
  }
}
