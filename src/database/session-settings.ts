import type { Env } from '../env.js'
import { APP_ROLE } from './app-role.js'

/** Settings that a session of the database starts with, by name, as `SET` takes them. Times in milliseconds. */
export type SessionSettings = Readonly<Record<string, string>>

/** What every session of the server relies on: instants are read and written in UTC, and nobody has more rights than the role. */
const COMMON: SessionSettings = { timezone: 'UTC', role: APP_ROLE }

/** The read path's. */
export function readSession(statementTimeoutMs: number): SessionSettings {
  return {
    ...COMMON,
    default_transaction_read_only: 'on',
    // Names are searched by similarity; the default threshold of 0.6 misses two swapped letters in a short name.
    'pg_trgm.word_similarity_threshold': '0.3',
    jit: 'off',
    statement_timeout: String(statementTimeoutMs),
    idle_in_transaction_session_timeout: '10000',
  }
}

/** Those of everything that writes. */
export function writeSession(statementTimeoutMs: number): SessionSettings {
  return { ...COMMON, default_transaction_read_only: 'off', statement_timeout: String(statementTimeoutMs) }
}

/**
 * How a pool's connections come by their settings and statements. The two ways of `DATABASE_POOLER`: a connection of its own asks for its
 * settings when it begins; behind a pooler sessions are shared, and begin with the settings of their login (see `login-settings.ts`).
 */
export interface ConnectionStyle {
  /** A pooler in transaction mode stands in between. */
  readonly pooled: boolean
  /** Statements are prepared under a name once per connection, else anew at every call. */
  readonly namedStatements: boolean
}

/** A connection to PostgreSQL itself. */
export const DIRECT: ConnectionStyle = { pooled: false, namedStatements: true }

/** The style that the settings of the process ask for. */
export function styleOf(env: Pick<Env, 'DATABASE_POOLER' | 'DATABASE_PREPARED_STATEMENTS'>): ConnectionStyle {
  return { pooled: env.DATABASE_POOLER === 'transaction', namedStatements: env.DATABASE_PREPARED_STATEMENTS }
}

/** What a client adds to its start of a session: nothing behind a pooler, which would refuse or forget it. */
export function startup(settings: SessionSettings, { pooled }: ConnectionStyle): { options?: string } {
  if (pooled) return {}
  return {
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  }
}
