import pg from 'pg'
import type { PasswordHasher } from '../identity/password.js'
import { present } from './present.js'
import { isEmpty, seedClinic, type SeedSummary } from './seeder.js'
import { instant } from './time.js'

/** How many patients the demo clinic has. */
export const DEMO_PATIENTS = 500
/** Its seed. */
export const DEMO_SEED = 'demo clinic'

export interface DemoClinicOptions {
  readonly url: string
  readonly hasher: PasswordHasher
  /** The instant the clinic is made as of; now, when left out. */
  readonly asOf?: string
  readonly onProgress?: (patients: number) => void
}

/** Makes the demo clinic with its accounts, all or nothing. Does nothing, and says so with an empty summary, when the clinic is in use. */
export async function createDemoClinic({ url, hasher, asOf, onProgress }: DemoClinicOptions): Promise<SeedSummary> {
  return seedClinic({
    connectionString: url,
    seed: DEMO_SEED,
    patients: DEMO_PATIENTS,
    history: 'full',
    asOf: asOf ?? instant(Date.now()),
    passwordHasher: hasher,
    demoAccounts: true,
    onlyIfEmpty: true,
    ...(onProgress === undefined ? {} : { onProgress }),
  })
}

/** Whether nobody has used this database yet: no patient and no account. */
export async function isClinicEmpty(url: string): Promise<boolean> {
  return ask(url, isEmpty)
}

/** Whether there are accounts with the public password; production refuses to start with them. */
export async function demoAccountsExist(url: string): Promise<boolean> {
  return ask(url, async (client) => {
    const { rows } = await client.query<{ found: boolean }>('select exists (select from user_account where demo) as found')
    return present(rows[0]).found
  })
}

async function ask(url: string, question: (client: pg.Client) => Promise<boolean>): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'clinic',
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await question(client)
  } finally {
    await client.end()
  }
}
