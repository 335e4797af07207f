import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { APP_ROLE } from './app-role.js'
import { loginOf, type LoginSettings } from './login-settings.js'
import { DatabaseUnusableError } from './migrate.js'
import type { ConnectionStyle } from './session-settings.js'

/**
 * Sessions of the pooler that are looked at together. It hands out the one that was used last, so that one at a time would always be the
 * same; those that are older than a change of the settings lie among the idle ones.
 */
const SESSIONS = 8
/** For how long the first of them are held while the others come; a pooler with fewer sessions hands on those it has. */
const HOLD_MS = 100
const ANSWER_MS = 10_000
/** SQLSTATEs of a named statement that another session holds, or this one holds for somebody else. */
const STATEMENT_NAMES = new Set(['26000', '42P05'])

/**
 * Looks at sessions that a pooler in transaction mode hands out, before the server takes requests: whatever the pooler does, the server
 * must not run with more rights than its role, nor with other settings than it relies on.
 *
 * @throws DatabaseUnusableError naming what is missing
 */
export async function requirePooledSessions(logins: readonly LoginSettings[], { namedStatements }: ConnectionStyle): Promise<void> {
  for (const login of logins) await requireSessions(login, namedStatements)
}

async function requireSessions(login: LoginSettings, namedStatements: boolean): Promise<void> {
  const { variable } = login
  const clients = Array.from({ length: SESSIONS }, () => newClient(login.url))
  try {
    await Promise.all(clients.map((client) => client.connect()))
    if (namedStatements) await requireNamedStatements(clients)
    const others = meeting(clients.length)
    const answers = await Promise.all(
      clients.map((client) =>
        inTransaction(client, async () => {
          const problems = await look(client, login)
          await others()
          return problems
        }),
      ),
    )
    const problems = [...new Set(answers.flat())]
    if (problems.length > 0) throw new DatabaseUnusableError(refusal(variable, problems))
  } catch (error) {
    throw error instanceof DatabaseUnusableError ? error : new DatabaseUnusableError(unreachable(variable, error))
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}

function newClient(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    application_name: 'clinic-check',
  })
  // A connection that dies in between is noticed by the next statement; without a listener it would end the process.
  client.on('error', () => undefined)
  return client
}

/** A place where the sessions wait for each other, though not for ever. */
function meeting(expected: number): () => Promise<void> {
  let missing = expected
  let open = (): void => undefined
  const all = new Promise<void>((resolve) => (open = resolve))
  return async () => {
    if (--missing === 0) open()
    await Promise.race([all, setTimeout(HOLD_MS)])
  }
}

async function inTransaction<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin')
  const result = await work()
  await client.query('commit')
  return result
}

/** What is not as it must be in the session, in words. */
async function look(client: pg.Client, { url, settings }: LoginSettings): Promise<string[]> {
  const { rows: found } = await client.query<{ name: string; value: string | null }>(
    `select name, coalesce((select setting from pg_settings s where lower(s.name) = wanted.name), current_setting(name, true)) as value
     from unnest($1::text[]) wanted (name)`,
    [Object.keys(settings)],
  )
  const wrong = found
    .filter(({ name, value }) => value !== settings[name])
    .map(({ name, value }) => `${name} is ${value ?? 'not set'} and must be ${settings[name]}`)
  const { rows: rights } = await client.query<{ login: string; more: string[] }>(RIGHTS, [APP_ROLE])
  const login = loginOf(url)
  for (const { login: actual, more } of rights) {
    if (actual !== login) wrong.push(`the pooler signs in as ${actual} and must as ${login}`)
    wrong.push(...more.map((right) => `the login ${actual} ${right}`))
  }
  return wrong
}

/**
 * What the login may beyond the role by itself: with nothing of it, a session that the pooler kept from before the login's settings cannot
 * do more than others either.
 */
const RIGHTS = `
  select session_user as login, array_remove(array[
    case when r.rolsuper then 'is a superuser' end,
    case when r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls then 'may make roles or databases, replicate or pass row security' end,
    (select 'is a member of ' || string_agg(o.rolname, ', ' order by o.rolname) from pg_roles o
      where not r.rolsuper and o.oid <> r.oid and o.rolname <> $1
        and pg_has_role(r.oid, o.oid, 'member') and not pg_has_role($1, o.oid, 'member')),
    (select 'owns things in the database, or has rights to some of its own' where exists (
      select from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid
        and d.dbid in (0, (select oid from pg_database where datname = current_database()))
        and (d.deptype = 'o' or d.deptype = 'a' and d.classid in ('pg_class'::regclass, 'pg_proc'::regclass))))
  ], null) as more
  from pg_roles r where r.rolname = session_user`

/** The same named statement from two clients: a pooler that does not keep track of names lets them meet in one session. */
async function requireNamedStatements(clients: readonly pg.Client[]): Promise<void> {
  try {
    for (const client of clients) await client.query({ name: 'clinic_check', text: 'select $1::int', values: [1] })
  } catch (error) {
    if (!STATEMENT_NAMES.has(String((error as { code?: unknown }).code))) throw error
    throw new DatabaseUnusableError(
      'The pooler does not keep track of prepared statements. Set max_prepared_statements there (PgBouncer 1.21 or newer), or DATABASE_PREPARED_STATEMENTS=off.',
    )
  }
}

function refusal(variable: string, problems: readonly string[]): string {
  return [
    `Sessions of ${variable} are not as the server needs them:`,
    ...problems.map((problem) => `  ${problem}`),
    'If "clinic migrate" has set the login up since, the pooler still has sessions from before: RECONNECT on its console.',
    'See "Behind PgBouncer" in docs/operating.md.',
  ].join('\n')
}

/** The codes and words of a pooler's refusal hold names of settings and logins, no data. */
function unreachable(variable: string, error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return `The pooler of ${variable} does not serve the server (${[code, message].filter(Boolean).join(': ')}).`
}
