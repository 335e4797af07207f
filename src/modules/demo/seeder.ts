import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import type { PasswordHasher } from '../identity/password.js'
import { DEMO_PASSWORD, DEMO_USERNAMES } from './accounts.js'
import { CopyBuffer } from './copy.js'
import { generateClinic } from './generator.js'
import { present } from './present.js'
import { TABLES } from './columns.js'
import type { TableName } from './rows.js'
import { parseAsOf } from './time.js'
import type { History } from './world.js'

export interface SeedOptions {
  /** A migrated database; the role must own the tables. */
  readonly connectionString: string
  /** Any text. The same text and `asOf`, on a database in the same state, give the same rows. */
  readonly seed: string
  readonly patients: number
  readonly history: History
  /** An instant, or a date (noon UTC of it): nothing that has happened lies after it. */
  readonly asOf: string
  readonly passwordHasher: PasswordHasher
  /** Adds the nine accounts with the public password, unless there are some already. */
  readonly demoAccounts: boolean
  /** Called with the number of patients written since the last call. */
  readonly onProgress?: (patients: number) => void
  /** Seeds only when there is neither a patient nor an account; looked at under the lock, so that two starts do not both seed. */
  readonly onlyIfEmpty?: boolean
}

/** How many rows went into each table; only those that got some. */
export type SeedSummary = Partial<Record<TableName, number>>

/** About how much text is collected before it is sent: 4 million characters, some 200 patients with a full history. */
const SEND_AT = 4_000_000
/** Any number: all seeders take the same advisory lock. */
const SEED_LOCK = 7_310_551

/**
 * Writes a generated clinic with COPY, all of it in one transaction: a process that is killed half way leaves nothing behind, whatever the
 * size. Into a clinic that has patients it adds; what is there stays as it is. Registration of patients waits meanwhile, because their
 * number sequence is locked.
 */
export async function seedClinic(options: SeedOptions): Promise<SeedSummary> {
  const now = parseAsOf(options.asOf)
  const client = new pg.Client({ connectionString: options.connectionString, application_name: 'clinic seed', keepAlive: true })
  // Without a listener, a connection that breaks between two statements would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    // The server's limits for requests do not fit a bulk load.
    await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set synchronous_commit = on')
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock($1)', [SEED_LOCK])
    if (options.onlyIfEmpty === true && !(await isEmpty(client))) {
      await client.query('rollback')
      return {}
    }
    const summary = await load(client, options, now)
    await client.query('commit')
    await client.query(`analyze ${TABLES.map((table) => `"${table}"`).join(', ')}`)
    return summary
  } finally {
    // Ends the transaction, too, when something failed.
    await client.end()
  }
}

async function load(client: pg.Client, options: SeedOptions, now: number): Promise<SeedSummary> {
  const existing = await readExisting(client)
  const firstSerial = await takeSerials(client, options.patients)
  const demo = options.demoAccounts && !existing.demoAccounts
  const { passwordHasher } = options
  const rows = generateClinic({
    seed: options.seed,
    firstSerial,
    now,
    history: options.history,
    patients: options.patients,
    siteNames: existing.siteNames,
    usernames: existing.usernames,
    priceList: !existing.services,
    hashes: {
      demo: demo ? await passwordHasher.hash(DEMO_PASSWORD) : undefined,
      locked: await passwordHasher.hash(randomBytes(32).toString('base64')),
    },
  })

  const counts = new Map<TableName, number>()
  let sending: Promise<void> = Promise.resolve()
  for (let done = false; !done;) {
    const buffer = new CopyBuffer()
    let patients = 0
    // The next portion is generated while the database takes in the last one; the pauses let its bytes out.
    while (!done && buffer.length < SEND_AT) {
      const next = rows.next()
      done = next.done === true
      if (next.done === true) break
      for (const table of TABLES) {
        for (const row of next.value[table]) buffer.push(table, row)
        counts.set(table, (counts.get(table) ?? 0) + next.value[table].length)
      }
      patients += next.value.patient.length
      await setImmediate()
    }
    await sending
    sending = buffer.send(client).then(() => options.onProgress?.(patients))
    // A failure is thrown by the next `await sending`; until then it must not count as unhandled.
    sending.catch(() => undefined)
  }
  await sending
  return Object.fromEntries([...counts].filter(([, count]) => count > 0))
}

/**
 * Takes the next `count` serials of the record numbers. `alter sequence` is transactional, other than `setval`: after a failed seeding the
 * numbers, which nobody has seen, are free again, and a second try makes the same clinic. Its lock keeps others from drawing meanwhile.
 */
async function takeSerials(client: pg.Client, count: number): Promise<number> {
  await client.query('alter sequence patient_mrn_seq no cycle')
  const { rows } = await client.query<{ first: string }>('select nextval($1) as first', ['patient_mrn_seq'])
  const first = Number(present(rows[0]).first)
  await client.query(`alter sequence patient_mrn_seq restart with ${first + count}`)
  return first
}

/** What the new rows must not collide with. */
async function readExisting(client: pg.Client) {
  const sites = await client.query<{ name: string }>('select name from location')
  const users = await client.query<{ username: string; demo: boolean }>('select username, demo from user_account')
  const services = await client.query<{ found: boolean }>('select exists (select from service) as found')
  const reserved = new Set(Object.values(DEMO_USERNAMES))
  return {
    siteNames: sites.rows.map(({ name }) => name),
    usernames: users.rows.map(({ username }) => username),
    services: present(services.rows[0]).found,
    demoAccounts: users.rows.some(({ username, demo }) => demo || reserved.has(username)),
  }
}

/** Whether nobody has used this database yet: no patient and no account. */
export async function isEmpty(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ used: boolean }>('select exists (select from patient) or exists (select from user_account) as used')
  return !present(rows[0]).used
}
