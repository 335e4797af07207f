import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ClinicFactory } from '../../factories/clinic.js'
import { createTestDatabase, type TestDatabase } from '../../support/database.js'

const DUE = 1000
/** The compiled sources, beside the build, so that they find the packages. */
const BUILD = resolve('dist', `.reminders-${process.pid}`)

let database: TestDatabase
let client: pg.Client
let dataDir: string

beforeAll(async () => {
  database = await createTestDatabase()
  dataDir = mkdtempSync(join(tmpdir(), 'clinic-killed-'))
  const compile = ['-p', 'tsconfig.build.json', '--outDir', BUILD, '--incremental', 'false', '--tsBuildInfoFile', 'null']
  await promisify(execFile)('tsc', compile).catch(() => undefined)
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const make = await ClinicFactory.open(database.url)
  make.doctor()
  make.location()
  await make.save()
  await make.close()
  await client.query(`
    with p as (
      insert into patient (id, mrn, first_name, last_name, birth_date, sex, email)
      select gen_random_uuid(), (80000000 + n)::text, 'A', 'B', '1980-01-01', 'FEMALE', 'p' || n || '@example.test' from generate_series(1, ${DUE}) n
      returning id
    )
    insert into appointment (id, created_at, patient_id, doctor_id, location_id, starts_at, ends_at, status, overbook_reason)
    select gen_random_uuid(), now() - interval '9 days', p.id, (select id from doctor limit 1), (select id from location limit 1),
      now() + interval '1 hour', now() + interval '80 minutes', 'BOOKED', 'test' from p`)
}, 120_000)

afterAll(async () => {
  await client.end()
  await database.drop()
  for (const folder of [dataDir, BUILD]) rmSync(folder, { recursive: true, force: true })
})

const handedOver = (): string[] =>
  existsSync(join(dataDir, 'handed-over')) ? readFileSync(join(dataDir, 'handed-over'), 'utf8').split('\n').filter(Boolean) : []
const letters = (): string[] =>
  existsSync(join(dataDir, 'mail')) ? readdirSync(join(dataDir, 'mail')).filter((name) => name.endsWith('.eml')) : []

function worker(): ChildProcess {
  const script = join(import.meta.dirname, 'counting-worker.mjs')
  return spawn(process.execPath, [script, BUILD, dataDir, database.url], { stdio: ['ignore', 'ignore', 'inherit'] })
}

it(`of ${DUE} reminders due at once each is sent once, and none lost, by processes that are killed half way (RULES A12)`, async () => {
  for (const until of [300, 600]) {
    const process = worker()
    const ended = once(process, 'exit')
    await expect.poll(() => letters().length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(until)
    process.kill('SIGKILL')
    await ended
  }
  expect(letters().length).toBeLessThan(DUE)
  // What the dead have taken is theirs for two minutes; the clock of this test goes faster.
  await client.query(`update appointment_reminder set next_try_at = now() where status = 'SENDING'`)
  const last = worker()
  await once(last, 'exit')
  expect(letters()).toHaveLength(DUE)
  const { rows } = await client.query('select status, count(*)::int as n from appointment_reminder group by status')
  expect(rows).toEqual([{ status: 'SENT', n: DUE }])
  // At most what was on its way when a process died was handed over again, under the same name.
  expect(handedOver().length - new Set(handedOver()).size).toBeLessThanOrEqual(2 * 4)
}, 120_000)
