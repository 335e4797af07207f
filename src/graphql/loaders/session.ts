import DataLoader from 'dataloader'
import type { Actor } from '../../access/actor.js'
import { auditedKind, type RequestNotes } from '../../audit/request-notes.js'
import { scopeOf, type EntityClass, type ScopeVariant } from '../../access/scope.js'
import type { ReadDatabase, Row } from '../../database/read-database.js'
import { ClientGoneError } from '../errors.js'
import { ConnectionSource, type Page, type PageSource } from './connection.js'
import { PlannedConnection } from '../plan/planned-rows.js'
import type { PlanRead } from '../plan/plan-read.js'
import { PlannedReads } from '../plan/planned-reads.js'
import type { Plan, Planner, RootField } from '../plan/planner.js'
import {
  filterFieldOf,
  type Edge,
  type ListEdge,
  type OrderKey,
  type PagedDeclaration,
  type Root,
  type RootConnection,
} from './declaration.js'
import { isUuid, pageOf, type PageRequest } from './page.js'
import { sharedReads } from './shared-reads.js'
import { valuesOf, type PreparedRead, type RowsById, type StatementBuilder, type StatementCache } from './statements.js'
import { askedPage, filterKeyOf, pageKeyOf, variantOf, type AskedPage, type ConnectionArguments } from './variants.js'

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
  /** What plans read. */
  readonly planned: PlannedReads
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
    this.planned = new PlannedReads({ database, clauses: statements.builder.clauses, actor, scope: this.#scope, notes, signal })
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
   * A page that a plan reads.
   * @throws BadUserInputError for wrong page arguments or filter values
   */
  plannedPage(plan: Plan, root: RootConnection, args: ConnectionArguments, order: readonly OrderKey[]): PlannedPageRead {
    const asked = askedPage(root, args, order)
    this.#noteSearch(root, asked.uses)
    return {
      request: asked.request,
      tables: () => this.planned.page(plan, root, asked),
      count: () => this.#count(root, null, asked),
    }
  }

  /**
   * The row with this id, or `null` when there is none among the actor's rows.
   *
   * @param of the edge or root that asks: each batches on its own, so that the number of statements depends on the document alone and
   *   not on which answers happen to arrive together. Or the entity itself, for what a change answers with: one row is then read together
   *   with those of other requests (see {@link SharedReads})
   */
  one(of: object, entity: EntityClass, id: unknown): Promise<Row | null> | null {
    if (typeof id !== 'string' || !isUuid(id)) return null
    const loader = this.#loader(of, '', () => async (ids) => {
      const byId = await this.#byIds(of, entity, ids)
      const found = ids.map((key) => byId.get(key) ?? null)
      const rows = found.filter((row) => row !== null)
      if (rows.length > 0) this.#note(entity, rows)
      return found
    })
    return loader.load(id.toLowerCase()) as Promise<Row | null>
  }

  /** The row of a root field with this id, read by the plan of the field when it has one. */
  async root(root: Root, id: unknown, plan: Plan | null): Promise<Row | null> {
    if (plan === null) return this.one(root, root.target(), id)
    const found = await this.planned.one(plan, root, id)
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
    const asked = askedPage(declaration, args, order)
    const { request, uses, values } = asked
    const entity = declaration.target()
    const key = declaration.kind === 'connection' ? declaration : null
    const variantKey = `page|${variantOf(asked)}`

    if (declaration.kind === 'root') this.#noteSearch(declaration, uses)
    const variant = { filters: uses, order, backward: request.backward, cursor: request.cursor !== null }
    const readPage = (ids: readonly string[] | null): Promise<Row[]> => {
      const make = (builder: StatementBuilder, scope: ScopeVariant): PreparedRead =>
        builder.page(entity, key, declaration.filter, { ...variant, scope })
      const given = { ...values, keys: ids, limit: request.limit + 1, cursor: request.cursor }
      return this.#run(declaration, variantKey, make, entity, given)
    }

    const source: PageSource = {
      page: () => {
        const loader = this.#loader(declaration, `${variantKey}|${pageKeyOf(asked)}`, () => async (ids) => {
          const pages = key === null ? [await readPage(null)] : grouped(await readPage(ids), ids.length)
          return pages.map((rows) => {
            const page = pageOf(rows, request)
            this.#note(entity, page.rows)
            return page
          })
        })
        return loader.load(parentId ?? '') as Promise<Page>
      },
      count: () => this.#count(declaration, parentId, asked),
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

  #count(declaration: PagedDeclaration, parentId: string | null, { uses, values }: AskedPage): Promise<number> {
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

  #byIds(of: object, entity: EntityClass, ids: readonly string[]): Promise<RowsById> {
    const statement = this.#statement(entity, 'id', (builder, scope) => builder.byId(entity, scope), entity, 'rows')
    const database = this.#database
    const actor = this.#actor
    const send = async (keys: readonly string[]): Promise<RowsById> => {
      const rows = await database.run(statement, valuesOf(statement, actor, { keys }))
      return new Map(rows.map((row) => [row['id'], row]))
    }
    if (this.#signal?.aborted) throw new ClientGoneError()
    const [first] = ids
    if (of !== entity || ids.length > 1 || first === undefined) return send(ids)
    return sharedReads(this.#statements.sharedBy(statement), statement, actor, send).read(first, this.#signal)
  }

  async #run(
    of: unknown,
    variant: string,
    make: (builder: StatementBuilder, scope: ScopeVariant) => PreparedRead,
    entity: EntityClass,
    values: Readonly<Record<string, unknown>>,
    purpose: 'rows' | 'count' = 'rows',
  ): Promise<Row[]> {
    if (this.#signal?.aborted) throw new ClientGoneError()
    const statement = this.#statement(of, variant, make, entity, purpose)
    return this.#database.run(statement, valuesOf(statement, this.#actor, values))
  }

  #statement(
    of: unknown,
    variant: string,
    make: (builder: StatementBuilder, scope: ScopeVariant) => PreparedRead,
    entity: EntityClass,
    purpose: 'rows' | 'count',
  ): PreparedRead {
    const scope = this.#scope(entity, purpose)
    return this.#statements.get(of, `${String(scope)}|${variant}`, (builder) => make(builder, scope))
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

/** More parents than this are asked for in several statements, so that no single one grows without bound. */
const MAX_BATCH = 10_000

/** Rows by the place of their parent (column `$`, from 1). */
function grouped(rows: readonly Row[], parents: number): Row[][] {
  const groups: Row[][] = Array.from({ length: parents }, () => [])
  for (const row of rows) groups[(row['$'] as number) - 1]?.push(row)
  return groups
}
