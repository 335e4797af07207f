import { Writable } from 'node:stream'
import { pino } from 'pino'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportError } from '../../src/error-report.js'
import { installJobs } from '../../src/jobs/install.js'
import { JOBS_SCHEMA } from '../../src/jobs/job.js'
import { JOBS } from '../../src/jobs/registry.js'
import { JobWorker } from '../../src/jobs/worker.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { TestServer } from '../support/server.js'

/** At a time that does not come while a test runs. */
const job = { ...JOBS.reminders, cron: '0 0 1 1 *' }

let database: TestDatabase
/** Puts jobs into the queue, so that a test does not wait for the minute. */
let queue: PgBoss
let client: pg.Client

beforeAll(async () => {
  database = await createTestDatabase()
  queue = new PgBoss({ connectionString: database.url, schema: JOBS_SCHEMA, migrate: false, supervise: false, schedule: false })
  await queue.start()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
}, 60_000)

afterAll(async () => {
  await queue.stop({ graceful: false })
  await client.end()
  await database.drop()
})

const worker = (lines: string[] = []): JobWorker => {
  const destination = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) })
  return new JobWorker({ connectionString: database.url, logger: pino({ serializers: { err: reportError } }, destination) })
}

describe('jobs', () => {
  it('are each taken by one of several processes, as the role that owns nothing', async () => {
    const runs: string[] = []
    const workers = [worker(), worker()]
    await Promise.all(workers.map((one, index) => one.start([{ ...job, run: async () => void runs.push(String(index)) }])))
    await queue.send(job.name)
    await expect.poll(() => runs.length, { timeout: 20_000 }).toBe(1)
    const { rows } = await client.query(
      `select distinct usename from pg_stat_activity where application_name = 'clinic-jobs' and datname = current_database()`,
    )
    expect(rows).toHaveLength(1)
    await Promise.all(workers.map((one) => one.stop()))
    expect(runs).toHaveLength(1)
  })

  it('that fail are tried again, and neither log nor tables hold what the error said', async () => {
    const lines: string[] = []
    const one = worker(lines)
    await one.start([
      {
        ...job,
        run: async () => {
          throw new Error('could not remind canary@example.test')
        },
      },
    ])
    const id = await queue.send(job.name)
    await expect.poll(() => lines.filter((line) => line.includes('a job failed')).length, { timeout: 20_000 }).toBe(1)
    const states = (): Promise<unknown> => queue.findJobs(job.name, { id: id ?? '' }).then(([found]) => found?.state)
    await expect.poll(states).toBe('retry')
    await one.stop()
    const { rows } = await client.query(`select * from ${JOBS_SCHEMA}.job`)
    expect(JSON.stringify(rows)).not.toContain('canary')
    expect(lines.join('')).not.toContain('canary')
  })

  it('are told when the process stops', async () => {
    await client.query(`delete from ${JOBS_SCHEMA}.job where name = $1`, [job.name])
    const one = worker()
    let stopped = false
    const begun = Promise.withResolvers<void>()
    const run = (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        begun.resolve()
        signal.addEventListener('abort', () => {
          stopped = true
          resolve()
        })
      })
    await one.start([{ ...job, run }])
    await queue.send(job.name)
    await begun.promise
    await one.stop()
    expect(stopped).toBe(true)
  })

  it('have their tables and queues made by migrations, however often these run', async () => {
    await installJobs(database.url, Object.values(JOBS))
    const { rows } = await client.query(`select name, policy, retry_limit from ${JOBS_SCHEMA}.queue where name = $1`, [job.name])
    expect(rows).toEqual([{ name: job.name, policy: 'short', retry_limit: job.retries }])
  })

  it('run in a server unless it is told not to', async () => {
    const counted = (): Promise<number> =>
      client
        .query(`select count(*)::int as n from pg_stat_activity where application_name = 'clinic-jobs' and datname = current_database()`)
        .then(({ rows }) => rows[0].n as number)
    const idle = await TestServer.start({ database })
    await expect.poll(counted).toBe(0)
    await idle.app.close()
    await idle.make.close()
    const busy = await TestServer.start({ database, settings: { RUN_JOBS: 'true' } })
    await expect.poll(counted).toBeGreaterThan(0)
    await busy.app.close()
    await busy.make.close()
  })
})
