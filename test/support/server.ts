import { pino } from 'pino'
import { Role } from '../../src/access/roles.js'
import { createApp, type App } from '../../src/app.js'
import type { Statement } from '../../src/database/read-database.js'
import { loadEnv, type Env } from '../../src/env.js'
import { PasswordHasher } from '../../src/modules/identity/password.js'
import { AccessTokens } from '../../src/modules/identity/tokens.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { ClinicFactory } from '../factories/clinic.js'
import { createTestDatabase, type TestDatabase } from './database.js'

/** An answer of the GraphQL endpoint. */
export interface Answer {
  readonly status: number
  readonly data?: Record<string, any> | null
  readonly errors?: readonly { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
}

/** Settings of test servers: cheap hashing, any port. */
export function testEnv(overrides: Record<string, string> = {}): Env {
  return loadEnv({
    NODE_ENV: 'test',
    PORT: '0',
    HOST: '127.0.0.1',
    BCRYPT_COST: '5',
    JWT_SECRET: 'k9Zt3vQx7LmB2nWc8RfY5hJp1DsGaUe4',
    PASSWORD_PEPPER: 'Vb6Nq2Xw9KjT4mZr7HcL1sFy8PdGuEa3',
    ...overrides,
  })
}

/** A server of a test file on a database of its own, with a factory and clients. */
export class TestServer {
  readonly app: App
  readonly env: Env
  readonly database: TestDatabase
  readonly make: ClinicFactory
  readonly hasher: PasswordHasher
  readonly statements: Statement[]

  private constructor(app: App, env: Env, database: TestDatabase, make: ClinicFactory, hasher: PasswordHasher, statements: Statement[]) {
    this.app = app
    this.env = env
    this.database = database
    this.make = make
    this.hasher = hasher
    this.statements = statements
  }

  /** @param options `plans: false` has loaders read edge by edge; `on` puts a second server on another's database */
  static async start(options: { plans?: boolean; on?: TestServer } = {}): Promise<TestServer> {
    const env = testEnv()
    const database = options.on ? { url: options.on.database.url, drop: async () => undefined } : await createTestDatabase()
    const statements: Statement[] = []
    const app = await createApp({
      env,
      logger: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
      databaseUrl: database.url,
      ...(options.plans !== undefined && { plans: options.plans }),
      onStatement: (statement) => statements.push(statement),
    })
    const hasher = new PasswordHasher({ pepper: env.PASSWORD_PEPPER, cost: env.BCRYPT_COST })
    return new TestServer(app, env, database, await ClinicFactory.open(database.url), hasher, statements)
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

  /** A client of an account, without going through the password. */
  as(user: User): (query: string, variables?: Record<string, unknown>) => Promise<Answer> {
    const { token } = new AccessTokens(this.env.JWT_SECRET).issue({ userId: user.id, tokenVersion: user.tokenVersion })
    return (query, variables) => this.send(query, variables, token)
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
