import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { pino } from 'pino'
import { Role } from '../../src/access/roles.js'
import { createApp, type App } from '../../src/app.js'
import type { Statement } from '../../src/database/read-database.js'
import { after, DAY, systemClock, type Clock } from '../../src/clock.js'
import { loadEnv, type Env } from '../../src/env.js'
import { createLogger } from '../../src/logging.js'
import { PasswordHasher } from '../../src/modules/identity/password.js'
import { AccessTokens } from '../../src/modules/identity/tokens.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { ClinicFactory, TEST_PASSWORD } from '../factories/clinic.js'
import { createTestDatabase, type TestDatabase } from './database.js'

/** An answer of the GraphQL endpoint. */
export interface Answer {
  readonly status: number
  readonly data?: Record<string, any> | null
  readonly errors?: readonly { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
}

/** The codes of an answer's errors. */
export const codesOf = ({ errors }: { errors?: Answer['errors'] | undefined }): unknown[] =>
  (errors ?? []).map(({ extensions }) => extensions['code'])

/** What of an answer two equal questions have in common: all but the id of the request, and the order of errors of fields read at the same time. */
export function comparable({ status, data, errors }: Answer): unknown {
  const plain = errors?.map(({ message, path, extensions }) =>
    JSON.stringify({ message, path, extensions: Object.entries(extensions).filter(([name]) => name !== 'requestId') }),
  )
  return { status, data, errors: plain?.toSorted() }
}

const loggerInto = (lines: string[]): ReturnType<typeof createLogger> =>
  createLogger({ NODE_ENV: 'production', LOG_LEVEL: 'trace' }, { write: (line) => void lines.push(line) })

/** Settings of test servers: cheap hashing, any port. */
export function testEnv(overrides: Record<string, string> = {}): Env {
  return loadEnv({
    NODE_ENV: 'test',
    PORT: '0',
    HOST: '127.0.0.1',
    BCRYPT_COST: '5',
    RUN_JOBS: 'false',
    JWT_SECRET: 'k9Zt3vQx7LmB2nWc8RfY5hJp1DsGaUe4',
    PASSWORD_PEPPER: 'Vb6Nq2Xw9KjT4mZr7HcL1sFy8PdGuEa3',
    ...overrides,
  })
}

/** A factory on a database without a server, and what hashes passwords for it. */
export async function openFactory({ url }: TestDatabase): Promise<{ make: ClinicFactory; hasher: PasswordHasher }> {
  const env = testEnv()
  return { make: await ClinicFactory.open(url), hasher: new PasswordHasher({ pepper: env.PASSWORD_PEPPER, cost: env.BCRYPT_COST }) }
}

/** A server of a test file on a database of its own, with a factory and clients. */
export class TestServer {
  readonly app: App
  readonly env: Env
  readonly database: TestDatabase
  readonly make: ClinicFactory
  readonly hasher: PasswordHasher
  readonly statements: Statement[]

  readonly clock: Clock

  private constructor(
    app: App,
    env: Env,
    clock: Clock,
    database: TestDatabase,
    make: ClinicFactory,
    hasher: PasswordHasher,
    statements: Statement[],
  ) {
    this.app = app
    this.env = env
    this.clock = clock
    this.database = database
    this.make = make
    this.hasher = hasher
    this.statements = statements
  }

  /** @param options `plans: false` has loaders read edge by edge; `on` puts a second server on another's database; `database` is one that is there; `clock` moves the time; `through` are the ways that the server itself takes to it; `log` takes every line that is logged */
  static async start(
    options: {
      plans?: boolean
      on?: TestServer
      database?: TestDatabase
      clock?: Clock
      settings?: Record<string, string>
      log?: string[]
      through?: { databaseUrl: string; readUrl: string }
    } = {},
  ): Promise<TestServer> {
    const env = testEnv(options.settings)
    const clock = options.clock ?? systemClock
    const database = options.on
      ? { url: options.on.database.url, drop: async () => undefined }
      : (options.database ?? (await createTestDatabase()))
    const statements: Statement[] = []
    const app = await createApp({
      env,
      logger: options.log ? loggerInto(options.log) : pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
      databaseUrl: database.url,
      ...options.through,
      clock,
      ...(options.plans !== undefined && { plans: options.plans }),
      onStatement: (statement) => statements.push(statement),
    })
    const hasher = new PasswordHasher({ pepper: env.PASSWORD_PEPPER, cost: env.BCRYPT_COST })
    return new TestServer(app, env, clock, database, await ClinicFactory.open(database.url), hasher, statements)
  }

  async stop(): Promise<void> {
    await this.app.close()
    await this.make.close()
    await this.database.drop()
  }

  /** Sends an operation; with a token, as its account. */
  async send(query: string, variables: Record<string, unknown> = {}, token?: string): Promise<Answer> {
    const response = await fetch(`${this.app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    })
    return { status: response.status, ...((await response.json()) as object) }
  }

  /** Signs in as a client would. */
  signIn(username: string, password: string = TEST_PASSWORD): Promise<Answer> {
    return this.send('mutation ($input: LoginInput!) { login(input: $input) { accessToken } }', { input: { username, password } })
  }

  /** Asks the database itself. */
  async sql(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.database.url })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text, values)).rows
    } finally {
      await client.end()
    }
  }

  /** The latest event of the trail with this action: what it is about, and its facts. */
  async lastEvent(action: string): Promise<Record<string, unknown> | undefined> {
    const rows = await this.sql(
      `select user_id as "userId", entity, entity_id as "entityId", subject_user_id as "subjectUserId", sections, facts,
        patient_ids as "patientIds"
       from audit_event e where action = $1 order by seq desc limit 1`,
      [action],
    )
    return rows[0]
  }

  /** A client of an account, without going through the password: with a session of its own, made at the first request. */
  as(user: User): (query: string, variables?: Record<string, unknown>) => Promise<Answer> {
    let token: Promise<string> | undefined
    return async (query, variables) => this.send(query, variables, await (token ??= this.tokenOf(user)))
  }

  /** An access token of an account, with a session of its own. */
  async tokenOf(user: User): Promise<string> {
    const tokens = new AccessTokens({ secret: this.env.JWT_SECRET, clock: this.clock })
    const sessionId = randomUUID()
    await this.openSession(user, sessionId)
    return tokens.issue({ userId: user.id, sessionId, tokenVersion: user.tokenVersion }).token
  }

  private openSession(user: User, sessionId: string): Promise<unknown> {
    const now = this.clock()
    return this.make.em.getConnection().execute(
      `insert into session (id, user_id, created_at, last_used_at, expires_at, device, device_hash, network)
         values (?, ?, ?, ?, ?, 'Test', 'test', 'test')`,
      [sessionId, user.id, now, now, after(now, 7 * DAY)],
    )
  }

  /** One account per role: a doctor with a doctor behind it, a patient with a patient. */
  async accounts(): Promise<Record<Role, User>> {
    const accounts = {} as Record<Role, User>
    for (const role of Object.values(Role)) {
      const staff = role === Role.PATIENT ? undefined : this.make.staff()
      if (role === Role.DOCTOR && staff) this.make.doctor({ staff })
      accounts[role] = await this.make.user(this.hasher, [role], staff ? { staff } : { patient: this.make.patient() })
    }
    await this.make.save()
    return accounts
  }

  /** Runs something and gives back how many statements the read path sent meanwhile, without the one that looks up the account. */
  async countStatements(run: () => Promise<unknown>): Promise<number> {
    const before = this.statements.length
    await run()
    return this.statements.slice(before).filter(({ name }) => !name.startsWith('account_')).length
  }
}
