import { PgBoss } from 'pg-boss'
import pg from 'pg'
import { JOBS_SCHEMA } from './job.js'

/** Where a job stands, in the words of pg-boss. */
export const JOB_STATES = ['created', 'retry', 'active', 'completed', 'cancelled', 'failed'] as const

/** How a queue stands. */
export interface QueueState {
  readonly name: string
  readonly counts: Readonly<Record<(typeof JOB_STATES)[number], number>>
  /** Since when the job waits that has waited longest; `null` when none does. */
  readonly oldestWaiting: Date | null
}

/** A job that was given up, or that failed and will be tried again. Nothing of what the error said is kept. */
export interface JobFailure {
  readonly queue: string
  readonly id: string
  readonly state: 'failed' | 'retry'
  readonly at: Date
  readonly tries: number
  /** SQLSTATE, the system's code or the class of the error; `null` when the process died in the middle. */
  readonly code: string | null
}

/** Queues of pg-boss's own begin with this. */
const INTERNAL = '__pgboss'

const STATES = `
  select q.name, ${JOB_STATES.map((state) => `count(*) filter (where j.state = '${state}')::int as "${state}"`).join(', ')},
    min(greatest(j.created_on, j.start_after)) filter (where j.state in ('created', 'retry')) as oldest
  from ${JOBS_SCHEMA}.queue q left join ${JOBS_SCHEMA}.job j on j.name = q.name
  where not starts_with(q.name, '${INTERNAL}') group by q.name order by q.name`

const FAILURES = `
  select name as queue, id, state, coalesce(completed_on, started_on, created_on) as at, retry_count + 1 as tries, output->>'code' as code
  from ${JOBS_SCHEMA}.job where not starts_with(name, '${INTERNAL}') and (state = 'failed' or (state = 'retry' and output is not null))
  order by at desc limit $1`

const FAILED = `select id from ${JOBS_SCHEMA}.job where name = $1 and state = 'failed' order by created_on`

/** What a code may look like: whatever else stands there may come from anywhere. */
const CODE = /^\w{1,60}$/

/** The job queue as `clinic jobs` reads it. */
export class JobTable {
  readonly #url: string
  readonly #client: pg.Client

  private constructor(url: string, client: pg.Client) {
    this.#url = url
    this.#client = client
  }

  /** Opens a connection, lends the table to `use`, and closes it. */
  static async open<T>(url: string, use: (table: JobTable) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: url, application_name: 'clinic-jobs-command' })
    await client.connect()
    try {
      return await use(new JobTable(url, client))
    } finally {
      await client.end()
    }
  }

  /** Every queue, by name. */
  async states(): Promise<QueueState[]> {
    type Row = { name: string; oldest: Date | null } & QueueState['counts']
    const { rows } = await this.#client.query<Row>(STATES)
    return rows.map(({ name, oldest, ...counts }) => ({ name, counts, oldestWaiting: oldest }))
  }

  /** The latest failures, the last one first. */
  async failures(most: number): Promise<JobFailure[]> {
    const { rows } = await this.#client.query<JobFailure>(FAILURES, [most])
    return rows.map((row) => ({ ...row, code: row.code !== null && CODE.test(row.code) ? row.code : null }))
  }

  /** Puts the failed jobs of a queue back into it; returns how many. */
  async retry(queue: string): Promise<number> {
    const { rows } = await this.#client.query<{ id: string }>(FAILED, [queue])
    if (rows.length === 0) return 0
    const boss = new PgBoss({ connectionString: this.#url, schema: JOBS_SCHEMA, max: 1, migrate: false, supervise: false, schedule: false })
    boss.on('error', () => undefined)
    await boss.start()
    try {
      await boss.retry(
        queue,
        rows.map(({ id }) => id),
      )
      return rows.length
    } finally {
      await boss.stop({ graceful: false })
    }
  }
}
