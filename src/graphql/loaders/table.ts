import { ReferenceKind, type EntityMetadata, type EntityProperty, type MetadataStorage } from '@mikro-orm/core'
import { getNamedType, isObjectType, type GraphQLSchema } from 'graphql'
import type { EntityClass } from '../../access/scope.js'
import { instantFromPostgres } from '../../database/read-database.js'

/** Quotes an identifier. */
export const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`

/** What the read path knows of an entity's table: made once from the ORM's metadata and the GraphQL type. */
export class ReadTable {
  readonly name: string
  readonly typeName: string
  readonly #meta: EntityMetadata
  readonly #selected: readonly EntityProperty[]

  constructor(meta: EntityMetadata, typeName: string, schema: GraphQLSchema) {
    this.#meta = meta
    this.name = quote(meta.tableName)
    this.typeName = typeName
    const type = schema.getType(typeName)
    if (!isObjectType(type)) throw new Error(`${typeName} is not an object type of the schema`)
    const fields = type.getFields()
    const edges = new Set(
      Object.values(fields)
        .filter((field) => isObjectType(getNamedType(field.type)))
        .map((field) => field.name),
    )
    this.#selected = meta.props.filter((prop) => {
      if (prop.kind === ReferenceKind.MANY_TO_ONE || (prop.kind === ReferenceKind.ONE_TO_ONE && prop.owner)) return true
      if (prop.kind === ReferenceKind.EMBEDDED) return prop.name in fields
      if (prop.kind !== ReferenceKind.SCALAR || prop.name.includes('~') || prop.embedded) return false
      return prop.primary === true || (prop.name in fields && !edges.has(prop.name))
    })
  }

  /** The qualified column of a property. */
  column(alias: string, property: string): string {
    const prop = this.#property(property)
    return `${alias}.${quote(fieldName(prop))}`
  }

  /** The select list: each property under its GraphQL name, references as the id they hold, embedded values as JSON. */
  columns(alias: string): string {
    return this.#selected.map((prop) => `${this.#expression(alias, prop)} as ${quote(prop.name)}`).join(', ')
  }

  /** Whether a property of this name can be read. */
  readable(property: string): boolean {
    return this.#selected.some((prop) => prop.name === property)
  }

  /** The value of a property as text: lists and embedded values as JSON, everything else as PostgreSQL writes it. */
  text(alias: string, property: string): string {
    const prop = this.#property(property)
    const sql = this.#expression(alias, prop)
    if (this.cellType(property) === 'list') return `array_to_json(${sql})::text`
    return prop.columnTypes[0] === 'text' && !prop.formula ? sql : `(${sql})::text`
  }

  /** What the text of {@link text} holds. */
  cellType(property: string): CellType {
    const prop = this.#property(property)
    if (prop.kind === ReferenceKind.EMBEDDED) return 'json'
    const type = (prop.targetMeta?.getPrimaryProps()[0]?.columnTypes[0] ?? prop.columnTypes[0] ?? '').toLowerCase()
    if (type.endsWith('[]')) return 'list'
    if (type.startsWith('json')) return 'json'
    if (/^(smallint|int|integer|bigint|real|double|float)/.test(type)) return 'number'
    if (type.startsWith('timestamptz')) return 'instant'
    if (type.startsWith('bool')) return 'boolean'
    return /^(uuid|date|time|numeric|decimal)/.test(type) ? 'plain' : 'text'
  }

  /** The table that a reference points to. */
  referred(property: string): EntityMetadata {
    const { targetMeta } = this.#property(property)
    if (!targetMeta) throw new Error(`${this.#meta.className}.${property} is not a reference`)
    return targetMeta
  }

  #property(name: string): EntityProperty {
    const prop = this.#meta.properties[name as never] as EntityProperty | undefined
    if (!prop) throw new Error(`${this.#meta.className} has no property ${name}`)
    return prop
  }

  #expression(alias: string, prop: EntityProperty): string {
    if (prop.kind === ReferenceKind.EMBEDDED) return embeddedExpression(alias, prop)
    if (prop.formula) {
      const columns = new Proxy({}, { get: (_target, name) => this.column(alias, String(name)) })
      const sql = prop.formula(columns, alias as never)
      if (typeof sql !== 'string') throw new Error(`the formula of ${prop.name} must be text`)
      return `(${sql})`
    }
    return `${alias}.${quote(fieldName(prop))}`
  }
}

/**
 * What a cell of a plan holds: `plain` is text of a fixed form that has no character JSON would escape; `list` and `json` are JSON.
 */
export type CellType = 'text' | 'plain' | 'number' | 'boolean' | 'instant' | 'list' | 'json'

/** How the text of a cell becomes a value in wire format; `null` when it is one. */
export const VALUE_OF_CELL: Readonly<Record<CellType, ((text: string) => unknown) | null>> = {
  text: null,
  plain: null,
  number: Number,
  boolean: (text) => text === 'true',
  instant: instantFromPostgres,
  list: JSON.parse,
  json: JSON.parse,
}

function fieldName(prop: EntityProperty): string {
  const [name] = prop.fieldNames
  if (name === undefined) throw new Error(`property ${prop.name} has no column`)
  return name
}

/** Decimals stay text, so that JSON does not make floats of them. An embedded value whose columns are all empty is null. */
function embeddedExpression(alias: string, prop: EntityProperty): string {
  const parts = Object.entries(prop.embeddedProps).map(([name, part]) => ({ name, column: `${alias}.${quote(fieldName(part))}` }))
  const pairs = parts.map(({ name, column }) => `'${name}', ${column}::text`).join(', ')
  return `case when num_nonnulls(${parts.map(({ column }) => column).join(', ')}) = 0 then null else json_build_object(${pairs}) end`
}

/** The tables of all entities that GraphQL knows, by entity class. */
export class ReadTables {
  readonly #metadata: MetadataStorage
  readonly #schema: GraphQLSchema
  readonly #typeNames: ReadonlyMap<unknown, string>
  readonly #tables = new Map<unknown, ReadTable>()

  /** @param typeNames GraphQL type name by entity class */
  constructor(metadata: MetadataStorage, schema: GraphQLSchema, typeNames: ReadonlyMap<unknown, string>) {
    this.#metadata = metadata
    this.#schema = schema
    this.#typeNames = typeNames
  }

  /** The table of an entity class. */
  of(entity: EntityClass): ReadTable {
    const known = this.#tables.get(entity)
    if (known) return known
    const typeName = this.#typeNames.get(entity)
    if (typeName === undefined) throw new Error(`${entity.name} is not a GraphQL object type`)
    const table = new ReadTable(this.#metadata.get(entity as never), typeName, this.#schema)
    this.#tables.set(entity, table)
    return table
  }
}
