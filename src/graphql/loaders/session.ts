import DataLoader from 'dataloader'
import type { Actor } from '../../access/actor.js'
import { auditedKind, type RequestNotes } from '../../audit/request-notes.js'
import { scopeOf, type EntityClass, type ScopeVariant } from '../../access/scope.js'
import type { ReadDatabase, Row } from '../../database/read-database.js'
import { ClientGoneError } from '../errors.js'
import { ConnectionSource, type Page, type PageSource } from './connection.js'
import { PlannedConnection } from '../plan/planned-rows.js'
import type { PlanTables } from '../plan/layout.js'
import { PlanRead } from '../plan/plan-read.js'
import { SharedReads } from '../plan/shared-reads.js'
import type { Plan, Planner, PlannedStatement, RootField } from '../plan/planner.js'
import {
  filterFieldOf,
  type Edge,
  type ListEdge,
  type OrderKey,
  type PagedDeclaration,
  type Root,
  type RootConnection,
} from './declaration.js'
import { filterOf } from './filters.js'
import { isUuid, pageOf, pageRequest, type PageArguments, type PageRequest } from './page.js'
import { valuesOf, type PreparedRead, type StatementBuilder } from './statements.js'

/** The prepared statements of the process: each is made from its declaration the first time it is needed, and kept. */
export class StatementCache {
  readonly builder: StatementBuilder
  readonly #statements = new Map<unknown, Map<string, PreparedRead>>()

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
  readonly #planned: Reads = new WeakMap()
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
  plan(root: Root, at: RootField | null): Plan | null {
    return at === null ? null : (this.#planner?.plan(root, at) ?? null)
  }

  /** Is told of every row of a patient that goes into the answer; `null`: nothing is noted. */
  get notes(): RequestNotes | null {
    return this.#notes
  }

  /**
   * The row with this id and what a plan reads below it, once per request however often it is asked for; `null` when there is none among
   * the actor's rows. A row of the actor's own account is believed for as long as the account is (see `Accounts`).
   */
  async plannedOne(plan: Plan, root: Root, id: unknown): Promise<{ read: PlanRead; place: number } | null> {
    if (typeof id !== 'string' || !isUuid(id)) return null
    if (this.#signal?.aborted) throw new ClientGoneError()
    const key = id.toLowerCase()
    const lasting = root.kind === 'root-self' && plan.layout.branches.length === 0
    // What lasts is read for other requests as well, which must not go with this one.
    const load = async (): Promise<PlanRead> => this.#share(plan.byIds(this.#scope)).read(key, lasting ? undefined : this.#signal)
    const read = await remembered(this.#planned, plan, key, lasting ? () => rememberedOwn(this.#actor, plan, load) : load)
    const place = read.rootOf(key)
    if (place === undefined) return null
    this.#notePlanned(plan, read.tables, place)
    return { read, place }
  }

  /**
   * A page that a plan reads.
   * @throws BadUserInputError for wrong page arguments or filter values
   */
  plannedPage(plan: Plan, root: RootConnection, args: ConnectionArguments, order: readonly OrderKey[]): PlannedPageRead {
    const request = pageRequest(args)
    const { uses, values } = filterOf(root.filter, args.filter)
    this.#noteSearch(root, uses)
    const variantKey = variantOf(request, uses, order)
    const limit = request.limit + 1
    const variant = { filters: uses, order, backward: request.backward, cursor: request.cursor !== null, limit }
    const read = async (): Promise<PlanRead> =>
      new PlanRead(
        await this.#runPlan(plan.page(this.#scope, root.filter, variant, `${variantKey}|${limit}`), { ...values, cursor: request.cursor }),
      )
    return {
      request,
      tables: () => remembered(this.#planned, plan, `${variantKey}|${limit}|${request.cursor ?? ''}|${filterKeyOf(uses, values)}`, read),
      count: () => this.#count(root, null, uses, values),
    }
  }

  /**
   * The row with this id, or `null` when there is none among the actor's rows.
   *
   * @param of the edge or root that asks: each batches on its own, so that the number of statements depends on the document alone and
   *   not on which answers happen to arrive together
   */
  one(of: object, entity: EntityClass, id: unknown): Promise<Row | null> | null {
    if (typeof id !== 'string' || !isUuid(id)) return null
    const loader = this.#loader(of, '', () => async (ids) => {
      const rows = await this.#run(entity, 'id', (builder, scope) => builder.byId(entity, scope), entity, { keys: ids })
      if (rows.length > 0) this.#note(entity, rows)
      const byId = new Map(rows.map((row) => [row['id'], row]))
      return ids.map((key) => byId.get(key) ?? null)
    })
    return loader.load(id.toLowerCase()) as Promise<Row | null>
  }

  /** The row of a root field with this id, read by the plan of the field when it has one. */
  async root(root: Root, id: unknown, plan: Plan | null): Promise<Row | null> {
    if (plan === null) return this.one(root, root.target(), id)
    const found = await this.plannedOne(plan, root, id)
    return found?.read.rows(plan.rows)[found.place] ?? null
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
    if (plan && declaration.kind === 'root') return this.#plannedConnection(plan, declaration, args, order)
    const request = pageRequest(args)
    const entity = declaration.target()
    const key = declaration.kind === 'connection' ? declaration : null
    const { uses, values } = filterOf(declaration.filter, args.filter)
    const filterKey = filterKeyOf(uses, values)
    const variantKey = variantOf(request, uses, order)

    if (declaration.kind === 'root') this.#noteSearch(declaration, uses)
    const variant = { filters: uses, order, backward: request.backward, cursor: request.cursor !== null }
    const readPage = (ids: readonly string[] | null): Promise<Row[]> => {
      const make = (builder: StatementBuilder, scope: ScopeVariant): PreparedRead =>
        builder.page(entity, key, declaration.filter, { ...variant, scope })
      const given = { ...values, keys: ids, limit: request.limit + 1, cursor: request.cursor }
      return this.#run(declaration, `page|${variantKey}`, make, entity, given)
    }

    const source: PageSource = {
      page: () => {
        const loader = this.#loader(
          declaration,
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
      count: () => this.#count(declaration, parentId, uses, values),
    }
    return new ConnectionSource(source)
  }

  #plannedConnection(plan: Plan, root: RootConnection, args: ConnectionArguments, order: readonly OrderKey[]): ConnectionSource {
    const { request, tables, count } = this.plannedPage(plan, root, args, order)
    let page: Promise<Page> | undefined
    const read = async (): Promise<Page> => {
      const { tables: read } = await tables()
      const shown = pageOf(plan.rows(read), request)
      this.#note(root.target(), shown.rows)
      return shown
    }
    return new ConnectionSource({ page: () => (page ??= read()), count })
  }

  #count(
    declaration: PagedDeclaration,
    parentId: string | null,
    uses: readonly string[],
    values: Readonly<Record<string, unknown>>,
  ): Promise<number> {
    const entity = declaration.target()
    const key = declaration.kind === 'connection' ? declaration : null
    const make = (builder: StatementBuilder, scope: ScopeVariant): PreparedRead =>
      builder.count(entity, key, declaration.filter, uses, scope)
    const loader = this.#loader(declaration, `count|${filterKeyOf(uses, values)}`, () => async (ids) => {
      const given = { ...values, keys: key === null ? null : ids }
      const rows = await this.#run(declaration, `count|${uses.join(',')}`, make, entity, given, 'count')
      // How many of something one patient has is a part of their chart; how many there are in the clinic is not.
      if (key !== null) this.#note(entity, [])
      return rows.map((row) => row['count'])
    })
    return loader.load(parentId ?? '') as Promise<number>
  }

  /** Rows that a plan has read below others go into the answer now: what a rule refuses never comes here. */
  show(edge: Edge, planned: unknown): void {
    const kind = this.#notes && auditedKind(this.#statements.builder.clauses, edge.target())
    if (!kind || planned === null) return
    const rows = planned instanceof PlannedConnection ? planned.rows : Array.isArray(planned) ? planned : [planned]
    this.#notes?.read(kind, rows as readonly Row[])
  }

  #note(entity: EntityClass, rows: readonly Row[]): void {
    const kind = this.#notes && auditedKind(this.#statements.builder.clauses, entity)
    if (kind) this.#notes?.read(kind, rows)
  }

  /** A search is a list filtered by something personal, not the day's board of a doctor. */
  #noteSearch({ name, filter, target }: PagedDeclaration, uses: readonly string[]): void {
    if (!this.#notes || uses.length === 0 || !auditedKind(this.#statements.builder.clauses, target())) return
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

  async #runPlan({ statement, values }: PlannedStatement, given: Readonly<Record<string, unknown>>): Promise<PlanTables> {
    return tablesOf(await this.#send(statement, { ...values, ...given }))
  }

  /** The reads by id that this actor shares with others: the statement is the same, and so are all facts of actors that it looks at. */
  #share(planned: PlannedStatement): SharedReads {
    const facts = planned.statement.parameters.filter((name) => name.startsWith('actor.'))
    const key = facts.length === 0 ? '' : JSON.stringify(valuesOf({ ...planned.statement, parameters: facts }, this.#actor, {}))
    let reads = planned.shared.get(key)
    if (!reads) {
      const database = this.#database
      const actor = this.#actor
      reads = new SharedReads(async (keys) => {
        const { statement, values } = planned
        return tablesOf(await database.run(statement, valuesOf(statement, actor, { ...values, keys })))
      })
      if (planned.shared.size >= MOST_SHARED) planned.shared.delete(planned.shared.keys().next().value ?? '')
      planned.shared.set(key, reads)
    }
    return reads
  }

  #notePlanned({ layout }: Plan, tables: PlanTables, place: number): void {
    const kind = this.#notes && auditedKind(this.#statements.builder.clauses, layout.node.entity)
    if (!kind) return
    this.#notes?.section(kind, true)
    const patient = kind.owner === null ? null : tables[layout.table]?.[place]?.[layout.node.columns.indexOf(kind.owner)]
    if (patient != null) this.#notes?.patient(patient)
  }

  async #send(statement: PreparedRead, values: Readonly<Record<string, unknown>>): Promise<Row[]> {
    if (this.#signal?.aborted) throw new ClientGoneError()
    return this.#database.run(statement, valuesOf(statement, this.#actor, values))
  }

  readonly #scope = (entity: EntityClass, purpose: 'rows' | 'count'): ScopeVariant => {
    const scopes = this.#scopes[purpose]
    let scope = scopes.get(entity)
    if (scope === undefined) scopes.set(entity, (scope = scopeOf(this.#statements.builder.clauses.scope(entity), this.#actor, purpose)))
    return scope
  }
}

/** A page that a plan reads: at most once per request, and only when it is asked for. */
export interface PlannedPageRead {
  readonly request: PageRequest
  readonly tables: () => Promise<PlanRead>
  readonly count: () => Promise<number>
}

/** Reads by id that are kept apart because statements look at facts of their actors. */
const MOST_SHARED = 1_000

const tablesOf = ([row]: readonly Row[]): PlanTables => (row ? (Object.values(row) as unknown as PlanTables) : [])

/** What plans have read, by plan (or actor) and what it was asked for. */
type Reads = WeakMap<object, Map<unknown, Promise<PlanRead>>>

/** What plans have read of actors' own accounts. An actor is made anew whenever the account is read anew. */
const ownReads: Reads = new WeakMap()

/** A failure is remembered too: graphql-js asks again when no answer could be written, and must not wait for the same a second time. */
function remembered(reads: Reads, of: object, key: unknown, read: () => Promise<PlanRead>): Promise<PlanRead> {
  let known = reads.get(of)
  if (!known) reads.set(of, (known = new Map()))
  let tables = known.get(key)
  if (!tables) known.set(key, (tables = read()))
  return tables
}

function rememberedOwn(actor: Actor, plan: Plan, read: () => Promise<PlanRead>): Promise<PlanRead> {
  const tables = remembered(ownReads, actor, plan, read)
  // Another request tries again.
  tables.catch(() => ownReads.get(actor)?.delete(plan))
  return tables
}

const filterKeyOf = (uses: readonly string[], values: Readonly<Record<string, unknown>>): string =>
  uses.length === 0 ? '' : JSON.stringify([uses, values])

const variantOf = ({ backward, cursor }: PageRequest, uses: readonly string[], order: readonly OrderKey[]): string =>
  `${backward ? 'b' : 'f'}${cursor === null ? '' : 'c'}|${uses.join(',')}|${orderKey(order)}`

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
