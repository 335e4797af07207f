import { createHash } from 'node:crypto'
import { ACTOR_FACTS, type ActorFact, type EntityClass, type RowScope, type ScopedRow } from '../../access/scope.js'
import type { Actor } from '../../access/actor.js'
import type { Statement } from '../../database/read-database.js'
import { filterFieldOf, type FilterDeclaration, type FilterUse, type OrderKey, type SqlRow } from './declaration.js'
import { quote, type ReadTable, type ReadTables } from './table.js'

/** A prepared statement with the names of its parameters, in order. */
export interface PreparedRead extends Statement {
  readonly parameters: readonly string[]
}

/** Which rows of the scope apply: see `scopeOf`. */
export type ScopeVariant = 'all' | readonly number[]

/** What a page statement depends on besides its declaration; each combination is one prepared statement. */
export interface PageVariant {
  readonly scope: ScopeVariant
  /** The filter fields in use, sorted. */
  readonly filters: readonly FilterUse[]
  readonly order: readonly OrderKey[]
  readonly backward: boolean
  readonly cursor: boolean
}

/** Collects the parameters of one statement: each name becomes one placeholder, however often it is used. */
class Parameters {
  readonly names: string[] = []

  placeholder(name: string, type: string): string {
    const index = this.names.indexOf(name)
    return `$${index === -1 ? this.names.push(name) : index + 1}::${type}`
  }
}

/** Makes the SQL of declarations. Knows tables and scopes; runs nothing. */
export class StatementBuilder {
  readonly #tables: ReadTables
  readonly #scopes: ReadonlyMap<unknown, RowScope>

  constructor(tables: ReadTables, scopes: ReadonlyMap<unknown, RowScope>) {
    this.#tables = tables
    this.#scopes = scopes
  }

  /** The scope of an entity; an entity without one cannot be read. */
  scope(entity: EntityClass): RowScope {
    const scope = this.#scopes.get(entity)
    if (!scope) throw new Error(`${entity.name} has no row scope`)
    return scope
  }

  /** Rows by id. Parameter `keys`: ids. */
  byId(entity: EntityClass, variant: ScopeVariant): PreparedRead {
    const table = this.#tables.of(entity)
    const parameters = new Parameters()
    const conditions = [
      `${table.column('t', 'id')} = any(${parameters.placeholder('keys', 'uuid[]')})`,
      this.#scoped(entity, table, 't', variant, parameters),
    ]
    return prepared(`select ${table.columns('t')} from ${table.name} t where ${and(conditions)}`, parameters)
  }

  /** The rows that refer to each of several parents, with the place of the parent in `keys` as column `$`. */
  listByKey(entity: EntityClass, key: string, order: readonly OrderKey[], bound: number, variant: ScopeVariant): PreparedRead {
    const table = this.#tables.of(entity)
    const parameters = new Parameters()
    const keys = parameters.placeholder('keys', 'uuid[]')
    const conditions = [`${table.column('t', key)} = k.id`, this.#scoped(entity, table, 't', variant, parameters)]
    const inner = `select ${table.columns('t')} from ${table.name} t where ${and(conditions)} order by ${orderBy(table, order, false, parameters, undefined)} limit ${bound}`
    return prepared(perParent(keys, inner), parameters)
  }

  /** One page, for each of several parents when `key` is given. Parameters: `keys`, `limit`, `cursor`, those of the filter and the actor. */
  page(entity: EntityClass, key: string | null, filter: FilterDeclaration | undefined, variant: PageVariant): PreparedRead {
    const table = this.#tables.of(entity)
    const parameters = new Parameters()
    const keys = key === null ? '' : parameters.placeholder('keys', 'uuid[]')
    const conditions = this.#conditions(entity, table, key, filter, variant.filters, variant.scope, parameters)
    const after = variant.cursor ? this.#cursor(entity, table, filter, variant, parameters) : undefined
    if (after) conditions.push(after.condition)
    const limit = parameters.placeholder('limit', 'int')
    const inner =
      `select ${table.columns('t')} from ${after ? `${after.source}, ` : ''}${table.name} t where ${and(conditions)}` +
      ` order by ${orderBy(table, variant.order, variant.backward, parameters, filter)} limit ${limit}`
    return prepared(key === null ? inner : perParent(keys, inner), parameters)
  }

  /** How many rows there are in all, for each of several parents when `key` is given, as column `count`. */
  count(
    entity: EntityClass,
    key: string | null,
    filter: FilterDeclaration | undefined,
    filters: readonly string[],
    scope: ScopeVariant,
  ): PreparedRead {
    const table = this.#tables.of(entity)
    const parameters = new Parameters()
    const keys = key === null ? '' : parameters.placeholder('keys', 'uuid[]')
    const conditions = this.#conditions(entity, table, key, filter, filters, scope, parameters)
    const inner = `select count(*)::int as count from ${table.name} t where ${and(conditions)}`
    return prepared(key === null ? inner : perParent(keys, inner), parameters)
  }

  #conditions(
    entity: EntityClass,
    table: ReadTable,
    key: string | null,
    filter: FilterDeclaration | undefined,
    filters: readonly string[],
    scope: ScopeVariant,
    parameters: Parameters,
  ): string[] {
    const conditions = key === null ? [] : [`${table.column('t', key)} = k.id`]
    const row = sqlRow(table, 't', parameters, filter)
    for (const use of filters) conditions.push(`(${filterFieldOf(filter, use).where(row)})`)
    conditions.push(this.#scoped(entity, table, 't', scope, parameters))
    return conditions
  }

  /**
   * Keyset paging. The cursor holds an id and nothing else, so that it cannot give away what it orders by; the values are looked up
   * here, within the actor's rows, and compared key by key.
   */
  #cursor(entity: EntityClass, table: ReadTable, filter: FilterDeclaration | undefined, variant: PageVariant, parameters: Parameters) {
    const at = sqlRow(table, 'c', parameters, filter)
    const columns = variant.order.map((key, index) => `${expression(at, key)} as k${index}`)
    const conditions = [
      `${table.column('c', 'id')} = ${parameters.placeholder('cursor', 'uuid')}`,
      this.#scoped(entity, table, 'c', variant.scope, parameters),
    ]
    const row = sqlRow(table, 't', parameters, filter)
    return {
      source: `(select ${columns.join(', ')} from ${table.name} c where ${and(conditions)}) a`,
      condition: beyond(variant.order, variant.backward, row),
    }
  }

  #scoped(entity: EntityClass, table: ReadTable, alias: string, variant: ScopeVariant, parameters: Parameters): string {
    if (variant === 'all') return 'true'
    const { restricted } = this.scope(entity)
    const conditions = variant.map((index) => `(${restricted[index]?.where(this.#scopedRow(table, alias, parameters)) ?? 'false'})`)
    return conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`
  }

  #scopedRow(table: ReadTable, alias: string, parameters: Parameters): ScopedRow {
    return {
      column: (property) => table.column(alias, property),
      actor: (fact) => parameters.placeholder(`actor.${fact}`, ACTOR_FACTS[fact].type),
      related: (property, where) => {
        const referred = this.#tables.of(table.referred(property).class as EntityClass)
        const inner = `${alias}_`
        const condition = where(this.#scopedRow(referred, inner, parameters))
        return `exists (select from ${referred.name} ${inner} where ${referred.column(inner, 'id')} = ${table.column(alias, property)} and ${condition})`
      },
    }
  }
}

/** The values of a statement's parameters: the actor's facts are filled in, the rest is given. */
export function valuesOf(read: PreparedRead, actor: Actor, given: Readonly<Record<string, unknown>>): unknown[] {
  return read.parameters.map((name) =>
    name.startsWith('actor.') ? ACTOR_FACTS[name.slice('actor.'.length) as ActorFact].of(actor) : given[name],
  )
}

function prepared(text: string, parameters: Parameters): PreparedRead {
  return { name: `r${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`, text, parameters: parameters.names }
}

/** Runs `inner` once per key, in the order of the keys, with the key's place as column `$`. */
function perParent(keys: string, inner: string): string {
  return `select k.i::int as ${quote('$')}, r.* from unnest(${keys}) with ordinality k(id, i) cross join lateral (${inner}) r`
}

const and = (conditions: readonly string[]): string => conditions.filter((condition) => condition !== 'true').join(' and ') || 'true'

function sqlRow(table: ReadTable, alias: string, parameters: Parameters, filter: FilterDeclaration | undefined): SqlRow {
  const types = valueTypes(filter)
  return {
    column: (property) => table.column(alias, property),
    value: (name) => {
      const type = types.get(name)
      if (type === undefined) throw new Error(`no filter gives a value named ${name}`)
      return parameters.placeholder(name, type)
    },
  }
}

const typesByFilter = new WeakMap<FilterDeclaration, ReadonlyMap<string, string>>()

function valueTypes(filter: FilterDeclaration | undefined): ReadonlyMap<string, string> {
  if (!filter) return new Map()
  let types = typesByFilter.get(filter)
  if (!types) {
    const fields = Object.values(filter.fields).flatMap((field) => ('shapes' in field ? Object.values(field.shapes) : [field]))
    types = new Map(fields.flatMap((field) => Object.entries(field.values).map(([name, { type }]) => [name, type] as const)))
    typesByFilter.set(filter, types)
  }
  return types
}

const expression = (row: SqlRow, key: OrderKey): string => (typeof key.by === 'string' ? row.column(key.by) : key.by(row))

function orderBy(
  table: ReadTable,
  order: readonly OrderKey[],
  backward: boolean,
  parameters: Parameters,
  filter: FilterDeclaration | undefined,
): string {
  const row = sqlRow(table, 't', parameters, filter)
  return order.map((key) => `${expression(row, key)} ${descends(key, backward) ? 'desc' : 'asc'}`).join(', ')
}

const descends = (key: OrderKey, backward: boolean): boolean => (key.direction === 'desc') !== backward

/** The condition "after the cursor `a`". One row comparison when all keys run the same way, so that an index serves it; else spelled out. */
function beyond(order: readonly OrderKey[], backward: boolean, row: SqlRow): string {
  const keys = order.map((key, index) => ({
    left: expression(row, key),
    right: `a.k${index}`,
    operator: descends(key, backward) ? '<' : '>',
  }))
  const [first] = keys
  if (first && keys.every(({ operator }) => operator === first.operator)) {
    return `(${keys.map(({ left }) => left).join(', ')}) ${first.operator} (${keys.map(({ right }) => right).join(', ')})`
  }
  const alternatives = keys.map(({ left, right, operator }, index) => {
    const equal = keys.slice(0, index).map((key) => `${key.left} = ${key.right}`)
    return `(${[...equal, `${left} ${operator} ${right}`].join(' and ')})`
  })
  return `(${alternatives.join(' or ')})`
}
