import { join } from 'node:path'
import { MikroORM } from '@mikro-orm/postgresql'
import type { Logger } from 'pino'
import type { Actor } from './access/actor.js'
import { systemClock, type Clock } from './clock.js'
import { auditPlugin } from './audit/audit-plugin.js'
import { AuditTrail } from './audit/trail.js'
import { APP_ROLE } from './database/app-role.js'
import { pastPooler, pooledLogins } from './database/login-settings.js'
import { MIGRATIONS_PATH } from './database/migrate.js'
import { ormOptions } from './database/orm-options.js'
import { requirePooledSessions } from './database/pooled-sessions.js'
import { ReadDatabase, type Statement } from './database/read-database.js'
import { startup, styleOf } from './database/session-settings.js'
import { keepSweeping } from './database/sweeps.js'
import { WritePool } from './database/write-pool.js'
import type { Env } from './env.js'
import { GraphQLContext, type RequestFacts } from './graphql/context.js'
import { LoaderSession } from './graphql/loaders/session.js'
import { answerPlugin } from './graphql/plan/answer-plugin.js'
import { buildClinicSchema, type Enforcement } from './graphql/schema.js'
import { startHttpServer } from './http/server.js'
import { EventListener } from './live/event-listener.js'
import { LiveHub } from './live/hub.js'
import { LiveService } from './live/live-service.js'
import { startJobs } from './jobs/start.js'
import { Mailer } from './mail/mailer.js'
import { CalendarDownloads } from './modules/calendar/calendar-download.js'
import { IDENTITY_SWEEPS } from './modules/identity/housekeeping.js'
import { BOOKING_SWEEPS } from './modules/scheduling/housekeeping.js'
import { offerWhenFreed } from './modules/waitlist/waitlist.services.js'
import { makeServices } from './services.js'

/** What an app is made of. */
export interface AppOptions {
  readonly env: Env
  readonly logger: Logger
  /** A migrated database. */
  readonly databaseUrl: string
  /** The same as the read path connects to it, when that is another way. */
  readonly readUrl?: string
  /** Sees every statement of the read path; tests count with it. */
  readonly onStatement?: (statement: Statement) => void
  /** `false`: loaders read edge by edge; only tests and benchmarks that compare the two ways change it. */
  readonly plans?: boolean
  /** `false`: reads are not noted; only the benchmark that measures what noting them costs changes it. */
  readonly audit?: boolean
  /** Where the time comes from; tests move it. */
  readonly clock?: Clock
  /** How access rules are enforced; only the test that compares the two ways changes it. */
  readonly enforcement?: Enforcement
}

/** A running server. */
export interface App {
  /** Address without a path. */
  readonly url: string
  /** Token of a link for the first owner; `null` when somebody has an account. */
  readonly newSetUpToken: () => Promise<string | null>
  /** Answers what was started, then stops everything; safe to call again. */
  readonly close: () => Promise<void>
}

/** Counters of sign-ins have connections of their own: guessing must not wait for charts, nor charts for guessing. */
const COUNTER_CONNECTIONS = 3
const COUNTER_PATIENCE_MS = 1000

/** Builds ORM, services, schema and server, and listens. */
export async function createApp(options: AppOptions): Promise<App> {
  const { env, logger, databaseUrl, readUrl = databaseUrl, clock = systemClock } = options
  const style = styleOf(env)
  if (style.pooled) await requirePooledSessions(pooledLogins(env, databaseUrl, readUrl), style)
  const orm = await MikroORM.init(
    ormOptions(databaseUrl, MIGRATIONS_PATH, {
      pool: { min: 0, max: env.DATABASE_POOL_MAX },
      driverOptions: startup({ role: APP_ROLE }, style),
    }),
  )
  const database = new ReadDatabase({
    connectionString: readUrl,
    style,
    poolMax: env.DATABASE_POOL_MAX,
    statementTimeoutMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
    ...(options.onStatement && { onStatement: options.onStatement }),
  })
  // One connection: the trail has at most one call under way.
  const auditPool = new WritePool({
    connectionString: databaseUrl,
    style,
    name: 'clinic-audit',
    poolMax: 1,
    patienceMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
  })
  const trail = new AuditTrail(auditPool)
  const counters = new WritePool({ connectionString: databaseUrl, style, poolMax: COUNTER_CONNECTIONS, patienceMs: COUNTER_PATIENCE_MS })
  const bookings = new WritePool({
    connectionString: databaseUrl,
    style,
    name: 'clinic-bookings',
    poolMax: env.DATABASE_POOL_MAX,
    patienceMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
  })
  const mailer = new Mailer({
    url: env.MAIL_URL,
    from: env.MAIL_FROM,
    mailbox: join(env.CLINIC_DATA_DIR, 'mail'),
    dataDir: env.CLINIC_DATA_DIR,
    logger,
  })
  const hub = new LiveHub()
  // Listening and the queue of jobs take sessions of their own, which a pooler in transaction mode cannot give.
  const directUrl = style.pooled && env.DATABASE_OWNER_URL !== undefined ? pastPooler(env.DATABASE_OWNER_URL, databaseUrl) : databaseUrl
  const listener = new EventListener({ connectionString: directUrl, logger }, hub)
  let stopJobs = async (): Promise<void> => undefined
  const stopSweeping = keepSweeping(counters, clock, [...IDENTITY_SWEEPS, ...BOOKING_SWEEPS])
  let stopOffering = async (): Promise<void> => undefined
  const release = async (): Promise<void> => {
    stopSweeping()
    await stopJobs()
    await stopOffering()
    await listener.stop()
    await mailer.close()
    await counters.close()
    await bookings.close()
    await trail.settled()
    await auditPool.close()
    await database.close()
    await orm.close()
  }
  try {
    let url = ''
    const services = makeServices({
      env,
      em: () => orm.em.fork(),
      database,
      counters,
      bookings,
      mailer,
      clock,
      address: () => env.PUBLIC_URL ?? url,
      statements: () => clinic.statements.builder,
    })
    const { identity } = services
    const calendars = new CalendarDownloads({ database, throttle: identity.throttle, trail, clock, clinic: env.CLINIC_NAME })
    const clinic = buildClinicSchema(orm.getMetadata(), services, options.enforcement)
    const { schema, statements, planner } = clinic
    const contextOf = (request: RequestFacts, actor: Actor): GraphQLContext =>
      new GraphQLContext(
        request,
        actor,
        (as, notes) =>
          new LoaderSession(
            database,
            statements,
            options.plans === false ? null : planner,
            as,
            options.audit === false ? null : notes,
            request.signal,
          ),
      )
    stopOffering = offerWhenFreed(hub, services.waitlist.offering, logger)
    await listener.start()

    const server = await startHttpServer<GraphQLContext>({
      env,
      logger,
      schema,
      plugins: [auditPlugin(trail, logger), ...(options.plans === false ? [] : [answerPlugin(clinic.answers)])],
      createContext: async (request) => contextOf(request, await identity.authenticator.actorOf(request)),
      live: new LiveService({
        clinic,
        hub,
        accounts: identity.accounts,
        authenticator: identity.authenticator,
        trail,
        clock,
        logger,
        contextOf,
      }),
      isStranger: ({ actor }) => !actor.signedIn,
      userId: ({ actor }) => actor.identity?.userId,
      board: (token) => services.queue.board.ofToken(token),
      optOuts: {
        holds: (token) => services.optOuts.holds(token),
        optOut: async (token, request) => {
          const done = await services.optOuts.optOut(token, request)
          // Its event is durable in the outbox; it may as well stand in the trail at once.
          await trail.append([]).catch((error: unknown) => logger.error({ err: error }, 'the audit trail could not be written'))
          return done
        },
      },
      calendarOf: (token, request) => calendars.calendarOf(token, request),
      readiness: async () => ({ database: await database.ping() }),
    })
    url = server.url
    if (env.RUN_JOBS)
      stopJobs = await startJobs({
        settings: env,
        databaseUrl: directUrl,
        mailer,
        optOutOf: (id) => services.optOuts.linkOf(id),
        offering: services.waitlist.offering,
        clock,
        logger,
      })
    // Events that a process left in the outbox when it was killed, and those of commands.
    await trail.append([]).catch((error: unknown) => logger.error({ err: error }, 'the audit trail could not be written'))
    let closing: Promise<void> | undefined
    return { url, newSetUpToken: () => identity.setUp.newToken(), close: () => (closing ??= server.close().then(release)) }
  } catch (error) {
    await release()
    throw error
  }
}
