import { afterEach, describe, expect, it } from 'vitest'
import { createDemoClinic } from '../../../src/modules/demo/demo-clinic.js'
import { seedClinic, type SeedOptions, type SeedSummary } from '../../../src/modules/demo/seeder.js'
import { PasswordHasher } from '../../../src/modules/identity/password.js'
import { createTestDatabase, type TestDatabase } from '../../support/database.js'
import { ask, count, fingerprint, forbiddenCases, rowsInAll } from './clinic-queries.js'

const hasher = new PasswordHasher({ pepper: 'pepper of the tests', cost: 4 })
const databases: TestDatabase[] = []

async function freshDatabase(): Promise<string> {
  const database = await createTestDatabase()
  databases.push(database)
  return database.url
}
const seed = (connectionString: string, options: Partial<SeedOptions> = {}): Promise<SeedSummary> =>
  seedClinic({
    connectionString,
    seed: 'test',
    patients: 150,
    history: 'full',
    asOf: '2026-11-20',
    passwordHasher: hasher,
    demoAccounts: true,
    ...options,
  })

afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.drop()))
})

describe('seeding', () => {
  it('makes the same clinic from the same seed, and another one from another', async () => {
    const [one, same, other] = [await freshDatabase(), await freshDatabase(), await freshDatabase()]
    await seed(one)
    await seed(same)
    await seed(other, { seed: 'other' })
    expect(await fingerprint(same)).toEqual(await fingerprint(one))
    expect((await fingerprint(other)).patient).not.toBe((await fingerprint(one)).patient)
  })

  it('says how many rows went where', async () => {
    const url = await freshDatabase()
    const progress: number[] = []
    const summary = await seed(url, { onProgress: (patients) => progress.push(patients) })
    for (const [table, rows] of Object.entries(summary))
      expect([table, await count(url, `select count(*) from "${table}"`)]).toEqual([table, rows])
    expect(Object.values(summary).reduce((sum, rows) => sum + rows, 0)).toBe(await rowsInAll(url))
    expect(progress.reduce((sum, patients) => sum + patients, 0)).toBe(150)
  })

  it('adds to a clinic that has patients: nothing clashes, nothing there changes', async () => {
    const url = await freshDatabase()
    await seed(url)
    const before = await ask(url, 'select * from patient order by id')
    const summary = await seed(url)
    expect(summary.patient).toBe(150)
    const ids = before.map((row) => row.id as string)
    expect(await ask(url, 'select * from patient where id = any($1) order by id', [ids])).toEqual(before)
    expect(await count(url, 'select count(*) from patient')).toBe(300)
    expect(await count(url, 'select count(*) from user_account where demo')).toBe(9)
    expect(await forbiddenCases(url)).toEqual([])
  })

  it('leaves nothing behind when it is cut off half way, and then makes what it would have made', async () => {
    const [cut, whole] = [await freshDatabase(), await freshDatabase()]
    let killed = false
    const kill = async (): Promise<void> => {
      if (killed) return
      killed = true
      await ask(
        cut,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'clinic seed'",
      )
    }
    // More than fits into one portion, so that some is in the tables when the connection goes.
    await expect(seed(cut, { patients: 1500, onProgress: () => void kill() })).rejects.toThrow()
    expect(killed).toBe(true)
    expect(await rowsInAll(cut)).toBe(0)
    await seed(cut)
    await seed(whole)
    expect(await fingerprint(cut)).toEqual(await fingerprint(whole))
  })

  it('makes one demo clinic when two servers start at once', async () => {
    const url = await freshDatabase()
    const both = await Promise.all([createDemoClinic({ url, hasher }), createDemoClinic({ url, hasher })])
    expect(both.map((summary) => summary.patient ?? 0)).toEqual(expect.arrayContaining([0, 500]))
    expect(await count(url, 'select count(*) from patient')).toBe(500)
  })

  it('makes patients alone with history none, and no clinical notes with history light', async () => {
    const [none, light] = [await freshDatabase(), await freshDatabase()]
    const only = await seed(none, { history: 'none', demoAccounts: false })
    expect(Object.keys(only)).toEqual(['patient', 'patient_identifier', 'patient_contact'])
    const some = await seed(light, { history: 'light' })
    expect(some).toMatchObject({ appointment: expect.any(Number), allergy: expect.any(Number), condition: expect.any(Number) })
    expect(Object.keys(some)).not.toContain('medical_record')
    expect(await forbiddenCases(light)).toEqual([])
  })

  it.each(['2026-11-22T03:00:00Z', '2027-01-01', '2028-02-29T23:59:00Z', '2027-03-28T01:30:00Z'])(
    'shows a visit in progress and an arrival whenever it is made: %s',
    async (asOf) => {
      const url = await freshDatabase()
      await seed(url, { asOf, patients: 60 })
      const live = await ask<{ status: string }>(
        url,
        "select distinct status from appointment where status in ('ARRIVED', 'IN_PROGRESS') order by 1",
      )
      expect(live.map(({ status }) => status)).toEqual(['ARRIVED', 'IN_PROGRESS'])
      expect(await forbiddenCases(url)).toEqual([])
    },
  )

  it('refuses a day that is none', async () => {
    await expect(seed('postgresql://nowhere.invalid/none', { asOf: '2026-02-30' })).rejects.toThrow(RangeError)
  })
})
