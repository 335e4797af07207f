import { createHash } from 'node:crypto'
import type { Actor } from '../../access/actor.js'
import { ACTOR_FACTS, type ActorFact, type EntityClass, type ScopeVariant } from '../../access/scope.js'
import type { Row, Statement } from '../../database/read-database.js'
import { and, Parameters, type Clauses, type ParentKey, type TableUse } from './clauses.js'
import type { FilterDeclaration, FilterUse, ListEdge, OrderKey } from './declaration.js'
import type { SharedReads } from './shared-reads.js'
import { quote } from './table.js'

/** A prepared statement with the names of its parameters, in order. */
export interface PreparedRead extends Statement {
  readonly parameters: readonly string[]
}

/** Rows that were read by id. */
export type RowsById = ReadonlyMap<unknown, Row>

/** What a page statement depends on besides its declaration; each combination is one prepared statement. */
export interface PageVariant {
  readonly scope: ScopeVariant
  /** The filter fields in use, sorted. */
  readonly filters: readonly FilterUse[]
  readonly order: readonly OrderKey[]
  readonly backward: boolean
  readonly cursor: boolean
}

/** Makes the SQL of declarations. Knows tables and scopes; runs nothing. */
export class StatementBuilder {
  readonly clauses: Clauses

  constructor(clauses: Clauses) {
    this.clauses = clauses
  }

  /**
   * Rows by id. Parameter `keys`: ids. They are unpacked by a query of their own, so that PostgreSQL estimates the same whatever their
   * number: else a plan made for one id would look cheaper than the generic one, and be made anew at every execution.
   */
  byId(entity: EntityClass, scope: ScopeVariant): PreparedRead {
    const table = this.clauses.tables.of(entity)
    const use = useOf(entity, undefined, scope)
    const conditions = [`${table.column('t', 'id')} = ${anyOf(use.parameters.placeholder('keys', 'uuid[]'))}`, this.clauses.scoped(use)]
    return prepared(`select ${this.clauses.columns(use)} from ${table.name} t where ${and(conditions)}`, use.parameters)
  }

  /** The rows that refer to each of several parents, with the place of the parent in `keys` as column `$`. */
  listByKey(entity: EntityClass, { key, order, bound, where }: ListEdge, scope: ScopeVariant): PreparedRead {
    const table = this.clauses.tables.of(entity)
    const use = useOf(entity, undefined, scope)
    const keys = use.parameters.placeholder('keys', 'uuid[]')
    const conditions = [`${table.column('t', key)} = k.id`, this.clauses.scoped(use)]
    if (where) conditions.push(`(${where(this.clauses.row(use))})`)
    const inner = `select ${this.clauses.columns(use)} from ${table.name} t where ${and(conditions)} order by ${this.clauses.orderBy(use, order)} limit ${bound}`
    return prepared(perParent(keys, inner), use.parameters)
  }

  /** One page, for each of several parents when `key` is given. Parameters: `keys`, `limit`, `cursor`, those of the filter and the actor. */
  page(entity: EntityClass, key: ParentKey | null, filter: FilterDeclaration | undefined, variant: PageVariant): PreparedRead {
    const table = this.clauses.tables.of(entity)
    const use = useOf(entity, filter, variant.scope)
    const keys = key === null ? '' : use.parameters.placeholder('keys', 'uuid[]')
    const conditions = [...this.#belowKey(use, key), ...this.clauses.conditions(use, variant.filters)]
    const after = variant.cursor ? this.clauses.cursor(use, variant.order, variant.backward) : undefined
    if (after) conditions.push(after.condition)
    const limit = use.parameters.placeholder('limit', 'int')
    const inner =
      `select ${this.clauses.columns(use)} from ${after ? `${after.source}, ` : ''}${table.name} t where ${and(conditions)}` +
      ` order by ${this.clauses.orderBy(use, variant.order, variant.backward)} limit ${limit}`
    return prepared(key === null ? inner : perParent(keys, inner), use.parameters)
  }

  /** How many rows there are in all, for each of several parents when `key` is given, as column `count`. */
  count(
    entity: EntityClass,
    key: ParentKey | null,
    filter: FilterDeclaration | undefined,
    filters: readonly FilterUse[],
    scope: ScopeVariant,
  ): PreparedRead {
    const table = this.clauses.tables.of(entity)
    const use = useOf(entity, filter, scope)
    const keys = key === null ? '' : use.parameters.placeholder('keys', 'uuid[]')
    const conditions = [...this.#belowKey(use, key), ...this.clauses.conditions(use, filters)]
    const inner = `select count(*)::int as count from ${table.name} t where ${and(conditions)}`
    return prepared(key === null ? inner : perParent(keys, inner), use.parameters)
  }

  #belowKey(use: TableUse, key: ParentKey | null): string[] {
    return key === null ? [] : [this.clauses.belongs(use, key, 'k.id')]
  }
}

/** The prepared statements of the process: each is made from its declaration the first time it is needed, and kept. */
export class StatementCache {
  readonly builder: StatementBuilder
  readonly #statements = new Map<unknown, Map<string, PreparedRead>>()
  readonly #shared = new Map<PreparedRead, Map<string, SharedReads<RowsById>>>()

  constructor(builder: StatementBuilder) {
    this.builder = builder
  }

  /** The statement of a declaration (or entity) in one variant. */
  get(of: unknown, variant: string, make: (builder: StatementBuilder) => PreparedRead): PreparedRead {
    let variants = this.#statements.get(of)
    if (!variants) this.#statements.set(of, (variants = new Map()))
    let statement = variants.get(variant)
    if (!statement) variants.set(variant, (statement = make(this.builder)))
    return statement
  }

  /** The reads of a statement by id that concurrent requests share. */
  sharedBy(statement: PreparedRead): Map<string, SharedReads<RowsById>> {
    let shared = this.#shared.get(statement)
    if (!shared) this.#shared.set(statement, (shared = new Map()))
    return shared
  }
}

const useOf = (entity: EntityClass, filter: FilterDeclaration | undefined, scope: ScopeVariant): TableUse => ({
  entity,
  alias: 't',
  filter,
  scope,
  parameters: new Parameters(),
  prefix: '',
})

/** The values of a statement's parameters: the actor's facts are filled in, the rest is given. */
export function valuesOf(read: Pick<PreparedRead, 'parameters'>, actor: Actor, given: Readonly<Record<string, unknown>>): unknown[] {
  return read.parameters.map((name) =>
    name.startsWith('actor.') ? ACTOR_FACTS[name.slice('actor.'.length) as ActorFact].of(actor) : given[name],
  )
}

/** A statement named by its text. */
export function prepared(text: string, parameters: Parameters): PreparedRead {
  return { name: `r${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`, text, parameters: parameters.names }
}

/** Runs `inner` once per key, in the order of the keys, with the key's place as column `$`. */
/** One of the values of an array, of which nothing is known beforehand. */
export const anyOf = (array: string): string => `any(array(select unnest(${array})))`

function perParent(keys: string, inner: string): string {
  return `select k.i::int as ${quote('$')}, r.* from unnest(${keys}) with ordinality k(id, i) cross join lateral (${inner}) r`
}
