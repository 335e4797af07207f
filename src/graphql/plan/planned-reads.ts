import type { Actor } from '../../access/actor.js'
import { auditedKind, type RequestNotes } from '../../audit/request-notes.js'
import type { ReadDatabase, Row } from '../../database/read-database.js'
import { ClientGoneError } from '../errors.js'
import type { Clauses } from '../loaders/clauses.js'
import type { Root, RootConnection } from '../loaders/declaration.js'
import { isUuid } from '../loaders/page.js'
import { sharedReads, type SharedReads } from '../loaders/shared-reads.js'
import { valuesOf } from '../loaders/statements.js'
import { pageKeyOf, variantOf, type AskedPage } from '../loaders/variants.js'
import type { PlanTables } from './layout.js'
import type { ScopeOf } from './plan-sql.js'
import { PlanRead } from './plan-read.js'
import type { Plan, PlannedStatement } from './planner.js'

/** What the reads of a request are made with. */
export interface PlannedReadsParts {
  readonly database: ReadDatabase
  readonly clauses: Clauses
  readonly actor: Actor
  /** Which rows the actor may see. */
  readonly scope: ScopeOf
  /** Is told of every row of a patient that goes into the answer; `null`: nothing is noted. */
  readonly notes: RequestNotes | null
  /** When it fires (the client is gone), no further statement is sent (SECURITY D12). */
  readonly signal: AbortSignal | undefined
}

/** A row that a plan has read. */
export interface PlannedRow {
  readonly read: PlanRead
  /** Where it stands in the root's table. */
  readonly place: number
}

/**
 * The reads of one request that plans make: each once, however often it is asked for, for the writer of answers asks first and graphql-js
 * asks again when nothing could be written. Rows by id are read together with those of other requests (see {@link SharedReads}).
 */
export class PlannedReads {
  readonly #parts: PlannedReadsParts
  readonly #known: Reads = new WeakMap()

  constructor(parts: PlannedReadsParts) {
    this.#parts = parts
  }

  /**
   * The row with this id and what the plan reads below it; `null` when there is none among the actor's rows. A row of the actor's own
   * account is believed for as long as the account is: whoever changes what an account shows has `Accounts` forget it.
   */
  async one(plan: Plan, root: Root, id: unknown): Promise<PlannedRow | null> {
    if (typeof id !== 'string' || !isUuid(id)) return null
    const { actor, scope, signal } = this.#parts
    if (signal?.aborted) throw new ClientGoneError()
    const key = id.toLowerCase()
    const lasting = root.kind === 'root-self' && plan.layout.branches.length === 0
    // What lasts is read for other requests as well, which must not go with this one.
    const load = (): Promise<PlanRead> => this.#shared(plan.byIds(scope)).read(key, lasting ? undefined : signal)
    const read = await remembered(this.#known, plan, key, lasting ? () => rememberedOwn(actor, plan, load) : load)
    const place = read.rootOf(key)
    if (place === undefined) return null
    this.#note(plan, read.tables, place)
    return { read, place }
  }

  /** A page that a plan reads. */
  page(plan: Plan, root: RootConnection, asked: AskedPage): Promise<PlanRead> {
    const { database, actor, scope, signal } = this.#parts
    const variant = variantOf(asked)
    return remembered(this.#known, plan, `${variant}|${pageKeyOf(asked)}`, async () => {
      if (signal?.aborted) throw new ClientGoneError()
      const { request, uses, values, order } = asked
      const { backward, cursor } = request
      const limit = request.limit + 1
      const page = { filters: uses, order, backward, cursor: cursor !== null, limit }
      const statement = plan.page(scope, root.filter, page, `${variant}|${limit}`)
      return new PlanRead(await run(database, statement, actor, { ...values, cursor }))
    })
  }

  #shared(planned: PlannedStatement): SharedReads<PlanRead> {
    const { database, actor } = this.#parts
    const send = async (keys: readonly string[]): Promise<PlanRead> => new PlanRead(await run(database, planned, actor, { keys }))
    return sharedReads(planned.shared, planned.statement, actor, send)
  }

  #note({ layout }: Plan, tables: PlanTables, place: number): void {
    const { notes, clauses } = this.#parts
    const kind = notes && auditedKind(clauses, layout.node.entity)
    if (!kind) return
    notes.section(kind, true)
    const patient = kind.owner === null ? null : tables[layout.table]?.[place]?.[layout.node.columns.indexOf(kind.owner)]
    if (patient != null) notes.patient(patient)
  }
}

/** The columns of the only row of the answer are named by the numbers of the tables. */
async function run(
  database: ReadDatabase,
  { statement, values }: PlannedStatement,
  actor: Actor,
  given: Readonly<Record<string, unknown>>,
): Promise<PlanTables> {
  const [row]: Row[] = await database.run(statement, valuesOf(statement, actor, { ...values, ...given }))
  return row ? (Object.values(row) as unknown as PlanTables) : []
}

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
