import pg from 'pg'
import { DIRECT, readSession, startup, type ConnectionStyle } from './session-settings.js'

/** One prepared statement: its name is a digest of its text, so that every connection prepares it once. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** A row as the read path hands it on: GraphQL field names, values in wire format. */
export type Row = Record<string, unknown>

/** How the read pool is made. */
export interface ReadDatabaseOptions {
  connectionString: string
  poolMax: number
  statementTimeoutMs: number
  /** By default a connection to PostgreSQL itself. */
  style?: ConnectionStyle
  /** Sees every statement before it is sent; tests count with it. */
  onStatement?: (statement: Statement) => void
}

const TIMESTAMPTZ = 1184
const INT8 = 20
/** Types whose text is already what goes on the wire: date, time, numeric. */
const AS_TEXT = new Set([1082, 1083, 1700])

/**
 * `2026-11-20 09:30:00.5+00` as PostgreSQL writes it (the session is in UTC) to `2026-11-20T09:30:00.500Z`, without going through `Date`.
 * Years before 1 or beyond 9999 are not in a clinic's data and are refused by the columns' checks.
 * @throws Error when the session was in another time zone after all: no answer is better than a wrong hour
 */
export function instantFromPostgres(text: string): string {
  if (!text.endsWith('+00')) throw new Error('a session of the read path is not in UTC')
  const fraction = text.length > 22 ? text.slice(20, -3).padEnd(3, '0') : '000'
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`
}

function parserOf(oid: number, format?: string): (value: string) => unknown {
  if (oid === TIMESTAMPTZ) return instantFromPostgres
  if (oid === INT8) return Number
  if (AS_TEXT.has(oid)) return (value) => value
  return pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown
}

/**
 * The pool of the read path. It runs prepared statements and nothing else; the unit of work has a pool of its own.
 *
 * A network that falls silent must not hold a request for ever, so besides the server's `statement_timeout` there is a client-side
 * `query_timeout`, and waiting for a free connection ends too.
 */
export class ReadDatabase {
  readonly #pool: pg.Pool
  readonly #named: boolean
  readonly #onStatement: ((statement: Statement) => void) | undefined

  constructor(options: ReadDatabaseOptions) {
    const { style = DIRECT } = options
    this.#named = style.namedStatements
    this.#onStatement = options.onStatement
    this.#pool = new pg.Pool({
      connectionString: options.connectionString,
      max: options.poolMax,
      application_name: 'clinic-read',
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 30_000,
      query_timeout: options.statementTimeoutMs + 1000,
      keepAlive: true,
      ...startup(readSession(options.statementTimeoutMs), style),
      types: { getTypeParser: parserOf as never },
    })
    // A connection that dies while idle is replaced by the pool; without a listener it would end the process.
    this.#pool.on('error', () => undefined)
  }

  /** Runs a prepared statement. Rejects with the driver's error, which may hold values: mask it before it leaves the server. */
  async run(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    this.#onStatement?.(statement)
    const { name, text } = statement
    const result = await this.#pool.query<Row>({ ...(this.#named && { name }), text, values: values as unknown[] })
    return result.rows
  }

  /** Whether the database answers. */
  async ping(): Promise<boolean> {
    try {
      await this.#pool.query('select 1')
      return true
    } catch {
      return false
    }
  }

  /** How the pool stands: for readiness and tests. */
  get usage(): { total: number; idle: number; waiting: number } {
    return { total: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount }
  }

  /** Waits for running statements and closes all connections. */
  async close(): Promise<void> {
    await this.#pool.end()
  }
}
