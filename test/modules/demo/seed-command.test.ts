import { Command } from 'commander'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { registerSeedCommand } from '../../../src/cli/seed.command.js'
import { loadEnv, type Env } from '../../../src/env.js'
import { PasswordHasher } from '../../../src/modules/identity/password.js'
import { createTestDatabase, type TestDatabase } from '../../support/database.js'
import { ask, count } from './clinic-queries.js'

const hasher = new PasswordHasher({ pepper: 'pepper of the tests', cost: 4 })
const development = loadEnv({ NODE_ENV: 'test', DEMO: 'true' })
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

/** Runs `clinic seed …` and gives what it wrote. */
async function clinicSeed(env: Env, ...args: string[]): Promise<{ out: string; err: string }> {
  const written = { out: '', err: '' }
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((written.out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((written.err += String(text)), true))
  const program = new Command('clinic').exitOverride()
  registerSeedCommand(program, (use) => use({ url: database.url, env, hasher }))
  await program.parseAsync(['seed', ...args], { from: 'user' })
  return written
}

it('seeds, shows progress and says what went where', async () => {
  const { out, err } = await clinicSeed(development, '--patients', '40', '--history', 'light', '--as-of', '2026-11-20')
  expect(out).toMatch(/patient +│ +40 /)
  expect(err).toMatch(/Seeding patients 100 %/)
  expect(await count(database.url, 'select count(*) from patient')).toBe(40)
  expect(await count(database.url, 'select count(*) from user_account where demo')).toBe(9)
})

it('leaves in the audit trail that it began and ended, and how many it made (SECURITY P1)', async () => {
  const found = await ask(
    database.url,
    "select outcome, facts - 'run' as facts from audit_event where action = 'IMPORT' order by seq limit 2",
  )
  expect(found).toEqual([
    { outcome: 'SUCCESS', facts: { format: 'SEED', patients: 40, stage: 'BEGUN' } },
    { outcome: 'SUCCESS', facts: { patients: 40, stage: 'ENDED' } },
  ])
})

it('does not put made-up patients among real ones unless told so', async () => {
  const before = await count(database.url, 'select count(*) from patient')
  const production: Env = { ...development, NODE_ENV: 'production', DEMO: false }
  const { err } = await clinicSeed(production, '--patients', '3')
  expect(err).toContain('--in-production')
  expect(process.exitCode).toBe(1)
  expect(await count(database.url, 'select count(*) from patient')).toBe(before)
  await clinicSeed(production, '--patients', '3', '--in-production')
  expect(await count(database.url, 'select count(*) from patient')).toBe(before + 3)
})

it.each([
  ['--patients', '0'],
  ['--patients', '1.5'],
  ['--history', 'some'],
  ['--as-of', '2026-02-30'],
])('refuses %s %s', async (...args) => {
  await expect(clinicSeed(development, ...args)).rejects.toMatchObject({ code: 'commander.invalidArgument' })
})
