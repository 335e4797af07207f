import DataLoader from 'dataloader'
import type { Actor } from '../../access/actor.js'
import type { AuditedKind, RequestNotes } from '../../audit/request-notes.js'
import { scopeOf, type EntityClass, type ScopeVariant } from '../../access/scope.js'
import type { ReadDatabase, Row } from '../../database/read-database.js'
import { UnavailableError } from '../errors.js'
import { ConnectionSource, type Page, type PageSource } from './connection.js'
import type { GraphQLResolveInfo } from 'graphql'
import { PlannedConnection } from '../plan/planned-rows.js'
import type { Plan, PlannedRead, Planner } from '../plan/planner.js'
import { filterFieldOf, type Edge, type ListEdge, type OrderKey, type PagedDeclaration, type Root } from './declaration.js'
import { filterOf } from './filters.js'
import { isUuid, pageOf, pageRequest, type PageArguments } from './page.js'
import { valuesOf, type PreparedRead, type StatementBuilder } from './statements.js'

/** The prepared statements of the process: each is made from its declaration the first time it is needed, and kept. */
export class StatementCache {
  readonly builder: StatementBuilder
  readonly #statements = new Map<unknown, Map<string, PreparedRead>>()
  readonly #audited = new Map<EntityClass, AuditedKind | null>()

  constructor(builder: StatementBuilder) {
    this.builder = builder
  }

  /** What the audit trail notes of an entity's rows; `null` for what concerns no patient. */
  audited(entity: EntityClass): AuditedKind | null {
    let kind = this.#audited.get(entity)
    if (kind === undefined) {
      const { clauses } = this.builder
      const { owner, care, audited } = clauses.scope(entity)
      const section = clauses.tables.of(entity).typeName
      kind = care === null && audited !== true ? null : { section, owner, ofPatient: care !== null }
      this.#audited.set(entity, kind)
    }
    return kind
  }

  /** The statement of a declaration (or entity) in one variant. */
  get(of: unknown, variant: string, make: (builder: StatementBuilder) => PreparedRead): PreparedRead {
    let variants = this.#statements.get(of)
    if (!variants) this.#statements.set(of, (variants = new Map()))
    let statement = variants.get(variant)
    if (!statement) variants.set(variant, (statement = make(this.builder)))
    return statement
  }
}

/** The arguments of a paged field. */
export interface ConnectionArguments extends PageArguments {
  readonly filter?: Readonly<Record<string, unknown>> | null
  readonly orderBy?: string | null
}

/**
 * All reads of one request. Every load goes through a `DataLoader`, so that equal questions are asked once and all parents of a field
 * are asked for together; every statement is scoped to the actor's rows.
 */
export class LoaderSession {
  readonly #database: ReadDatabase
  readonly #statements: StatementCache
  readonly #actor: Actor
  readonly #signal: AbortSignal | undefined
  readonly #planner: Planner | null
  readonly #notes: RequestNotes | null
  readonly #loaders = new Map<unknown, Map<string, DataLoader<string, unknown>>>()
  readonly #scopes = { rows: new Map<EntityClass, ScopeVariant>(), count: new Map<EntityClass, ScopeVariant>() }

  /**
   * @param planner reads root fields with everything below them in one statement; without one, loaders read edge by edge
   * @param notes is told of every row of a patient that goes into the answer (RULES S1)
   * @param signal when it fires (the client is gone), no further statement is sent (SECURITY D12)
   */
  constructor(
    database: ReadDatabase,
    statements: StatementCache,
    planner: Planner | null,
    actor: Actor,
    notes: RequestNotes | null,
    signal?: AbortSignal,
  ) {
    this.#database = database
    this.#statements = statements
    this.#planner = planner
    this.#actor = actor
    this.#notes = notes
    this.#signal = signal
  }

  /** The plan of a root field, when it has one. */
  plan(root: Root, info: GraphQLResolveInfo): Plan | null {
    return this.#planner?.plan(root, info) ?? null
  }

  /**
   * The row with this id, or `null` when there is none among the actor's rows.
   *
   * @param of the edge or root that asks: each batches on its own, so that the number of statements depends on the document alone and
   *   not on which answers happen to arrive together
   * @param plan reads what the document selects below the row as well
   */
  one(of: object, entity: EntityClass, id: unknown, plan: Plan | null = null): Promise<Row | null> | null {
    if (typeof id !== 'string' || !isUuid(id)) return null
    const loader = this.#loader(plan ?? of, '', () => async (ids) => {
      const rows = plan
        ? (await Promise.all(ids.map((key) => this.#runPlan(plan, plan.byId(this.#scope), { key })))).flat()
        : await this.#run(entity, 'id', (builder, scope) => builder.byId(entity, scope), entity, { keys: ids })
      if (rows.length > 0) this.#note(entity, rows)
      const byId = new Map(rows.map((row) => [row['id'], row]))
      return ids.map((key) => byId.get(key) ?? null)
    })
    return loader.load(id.toLowerCase()) as Promise<Row | null>
  }

  /** The rows of a small closed set below a parent. */
  list(edge: ListEdge, parentId: string): Promise<Row[]> {
    const entity = edge.target()
    const loader = this.#loader(edge, '', () => async (ids) => {
      const read = (builder: StatementBuilder, scope: ScopeVariant): PreparedRead => builder.listByKey(entity, edge, scope)
      const rows = await this.#run(edge, 'list', read, entity, { keys: ids })
      this.#note(entity, rows)
      return grouped(rows, ids.length)
    })
    return loader.load(parentId) as Promise<Row[]>
  }

  /**
   * A page of a list that grows, below a parent or at the root (`parentId` null). Nothing is read before a field of the connection
   * asks for it, and `totalCount` is counted only then.
   *
   * @param plan of a root: reads what the document selects below the rows as well
   * @throws BadUserInputError for wrong page arguments or filter values
   */
  connection(
    declaration: PagedDeclaration,
    parentId: string | null,
    args: ConnectionArguments,
    order: readonly OrderKey[],
    plan: Plan | null = null,
  ): ConnectionSource {
    const request = pageRequest(args)
    const entity = declaration.target()
    const key = declaration.kind === 'connection' ? declaration : null
    const { uses, values } = filterOf(declaration.filter, args.filter)
    const filterKey = uses.length === 0 ? '' : JSON.stringify([uses, values])
    const variantKey = `${request.backward ? 'b' : 'f'}${request.cursor === null ? '' : 'c'}|${uses.join(',')}|${orderKey(order)}`

    if (declaration.kind === 'root') this.#noteSearch(declaration, uses)
    const variant = { filters: uses, order, backward: request.backward, cursor: request.cursor !== null }
    const readPage = (ids: readonly string[] | null): Promise<Row[]> => {
      const given = { ...values, keys: ids, limit: request.limit + 1, cursor: request.cursor }
      if (plan) {
        const limit = request.limit + 1
        return this.#runPlan(plan, plan.page(this.#scope, declaration.filter, { ...variant, limit }, `${variantKey}|${limit}`), given)
      }
      const make = (builder: StatementBuilder, scope: ScopeVariant): PreparedRead =>
        builder.page(entity, key, declaration.filter, { ...variant, scope })
      return this.#run(declaration, `page|${variantKey}`, make, entity, given)
    }
    const readCount = (ids: readonly string[] | null): Promise<Row[]> =>
      this.#run(
        declaration,
        `count|${uses.join(',')}`,
        (builder, scope) => builder.count(entity, key, declaration.filter, uses, scope),
        entity,
        { ...values, keys: ids },
        'count',
      )

    const source: PageSource = {
      page: () => {
        const loader = this.#loader(
          plan ?? declaration,
          `page|${variantKey}|${request.limit}|${request.cursor ?? ''}|${filterKey}`,
          () => async (ids) => {
            const pages = key === null ? [await readPage(null)] : grouped(await readPage(ids), ids.length)
            return pages.map((rows) => {
              const page = pageOf(rows, request)
              this.#note(entity, page.rows)
              return page
            })
          },
        )
        return loader.load(parentId ?? '') as Promise<Page>
      },
      count: () => {
        const loader = this.#loader(declaration, `count|${filterKey}`, () => async (ids) => {
          const rows = await readCount(key === null ? null : ids)
          // How many of something one patient has is a part of their chart; how many there are in the clinic is not.
          if (key !== null) this.#note(entity, [])
          return rows.map((row) => row['count'])
        })
        return loader.load(parentId ?? '') as Promise<number>
      },
    }
    return new ConnectionSource(source)
  }

  /** Rows that a plan has read below others go into the answer now: what a rule refuses never comes here. */
  show(edge: Edge, planned: unknown): void {
    const kind = this.#notes && this.#statements.audited(edge.target())
    if (!kind || planned === null) return
    const rows = planned instanceof PlannedConnection ? planned.rows : Array.isArray(planned) ? planned : [planned]
    this.#notes?.read(kind, rows as readonly Row[])
  }

  #note(entity: EntityClass, rows: readonly Row[]): void {
    const kind = this.#notes && this.#statements.audited(entity)
    if (kind) this.#notes?.read(kind, rows)
  }

  /** A search is a list filtered by something personal, not the day's board of a doctor. */
  #noteSearch({ name, filter, target }: PagedDeclaration, uses: readonly string[]): void {
    if (!this.#notes || uses.length === 0 || !this.#statements.audited(target())) return
    for (const use of uses) if (filterFieldOf(filter, use).reveals !== null) this.#notes.searched(`${name}.${use.split('/')[0]}`)
  }

  #loader(
    of: unknown,
    variant: string,
    batch: () => (keys: readonly string[]) => Promise<ArrayLike<unknown>>,
  ): DataLoader<string, unknown> {
    let loaders = this.#loaders.get(of)
    if (!loaders) this.#loaders.set(of, (loaders = new Map()))
    let loader = loaders.get(variant)
    if (!loader) loaders.set(variant, (loader = new DataLoader(batch(), { maxBatchSize: MAX_BATCH })))
    return loader
  }

  async #run(
    of: unknown,
    variant: string,
    make: (builder: StatementBuilder, scope: ScopeVariant) => PreparedRead,
    entity: EntityClass,
    values: Readonly<Record<string, unknown>>,
    purpose: 'rows' | 'count' = 'rows',
  ): Promise<Row[]> {
    const scope = this.#scope(entity, purpose)
    const statement = this.#statements.get(of, `${String(scope)}|${variant}`, (builder) => make(builder, scope))
    return this.#send(statement, values)
  }

  async #runPlan(plan: Plan, { statement, values }: PlannedRead, given: Readonly<Record<string, unknown>>): Promise<Row[]> {
    const rows = await this.#send(statement, { ...values, ...given })
    return rows.map((row) => plan.make(row['j'] as readonly unknown[]))
  }

  async #send(statement: PreparedRead, values: Readonly<Record<string, unknown>>): Promise<Row[]> {
    if (this.#signal?.aborted) throw new UnavailableError('The client has gone.')
    return this.#database.run(statement, valuesOf(statement, this.#actor, values))
  }

  readonly #scope = (entity: EntityClass, purpose: 'rows' | 'count'): ScopeVariant => {
    const scopes = this.#scopes[purpose]
    let scope = scopes.get(entity)
    if (scope === undefined) scopes.set(entity, (scope = scopeOf(this.#statements.builder.clauses.scope(entity), this.#actor, purpose)))
    return scope
  }
}

/** More parents than this are asked for in several statements, so that no single one grows without bound. */
const MAX_BATCH = 10_000

/** Rows by the place of their parent (column `$`, from 1). */
function grouped(rows: readonly Row[], parents: number): Row[][] {
  const groups: Row[][] = Array.from({ length: parents }, () => [])
  for (const row of rows) groups[(row['$'] as number) - 1]?.push(row)
  return groups
}

const orderKeys = new WeakMap<readonly OrderKey[], string>()
let orders = 0

/** Orders are declared constants: each list of keys is told apart by identity. */
function orderKey(order: readonly OrderKey[]): string {
  let key = orderKeys.get(order)
  if (key === undefined) orderKeys.set(order, (key = String((orders += 1))))
  return key
}
