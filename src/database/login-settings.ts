import pg from 'pg'
import type { Env } from '../env.js'
import { DatabaseUnusableError } from './migrate.js'
import { readSession, writeSession, type SessionSettings } from './session-settings.js'

/** A login, and what its sessions in the clinic's database have to begin with. */
export interface LoginSettings {
  /** The setting of the environment that names it. */
  readonly variable: string
  /** A connection string with the login. */
  readonly url: string
  readonly settings: SessionSettings
}

/** The logins of a server behind a pooler: writes, and reads. */
export function pooledLogins(env: Pick<Env, 'DATABASE_STATEMENT_TIMEOUT_MS'>, url: string, readUrl: string): LoginSettings[] {
  const timeoutMs = env.DATABASE_STATEMENT_TIMEOUT_MS
  return [
    { variable: 'DATABASE_URL', url, settings: writeSession(timeoutMs) },
    { variable: 'DATABASE_READ_URL', url: readUrl, settings: readSession(timeoutMs) },
  ]
}

/** The name that a connection string signs in with. */
export const loginOf = (url: string): string => decodeURIComponent(new URL(url).username)

const INSUFFICIENT_PRIVILEGE = '42501'
/** With the login's password at PostgreSQL itself: signing in there is one of two ways, so that it fails is no surprise. */
const CONNECT_MS = 10_000

/**
 * Writes the settings of sessions to their logins (`alter role … in database … set …`), where they are not there already. The owner of the
 * tables seldom may change other logins; a login may change its own, when it can sign in where the owner does.
 *
 * @param ownerUrl leads to PostgreSQL itself
 * @throws DatabaseUnusableError with the statements for an administrator, when neither may
 */
export async function settleLogins(ownerUrl: string, logins: readonly LoginSettings[]): Promise<void> {
  await withClient(ownerUrl, async (owner) => {
    for (const { url, settings } of logins) {
      const login = loginOf(url)
      const missing = await missingSettings(owner, login, settings)
      if (missing.length === 0) continue
      const statements = await statementsFor(owner, login, missing)
      const done = (await tryAll(owner, statements)) || (await asThemselves(ownerUrl, url, statements))
      if (!done) throw new DatabaseUnusableError(forAnAdministrator(login, statements))
    }
  })
}

async function missingSettings(client: pg.Client, login: string, settings: SessionSettings): Promise<[string, string][]> {
  const { rows } = await client.query<{ setting: string }>(
    `select unnest(s.setconfig) as setting from pg_db_role_setting s
     join pg_roles r on r.oid = s.setrole join pg_database d on d.oid = s.setdatabase
     where r.rolname = $1 and d.datname = current_database()`,
    [login],
  )
  const present = new Map(
    rows.map(({ setting }) => [setting.slice(0, setting.indexOf('=')).toLowerCase(), setting.slice(setting.indexOf('=') + 1)]),
  )
  return Object.entries(settings).filter(([name, value]) => present.get(name) !== value)
}

async function statementsFor(client: pg.Client, login: string, settings: readonly [string, string][]): Promise<string[]> {
  const { rows } = await client.query<{ database: string }>('select current_database() as database')
  const whose = `alter role ${pg.escapeIdentifier(login)} in database ${pg.escapeIdentifier(rows[0]?.database ?? '')}`
  return settings.map(([name, value]) => `${whose} set ${name} = ${pg.escapeLiteral(value)}`)
}

/** All of them or none; `false` when this login may not. */
async function tryAll(client: pg.Client, statements: readonly string[]): Promise<boolean> {
  try {
    // An extension's settings are known, and may be set by others than superusers, once something of it was called.
    await client.query("select similarity('', '')")
    // A login that was settled before begins as the role, and read-only.
    await client.query('begin read write')
    await client.query('set local role none')
    for (const statement of statements) await client.query(statement)
    await client.query('commit')
    return true
  } catch (error) {
    await client.query('rollback')
    if ((error as { code?: unknown }).code === INSUFFICIENT_PRIVILEGE) return false
    throw error
  }
}

/** The way of a login to where the owner signs in: to PostgreSQL itself, for what needs a session of its own. */
export function pastPooler(ownerUrl: string, url: string): string {
  const { username, password } = new URL(url)
  return Object.assign(new URL(ownerUrl), { username, password }).toString()
}

async function asThemselves(ownerUrl: string, url: string, statements: readonly string[]): Promise<boolean> {
  try {
    return await withClient(pastPooler(ownerUrl, url), (client) => tryAll(client, statements))
  } catch {
    return false
  }
}

async function withClient<Result>(url: string, use: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, application_name: 'clinic-migrate' })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

function forAnAdministrator(login: string, statements: readonly string[]): string {
  return [
    `With DATABASE_POOLER=transaction, sessions of the login ${login} must begin with settings that neither it nor the owner could set.`,
    'As an administrator, in the database of the clinic:',
    ...statements.map((statement) => `  ${statement};`),
    'Then RECONNECT on the console of the pooler, and start again.',
  ].join('\n')
}
