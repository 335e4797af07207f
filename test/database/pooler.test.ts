import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loginOf, pooledLogins, settleLogins } from '../../src/database/login-settings.js'
import { requirePooledSessions } from '../../src/database/pooled-sessions.js'
import { instantFromPostgres, ReadDatabase } from '../../src/database/read-database.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { Logins, query } from '../support/logins.js'
import { TestServer } from '../support/server.js'
import { startTransactionPooler, type TransactionPooler } from '../support/transaction-pooler.js'

const TIMEOUT = { DATABASE_STATEMENT_TIMEOUT_MS: 5000 }
const NAMED = { pooled: true, namedStatements: true }
const UNNAMED = { pooled: true, namedStatements: false }
/** What reads rely on, as a session shows it. */
const SHOWN = `select current_user as role, current_setting('timezone') as zone, current_setting('default_transaction_read_only') as read_only,
  current_setting('jit') as jit, current_setting('pg_trgm.word_similarity_threshold', true) as threshold, current_setting('statement_timeout') as timeout`
const AS_NEEDED = { role: 'clinic_app', zone: 'UTC', read_only: 'on', jit: 'off', threshold: '0.3', timeout: '5s' }

let database: TestDatabase
let logins: Logins
const open: TransactionPooler[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  logins = new Logins(database)
  // A server whose own time zone is another: whoever misses UTC shows it.
  await logins.run(`alter database ${new URL(database.url).pathname.slice(1)} set timezone = 'America/New_York'`)
})
afterAll(async () => {
  for (const pooler of open) await pooler.close()
  await logins.drop()
  await database.drop()
})

async function pooler(urls: readonly string[], sessions = 2): Promise<TransactionPooler> {
  const started = await startTransactionPooler(urls, sessions)
  open.push(started)
  return started
}

/** A login for writes and one for reads, set up as `clinic migrate` does. */
async function settled(): Promise<[string, string]> {
  const pair: [string, string] = [await logins.add(), await logins.add()]
  await settleLogins(database.url, pooledLogins(TIMEOUT, ...pair))
  return pair
}

const refusalOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

describe('a connection to PostgreSQL itself', () => {
  it('asks for the settings of reads when it begins', async () => {
    const reads = new ReadDatabase({ connectionString: database.url, poolMax: 1, statementTimeoutMs: 5000 })
    expect(await reads.run({ name: 'shown', text: SHOWN }, [])).toEqual([AS_NEEDED])
    await reads.close()
  })
})

describe('an instant', () => {
  it('of a session in UTC is read as it is, any other not at all', () => {
    expect(instantFromPostgres('2026-11-20 09:30:00.5+00')).toBe('2026-11-20T09:30:00.500Z')
    expect(() => instantFromPostgres('2026-11-20 04:30:00.5-05')).toThrow('not in UTC')
  })
})

describe('the logins behind a pooler', () => {
  it('begin with the settings of the server', async () => {
    const [writes, reads] = await settled()
    expect(await query(reads, SHOWN)).toEqual([AS_NEEDED])
    expect(await query(writes, SHOWN)).toMatchObject([{ role: 'clinic_app', zone: 'UTC', read_only: 'off', timeout: '5s' }])
    await expect(query(reads, 'update clinic_setting set version = version + 1')).rejects.toMatchObject({ code: '25006' })
  })

  it('set themselves up when the owner of the tables may not, and follow a change of the settings', async () => {
    const owner = await logins.add()
    const pair = [await logins.add(), await logins.add()] as const
    await settleLogins(owner, pooledLogins(TIMEOUT, ...pair))
    expect(await query(pair[1], SHOWN)).toEqual([AS_NEEDED])
    await settleLogins(owner, pooledLogins({ DATABASE_STATEMENT_TIMEOUT_MS: 9000 }, ...pair))
    expect(await query(pair[1], SHOWN)).toEqual([{ ...AS_NEEDED, timeout: '9s' }])
  })

  it('are left to an administrator when nobody may, with the statements that are missing', async () => {
    const owner = await logins.add()
    const reads = Object.assign(new URL(await logins.add()), { password: 'another at the pooler' }).toString()
    const [, wanted] = pooledLogins(TIMEOUT, reads, reads)
    const refusal = await refusalOf(settleLogins(owner, wanted ? [wanted] : []))
    expect(refusal).toContain(
      `alter role "${loginOf(reads)}" in database "${new URL(database.url).pathname.slice(1)}" set role = 'clinic_app';`,
    )
    const statements = refusal.split('\n').filter((line) => line.startsWith('  alter role'))
    for (const statement of ["select similarity('', '');", ...statements]) await logins.run(statement)
    await settleLogins(owner, wanted ? [wanted] : [])
  })
})

describe('a server behind a pooler in transaction mode', () => {
  it('serves many at once over few sessions, and asks the pooler for nothing at the start', async () => {
    const pair = await settled()
    const between = await pooler(pair)
    const server = await TestServer.start({
      database: { url: database.url, drop: async () => undefined },
      through: { databaseUrl: between.through(pair[0]), readUrl: between.through(pair[1]) },
      settings: { ...pooled(database.url, between, pair), DATABASE_PREPARED_STATEMENTS: 'off' },
    })
    try {
      const accounts = await server.accounts()
      const owner = server.as(accounts.OWNER)
      const before = await owner('{ clinicSettings { version createdAt } }')
      const [created] = await server.sql(`select created_at as at from clinic_setting`)
      expect(before.data?.clinicSettings.createdAt).toBe((created?.['at'] as Date).toISOString())
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          i % 10 === 0
            ? owner('mutation ($input: CreateStaffInput!) { createStaff(input: $input) { id } }', {
                input: { fullName: `Grace Hopper ${i}`, jobTitle: 'Nurse' },
              })
            : owner(`{ me { id } staffMembers(first: ${i}) { edges { node { id fullName } } } }`),
        ),
      )
      expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([])
      expect([...between.startupParameters].toSorted()).toEqual(['application_name', 'client_encoding', 'database', 'user'])
      expect(between.clients).toBeGreaterThan(16)
      // Live events have a session of their own, past the pooler.
      const [shared] = await server.sql(
        `select count(*)::int as sessions from pg_stat_activity where application_name <> 'clinic-live' and usename = any(array['${pair.map(loginOf).join("','")}'])`,
      )
      expect(shared).toEqual({ sessions: 4 })
    } finally {
      await server.make.close()
      await server.app.close()
    }
  })

  it('does not start with named statements on a pooler that does not keep track of them', async () => {
    const pair = await settled()
    const between = await pooler(pair)
    const through = pooledLogins(TIMEOUT, between.through(pair[0]), between.through(pair[1]))
    expect(await refusalOf(requirePooledSessions(through, NAMED))).toContain('max_prepared_statements')
    await requirePooledSessions(through, UNNAMED)
  })

  it('does not start on sessions from before the logins were set up, and names what they miss', async () => {
    const pair = [await logins.add(), await logins.add()] as const
    const between = await pooler(pair)
    const through = pooledLogins(TIMEOUT, between.through(pair[0]), between.through(pair[1]))
    await query(between.through(pair[1]), 'select 1')
    await settleLogins(database.url, pooledLogins(TIMEOUT, ...pair))
    const refusal = await refusalOf(requirePooledSessions(through, UNNAMED))
    for (const part of [
      'DATABASE_READ_URL',
      'timezone is America/New_York and must be UTC',
      'role is none and must be clinic_app',
      'default_transaction_read_only is off and must be on',
      'RECONNECT',
    ])
      expect(refusal).toContain(part)
  })

  it.each([
    ['is a superuser', 'superuser'],
    ['may make roles', 'createrole in role clinic_app'],
    ['is a member of pg_write_all_data', 'in role clinic_app, pg_write_all_data'],
  ])('does not start when its login %s', async (words, is) => {
    const pair = [await logins.add(is), await logins.add()] as const
    await settleLogins(database.url, pooledLogins(TIMEOUT, ...pair))
    const between = await pooler(pair)
    const through = pooledLogins(TIMEOUT, between.through(pair[0]), between.through(pair[1]))
    expect(await refusalOf(requirePooledSessions(through, UNNAMED))).toContain(words)
  })

  it('does not start when its login has rights to tables of its own', async () => {
    const pair = await settled()
    await logins.run(`grant update on audit_event to ${loginOf(pair[0])}`)
    const between = await pooler(pair)
    const through = pooledLogins(TIMEOUT, between.through(pair[0]), between.through(pair[1]))
    expect(await refusalOf(requirePooledSessions(through, UNNAMED))).toContain('has rights to some of its own')
  })

  it('says so when the pooler does not answer', async () => {
    const nowhere = 'postgresql://clinic_web@127.0.0.1:1/clinic'
    expect(await refusalOf(requirePooledSessions(pooledLogins(TIMEOUT, nowhere, nowhere), UNNAMED))).toMatch(/DATABASE_URL.*ECONNREFUSED/)
  })
})

/** The settings of the process. */
function pooled(ownerUrl: string, between: TransactionPooler, [writes, reads]: readonly [string, string]): Record<string, string> {
  return {
    DATABASE_POOLER: 'transaction',
    DATABASE_URL: between.through(writes),
    DATABASE_READ_URL: between.through(reads),
    DATABASE_OWNER_URL: ownerUrl,
  }
}
