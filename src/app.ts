import { MikroORM } from '@mikro-orm/postgresql'
import type { Logger } from 'pino'
import { STRANGER, type Actor } from './access/actor.js'
import { MIGRATIONS_PATH } from './database/migrate.js'
import { ormOptions } from './database/orm-options.js'
import { ReadDatabase, type Statement } from './database/read-database.js'
import type { Env } from './env.js'
import { GraphQLContext } from './graphql/context.js'
import { UnauthenticatedError } from './graphql/errors.js'
import { LoaderSession } from './graphql/loaders/session.js'
import { buildClinicSchema, type Enforcement } from './graphql/schema.js'
import { startHttpServer } from './http/server.js'
import { Accounts } from './modules/identity/accounts.js'
import { PasswordHasher } from './modules/identity/password.js'
import { SignInService } from './modules/identity/sign-in.service.js'
import { AccessTokens } from './modules/identity/tokens.js'

/** What an app is made of. */
export interface AppOptions {
  readonly env: Env
  readonly logger: Logger
  /** A migrated database. */
  readonly databaseUrl: string
  /** Sees every statement of the read path; tests count with it. */
  readonly onStatement?: (statement: Statement) => void
  /** `false`: loaders read edge by edge; only tests and benchmarks that compare the two ways change it. */
  readonly plans?: boolean
  /** How access rules are enforced; only the test that compares the two ways changes it. */
  readonly enforcement?: Enforcement
}

/** A running server. */
export interface App {
  /** Address without a path. */
  readonly url: string
  /** Answers what was started, then stops everything; safe to call again. */
  readonly close: () => Promise<void>
}

/** Builds ORM, services, schema and server, and listens. */
export async function createApp(options: AppOptions): Promise<App> {
  const { env, logger, databaseUrl } = options
  const orm = await MikroORM.init(ormOptions(databaseUrl, MIGRATIONS_PATH, { pool: { min: 0, max: env.DATABASE_POOL_MAX } }))
  const database = new ReadDatabase({
    connectionString: databaseUrl,
    poolMax: env.DATABASE_POOL_MAX,
    statementTimeoutMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
    ...(options.onStatement && { onStatement: options.onStatement }),
  })
  const release = async (): Promise<void> => {
    await database.close()
    await orm.close()
  }
  try {
    const accounts = new Accounts(database)
    const tokens = new AccessTokens(env.JWT_SECRET)
    const hasher = new PasswordHasher({ pepper: env.PASSWORD_PEPPER, cost: env.BCRYPT_COST })
    const signIn = new SignInService(accounts, hasher, tokens, () => orm.em.fork())
    const { schema, statements, planner } = buildClinicSchema(orm.getMetadata(), { signIn }, options.enforcement)

    const server = await startHttpServer<GraphQLContext>({
      env,
      logger,
      schema,
      createContext: async (request) => {
        const actor = await actorOf(request.bearerToken, tokens, accounts)
        return new GraphQLContext(
          request,
          actor,
          (as) => new LoaderSession(database, statements, options.plans === false ? null : planner, as, request.signal),
        )
      },
      isStranger: ({ actor }) => !actor.signedIn,
      userId: ({ actor }) => actor.identity?.userId,
      readiness: async () => ({ database: await database.ping() }),
    })
    let closing: Promise<void> | undefined
    return { url: server.url, close: () => (closing ??= server.close().then(release)) }
  } catch (error) {
    await release()
    throw error
  }
}

/** No token: a stranger. A token that does not hold is refused outright, so that a client learns of it at once. */
async function actorOf(token: string | undefined, tokens: AccessTokens, accounts: Accounts): Promise<Actor> {
  if (token === undefined) return STRANGER
  const claims = tokens.read(token)
  const actor = claims && (await accounts.actorOf(claims))
  if (!actor) throw new UnauthenticatedError('The access token is not valid or has ended. Sign in again.')
  return actor
}
