import pg from 'pg'
import { AS_APP_ROLE } from '../../src/database/app-role.js'
import { WritePool } from '../../src/database/write-pool.js'
import { AuditTrail } from '../../src/audit/trail.js'
import { AuditAction } from '../../src/audit/event.js'
import type { EventRow } from '../../src/audit/event-row.js'
import { TrailTable } from '../../src/audit/trail-table.js'
import { verifyTrail, type Verification, type VerifyOptions } from '../../src/audit/verify.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'

export const PATIENT = '018f0000-0000-7000-8000-0000000000aa'
export const OTHER = '018f0000-0000-7000-8000-0000000000bb'

/** A read as a chart leaves it. */
export const read = (requestId = 'request-1'): EventRow => ({
  action: AuditAction.READ,
  roles: ['DOCTOR'],
  patient_ids: [PATIENT],
  sections: ['Appointment', 'Patient'],
  request_id: requestId,
  remote_address: '127.0.0.1',
})

/** A trail on a database of its own, with one connection of the owner and one of the application. */
export class TrailFixture {
  readonly database: TestDatabase
  readonly owner: pg.Client
  readonly app: pg.Client
  readonly trail: AuditTrail
  readonly #pools: WritePool[]

  private constructor(database: TestDatabase, owner: pg.Client, app: pg.Client, pool: WritePool) {
    this.database = database
    this.owner = owner
    this.app = app
    this.trail = new AuditTrail(pool)
    this.#pools = [pool]
  }

  static async open(): Promise<TrailFixture> {
    const database = await createTestDatabase()
    const owner = new pg.Client({ connectionString: database.url })
    const app = new pg.Client({ connectionString: database.url, options: AS_APP_ROLE })
    await Promise.all([owner.connect(), app.connect()])
    return new TrailFixture(database, owner, app, poolOf(database.url))
  }

  /** Another process's trail. */
  anotherTrail(): AuditTrail {
    const pool = poolOf(this.database.url)
    this.#pools.push(pool)
    return new AuditTrail(pool)
  }

  /** Appends some reads. */
  async fill(events: number): Promise<void> {
    await this.trail.append(Array.from({ length: events }, (_, index) => read(`request-${index}`)))
  }

  verify(options?: VerifyOptions): Promise<Verification> {
    return TrailTable.open(this.database.url, (table) => verifyTrail(table, options))
  }

  /** Changes the trail as somebody could who owns the database server. */
  async tamper(...statements: string[]): Promise<void> {
    await this.owner.query('begin')
    await this.owner.query('set local session_replication_role = replica')
    for (const statement of statements) await this.owner.query(statement)
    await this.owner.query('commit')
  }

  async count(): Promise<number> {
    return Number((await this.owner.query<{ count: string }>('select count(*) from audit_event')).rows[0]?.count)
  }

  async close(): Promise<void> {
    await Promise.all([this.owner.end(), this.app.end(), ...this.#pools.map((pool) => pool.close())])
    await this.database.drop()
  }
}

const poolOf = (url: string): WritePool => new WritePool({ connectionString: url, name: 'clinic-audit', poolMax: 1, patienceMs: 5000 })
