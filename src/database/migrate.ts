import { fileURLToPath } from 'node:url'
import { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { installJobs } from '../jobs/install.js'
import { JOBS } from '../jobs/registry.js'
import { ormOptions } from './orm-options.js'

/** Where the migrations lie, beside this file in the sources as in the build. */
export const MIGRATIONS_PATH = fileURLToPath(new URL('../../migrations', import.meta.url))

/** The oldest PostgreSQL whose features the schema uses. */
const LEAST_SERVER_VERSION = 15
/** Any number, as long as every instance uses the same: only one migrates at a time. */
const MIGRATION_LOCK = 7_263_514

/** The database cannot be used; the message says what the operator can do. */
export class DatabaseUnusableError extends Error {
  override readonly name = 'DatabaseUnusableError'
}

/**
 * Brings the schema of a database up to date. Safe to call from several instances at once: they wait for each other.
 *
 * @returns the names of the migrations that ran
 * @throws DatabaseUnusableError when the server is too old or does not answer
 */
export async function migrateDatabase(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'clinic-migrate' })
  await client.connect().catch((error: unknown) => {
    throw new DatabaseUnusableError(`The database does not answer (${codeOf(error)}). Check DATABASE_URL and that the server runs.`)
  })
  try {
    await requireVersion(client)
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    const orm = new MikroORM(ormOptions(url, MIGRATIONS_PATH))
    try {
      const ran = await orm.migrator.up()
      await installJobs(url, Object.values(JOBS))
      return ran.map(({ name }) => name)
    } finally {
      await orm.close()
    }
  } finally {
    await client.end()
  }
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>("select current_setting('server_version_num')::int / 10000 as version")
  const version = rows[0]?.version ?? 0
  if (version < LEAST_SERVER_VERSION)
    throw new DatabaseUnusableError(`PostgreSQL ${LEAST_SERVER_VERSION} or newer is needed; the server is version ${version}.`)
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'no connection'
}
