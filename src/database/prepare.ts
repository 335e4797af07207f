import type { Env } from '../env.js'
import { silently, type StepRunner } from '../terminal/progress.js'
import { startEmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded.js'
import { pooledLogins, settleLogins } from './login-settings.js'
import { migrateDatabase } from './migrate.js'

/** A migrated database, and how to let go of it. */
export interface PreparedDatabase {
  /** As the server connects. */
  readonly url: string
  /** As its read path connects. */
  readonly readUrl: string
  /** As the owner of the tables connects: migrations, and commands that fill or maintain the database. */
  readonly ownerUrl: string
  readonly release: () => Promise<void>
}

/** How a database is prepared. */
export interface PrepareOptions extends Pick<EmbeddedPostgresOptions, 'onCrash' | 'whenBusy'> {
  readonly onStep?: StepRunner
}

/** The database of the settings: the server of `DATABASE_URL`, else the embedded one; migrated either way. */
export async function prepareDatabase(env: Env, options: PrepareOptions = {}): Promise<PreparedDatabase> {
  const { onStep = silently, ...embedded } = options
  const database =
    env.DATABASE_URL === undefined
      ? await startEmbedded(env, { ...embedded, onStep })
      : {
          url: env.DATABASE_URL,
          readUrl: env.DATABASE_READ_URL ?? env.DATABASE_URL,
          ownerUrl: env.DATABASE_OWNER_URL ?? env.DATABASE_URL,
          release: async () => undefined,
        }
  try {
    await onStep('Migrating the database', () => migrateDatabase(database.ownerUrl))
    if (env.DATABASE_POOLER === 'transaction') {
      const logins = pooledLogins(env, database.url, database.readUrl)
      await onStep('Setting up the logins', () => settleLogins(database.ownerUrl, logins))
    }
    return database
  } catch (error) {
    await database.release()
    throw error
  }
}

async function startEmbedded(env: Env, options: PrepareOptions): Promise<PreparedDatabase> {
  const postgres = await startEmbeddedPostgres({ dataDir: env.CLINIC_DATA_DIR, ...options })
  return { url: postgres.url, readUrl: postgres.url, ownerUrl: postgres.url, release: () => postgres.stop() }
}
