import pg from 'pg'
import type { ChainEnd, ChainLink } from './chain.js'

/** Rows fetched, or deleted, at a time. */
const BATCH = 20_000
/** Any number, as long as every command uses the same: one archives, or several check. */
const ARCHIVE_LOCK = 7_263_603

/** Somebody else is at it. */
export class ArchiveUnderWayError extends Error {
  override readonly name = 'ArchiveUnderWayError'
}

/**
 * The text of an event that is hashed, as in the function `audit_line`: written out here, so that a check does not believe what the
 * database's own function says of a row.
 */
const LINE = `case e.format
  when 2 then (select row_to_json(t)::text from (select
    2 as "format", e.seq as "seq", e.id as "id", e.occurred_at at time zone 'UTC' as "occurredAt", e.user_id as "userId", e.roles as "roles",
    e.action as "action", e.outcome as "outcome", e.patient_ids as "patientIds", e.sections as "sections", e.entity as "entity",
    e.entity_id as "entityId", e.subject_user_id as "subjectUserId", e.facts as "facts", e.request_id as "requestId",
    e.remote_address as "remoteAddress") t)
  when 1 then jsonb_build_object(
    'seq', e.seq, 'id', e.id, 'occurredAt', to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'userId', e.user_id, 'roles', e.roles, 'action', e.action, 'outcome', e.outcome, 'patientIds', e.patient_ids,
    'sections', e.sections, 'entity', e.entity, 'entityId', e.entity_id, 'subjectUserId', e.subject_user_id,
    'facts', e.facts, 'requestId', e.request_id, 'remoteAddress', e.remote_address)::text
  else '' end`

const LINKS = `select e.seq::text as seq, encode(e.hash, 'hex') as hash, encode(e.previous_hash, 'hex') as "previousHash", ${LINE} as line
  from audit_event e where e.seq > $1 order by e.seq limit ${BATCH}`
const ENDS = `select seq::text as seq, encode(hash, 'hex') as hash, archived_seq::text as "archivedSeq", encode(archived_hash, 'hex') as "archivedHash" from audit_head`
const CUT = `select coalesce((select min(seq) - 1 from audit_event where occurred_at >= $1), (select seq from audit_head))::text as seq`

/** Where the table's part of the chain begins and ends, as the functions of the trail have noted it. */
export interface TrailEnds {
  readonly archived: ChainEnd
  readonly head: ChainEnd
}

/** The trail as a maintenance command reads it: everything at one moment, in batches, beside a running server. */
export class TrailTable {
  readonly #client: pg.Client

  private constructor(client: pg.Client) {
    this.#client = client
  }

  /** Opens a connection, lends the trail to `use`, and closes it. */
  static async open<T>(url: string, use: (table: TrailTable) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: url, application_name: 'clinic-audit-command', options: '-c timezone=UTC' })
    await client.connect()
    try {
      return await use(new TrailTable(client))
    } finally {
      await client.end()
    }
  }

  /**
   * Runs a check on what the trail was when it began, whatever is appended meanwhile.
   * @throws ArchiveUnderWayError when events are being archived, of which some are gone and some are not
   */
  async atOneMoment<T>(check: () => Promise<T>): Promise<T> {
    await this.#lock('pg_try_advisory_lock_shared')
    await this.#client.query('begin isolation level repeatable read, read only')
    try {
      return await check()
    } finally {
      await this.#client.query('rollback')
    }
  }

  /** Both ends. */
  async ends(): Promise<TrailEnds> {
    const [row] = (await this.#client.query<Record<'seq' | 'hash' | 'archivedSeq' | 'archivedHash', string>>(ENDS)).rows
    if (!row) throw new Error('the row of audit_head is gone')
    return { archived: { seq: Number(row.archivedSeq), hash: row.archivedHash }, head: { seq: Number(row.seq), hash: row.hash } }
  }

  /** All events after one, in the order of the chain. */
  async *links(after: number): AsyncGenerator<ChainLink> {
    let last = after
    for (;;) {
      const { rows } = await this.#client.query<Record<'seq' | 'hash' | 'previousHash' | 'line', string>>(LINKS, [last])
      for (const row of rows) yield { ...row, seq: Number(row.seq) }
      if (rows.length < BATCH) return
      last = Number(rows.at(-1)?.seq)
    }
  }

  /** The last event such that it and all events before it are older than the instant. */
  async lastBefore(instant: Date): Promise<number> {
    const [row] = (await this.#client.query<{ seq: string }>(CUT, [instant.toISOString()])).rows
    return Number(row?.seq)
  }

  /** Keeps other archives and checks away until the connection ends, and finishes what an archive that was interrupted has left. */
  async beginArchive(): Promise<void> {
    await this.#lock('pg_try_advisory_lock')
    await this.#deleteArchived()
  }

  /** Deletes the events up to this one, which an archive holds, and says so in the trail. Requests are served meanwhile. */
  async archive(after: ChainEnd, end: ChainEnd): Promise<void> {
    await this.#client.query('begin')
    try {
      await this.#client.query("select audit_archive($1, decode($2, 'hex'))", [end.seq, end.hash])
      const note = { action: 'EXPORT', entity: 'AuditEvent', facts: { firstSeq: after.seq + 1, lastSeq: end.seq, hash: end.hash } }
      await this.#client.query('select audit_append($1::jsonb)', [JSON.stringify([note])])
      await this.#client.query('commit')
    } catch (error) {
      await this.#client.query('rollback')
      throw error
    }
    await this.#deleteArchived()
  }

  async #deleteArchived(): Promise<void> {
    const text = `delete from audit_event where id in (select id from audit_event where seq <= (select archived_seq from audit_head) order by seq limit ${BATCH})`
    while (((await this.#client.query(text)).rowCount ?? 0) > 0);
  }

  async #lock(how: 'pg_try_advisory_lock' | 'pg_try_advisory_lock_shared'): Promise<void> {
    const [row] = (await this.#client.query<{ free: boolean }>(`select ${how}(${ARCHIVE_LOCK}) as free`)).rows
    if (row?.free !== true) throw new ArchiveUnderWayError('The trail is being checked or archived. Try again when that is done.')
  }
}
