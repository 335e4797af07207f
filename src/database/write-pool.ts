import pg from 'pg'
import { DIRECT, startup, writeSession, type ConnectionStyle } from './session-settings.js'

/** How the pool is made. */
export interface WritePoolOptions {
  connectionString: string
  /** How the database shows its connections. */
  name?: string
  poolMax: number
  /** A statement, the wait for a lock and the wait for a connection are each given up after this long. */
  patienceMs: number
  /** By default a connection to PostgreSQL itself. */
  style?: ConnectionStyle
}

/**
 * A small pool for single statements that must be atomic, quick, and apart from everything else: the counters of sign-ins, the last use of
 * a session. What belongs to a use case goes through the unit of work, with the one exception that is named there.
 */
export class WritePool {
  readonly #pool: pg.Pool
  readonly #named: boolean

  constructor(options: WritePoolOptions) {
    const { patienceMs, style = DIRECT } = options
    this.#named = style.namedStatements
    this.#pool = new pg.Pool({
      connectionString: options.connectionString,
      max: options.poolMax,
      application_name: options.name ?? 'clinic-counters',
      connectionTimeoutMillis: patienceMs * 2,
      idleTimeoutMillis: 30_000,
      query_timeout: patienceMs * 2,
      keepAlive: true,
      ...startup(writeSession(patienceMs), style),
    })
    // A connection that dies while idle is replaced by the pool; without a listener it would end the process.
    this.#pool.on('error', () => undefined)
  }

  /** Runs one prepared statement, which is a transaction of its own. */
  async run<Row extends object>(name: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#pool.query<Row>({ ...(this.#named && { name }), text, values: values as unknown[] })
    return rows
  }

  /** Waits for running statements and closes all connections. */
  async close(): Promise<void> {
    await this.#pool.end()
  }
}
