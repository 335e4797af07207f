import { Writable } from 'node:stream'
import { Command } from 'commander'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { registerJobsCommand } from '../../src/cli/jobs.command.js'
import { reportError } from '../../src/error-report.js'
import { JOBS_SCHEMA } from '../../src/jobs/job.js'
import { JOBS } from '../../src/jobs/registry.js'
import { JobWorker } from '../../src/jobs/worker.js'
import { PasswordHasher } from '../../src/modules/identity/password.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { testEnv } from '../support/server.js'

describe('clinic jobs', () => {
  let database: TestDatabase
  let client: pg.Client
  let queue: PgBoss

  beforeAll(async () => {
    database = await createTestDatabase()
    client = new pg.Client({ connectionString: database.url })
    await client.connect()
    queue = new PgBoss({ connectionString: database.url, schema: JOBS_SCHEMA, migrate: false, supervise: false, schedule: false })
    await queue.start()
  }, 60_000)
  afterAll(async () => {
    await queue.stop({ graceful: false })
    await client.end()
    await database.drop()
  })
  beforeEach(() => client.query(`delete from ${JOBS_SCHEMA}.job`))
  afterEach(() => {
    vi.restoreAllMocks()
    process.exitCode = undefined
  })

  async function clinic(...args: string[]): Promise<{ out: string; code: unknown }> {
    let out = ''
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((text) => ((out += String(text)), true))
    process.exitCode = undefined
    const program = new Command('clinic').exitOverride()
    const hasher = new PasswordHasher({ pepper: 'pepper of the tests', cost: 4 })
    registerJobsCommand(program, (use) => use({ url: database.url, env: testEnv(), hasher }))
    await program.parseAsync(['jobs', ...args], { from: 'user' })
    const code = process.exitCode ?? 0
    vi.restoreAllMocks()
    return { out, code }
  }

  /** The cells of the lines of a table that begin with this. */
  const line = (out: string, first: string): string[] | undefined =>
    out
      .split('\n')
      .map((text) =>
        text
          .split('│')
          .map((cell) => cell.trim())
          .filter(Boolean),
      )
      .find(([cell]) => cell === first)

  /** Runs a job of this queue until it has failed for good. */
  async function failing(name: keyof typeof JOBS, error: Error): Promise<string> {
    const quiet = new Writable({ write: (_chunk, _encoding, done) => done() })
    const worker = new JobWorker({ connectionString: database.url, logger: pino({ serializers: { err: reportError } }, quiet) })
    const run = async (): Promise<void> => {
      throw error
    }
    await worker.start([{ ...JOBS[name], cron: '0 0 1 1 *', run }])
    const id = (await queue.send(name, null, { retryLimit: 0 })) ?? ''
    const state = (): Promise<unknown> => queue.findJobs(name, { id }).then(([found]) => found?.state)
    await expect.poll(state, { timeout: 20_000 }).toBe('failed')
    await worker.stop()
    return id
  }

  it('lists every queue with its counts, and since when the oldest job waits', async () => {
    const { out, code } = await clinic()
    expect(code).toBe(0)
    expect(line(out, 'reminders')).toEqual(['reminders', '0', '0', '0', '0', '0', '0', '–'])
    expect(line(out, 'waitlist')).toBeDefined()
    expect(out).not.toContain('__pgboss')
    expect(out).toContain('No job has failed.')
    await queue.send('reminders')
    await client.query(`update ${JOBS_SCHEMA}.job set created_on = '2026-11-20T10:00:00Z', start_after = '2026-11-20T10:00:00Z'`)
    expect(line((await clinic()).out, 'reminders')).toEqual(['reminders', '1', '0', '0', '0', '0', '0', '2026-11-20T10:00:00.000Z'])
  })

  it('names the last failures by their codes, and nothing of what the errors said', async () => {
    const cause = Object.assign(new Error('connect to canary@example.test'), { code: 'ECONNREFUSED' })
    await failing('reminders', new Error('could not remind canary@example.test', { cause }))
    await failing('waitlist', new RangeError('canary is out of range'))
    const { out } = await clinic()
    expect(line(out, 'reminders')?.slice(0, 7)).toEqual(['reminders', '0', '0', '0', '0', '0', '1'])
    const failures = out.split('\n').filter((text) => text.startsWith('│ 20'))
    expect(
      failures.map((text) =>
        text
          .split('│')
          .map((cell) => cell.trim())
          .slice(2, 6),
      ),
    ).toEqual([
      ['waitlist', 'failed', '1', 'RangeError'],
      ['reminders', 'failed', '1', 'ECONNREFUSED'],
    ])
    expect(out).not.toContain('canary')
  })

  it('shows no code that is none', async () => {
    await failing('reminders', new Error('x'))
    await client.query(`update ${JOBS_SCHEMA}.job set output = '{"code": "Wilma Schmidt, 030 1234"}'`)
    const { out } = await clinic()
    expect(out).not.toContain('Wilma')
    expect(out).toMatch(/│ failed +│ 1 +│ – +│/)
  })

  it('retry puts the failed ones of a queue back, and no other ones', async () => {
    const [mine, other] = [await failing('reminders', new Error('x')), await failing('waitlist', new Error('x'))]
    expect(await clinic('retry', 'reminders')).toEqual({ out: '1 of "reminders" will be tried again.\n', code: 0 })
    const state = async (name: string, id: string): Promise<unknown> => (await queue.findJobs(name, { id }))[0]?.state
    expect([await state('reminders', mine), await state('waitlist', other)]).toEqual(['retry', 'failed'])
    expect(await clinic('retry', 'reminders')).toEqual({ out: 'No job of "reminders" has failed.\n', code: 0 })
    const ran = Promise.withResolvers<void>()
    const worker = new JobWorker({ connectionString: database.url, logger: pino({ level: 'silent' }) })
    await worker.start([{ ...JOBS.reminders, cron: '0 0 1 1 *', run: async () => ran.resolve() }])
    await ran.promise
    await expect.poll(() => state('reminders', mine), { timeout: 20_000 }).toBe('completed')
    await worker.stop()
  })

  it('retry says which queues there are when it is given another name', async () => {
    const { out, code } = await clinic('retry', 'remainders')
    expect(code).toBe(2)
    expect(out).toBe('There is no queue of this name. There are: reminders, waitlist.\n')
  })
})
