import type { Env } from '../env.js'
import type { PasswordHasher } from '../modules/identity/password.js'

/** What a command that works on the clinic's database is handed. */
export interface DatabaseContext {
  /** Connection string of a migrated database. */
  readonly url: string
  readonly env: Env
  readonly hasher: PasswordHasher
}

/** Finds or starts the database, runs the work on it, and leaves everything as it was found. */
export type WithDatabase = <T>(use: (context: DatabaseContext) => Promise<T>) => Promise<T>
