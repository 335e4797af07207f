import { join } from 'node:path'
import { MikroORM } from '@mikro-orm/postgresql'
import type { Logger } from 'pino'
import type { Actor } from './access/actor.js'
import { systemClock, type Clock } from './clock.js'
import { auditPlugin } from './audit/audit-plugin.js'
import { writeToOutbox } from './audit/outbox.js'
import { AuditTrail } from './audit/trail.js'
import { AS_APP_ROLE } from './database/app-role.js'
import { MIGRATIONS_PATH } from './database/migrate.js'
import { ormOptions } from './database/orm-options.js'
import { ReadDatabase, type Statement } from './database/read-database.js'
import { UnitOfWork } from './database/unit-of-work.js'
import { keepSweeping } from './database/sweeps.js'
import { WritePool } from './database/write-pool.js'
import type { Env } from './env.js'
import { GraphQLContext, type RequestFacts } from './graphql/context.js'
import { RowReach } from './graphql/loaders/reach.js'
import { LoaderSession } from './graphql/loaders/session.js'
import { answerPlugin } from './graphql/plan/answer-plugin.js'
import { buildClinicSchema, type Enforcement } from './graphql/schema.js'
import type { Services } from './graphql/services.js'
import { startHttpServer } from './http/server.js'
import { EventListener } from './live/event-listener.js'
import { LiveHub } from './live/hub.js'
import { LiveService } from './live/live-service.js'
import { BreakGlassService } from './modules/break-glass/break-glass.service.js'
import { DoctorService } from './modules/doctors/doctor.service.js'
import { breakGlassLetter } from './mail/letters.js'
import { startJobs } from './jobs/start.js'
import { Mailer } from './mail/mailer.js'
import { CalendarDownloads } from './modules/calendar/calendar-download.js'
import { CalendarFeedService } from './modules/calendar/calendar-feed.service.js'
import { IDENTITY_SWEEPS } from './modules/identity/housekeeping.js'
import { makeIdentityServices } from './modules/identity/identity.services.js'
import { PasswordHasher } from './modules/identity/password.js'
import { LocationService } from './modules/locations/location.service.js'
import { makeMergingServices } from './modules/merging/merging.services.js'
import { NoticeService } from './modules/notices/notice.service.js'
import { makePatientServices } from './modules/patients/patients.services.js'
import { ProxyService } from './modules/proxies/proxy.service.js'
import { ReminderPreferenceService } from './modules/reminders/reminder-preference.service.js'
import { makeQueueServices } from './modules/queue/queue.services.js'
import { BOOKING_SWEEPS } from './modules/scheduling/housekeeping.js'
import { makeSchedulingServices } from './modules/scheduling/scheduling.services.js'
import { makeScheduleServices } from './modules/schedules/schedules.services.js'
import { Availability } from './modules/scheduling/availability.js'
import { SlotService } from './modules/scheduling/slot.service.js'
import { PriceListService } from './modules/services/price-list.service.js'
import { SettingsService } from './modules/settings/settings.service.js'
import { makeWaitlistServices, offerWhenFreed } from './modules/waitlist/waitlist.services.js'
import { ClosedAccountOpener } from './modules/staff/account-opener.js'
import { StaffService } from './modules/staff/staff.service.js'

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
  const { env, logger, databaseUrl, clock = systemClock } = options
  const orm = await MikroORM.init(
    ormOptions(databaseUrl, MIGRATIONS_PATH, { pool: { min: 0, max: env.DATABASE_POOL_MAX }, driverOptions: { options: AS_APP_ROLE } }),
  )
  const database = new ReadDatabase({
    connectionString: databaseUrl,
    poolMax: env.DATABASE_POOL_MAX,
    statementTimeoutMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
    ...(options.onStatement && { onStatement: options.onStatement }),
  })
  // One connection: the trail has at most one call under way.
  const auditPool = new WritePool({
    connectionString: databaseUrl,
    name: 'clinic-audit',
    poolMax: 1,
    patienceMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
  })
  const trail = new AuditTrail(auditPool)
  const counters = new WritePool({ connectionString: databaseUrl, poolMax: COUNTER_CONNECTIONS, patienceMs: COUNTER_PATIENCE_MS })
  const bookings = new WritePool({
    connectionString: databaseUrl,
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
  const listener = new EventListener({ connectionString: databaseUrl, logger }, hub)
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
    const hasher = new PasswordHasher({ pepper: env.PASSWORD_PEPPER, cost: env.BCRYPT_COST })
    const em = () => orm.em.fork()
    const work = new UnitOfWork(em, writeToOutbox)
    let url = ''
    const frontEnd = (): string => env.APP_URL ?? env.PUBLIC_URL ?? url
    const identity = makeIdentityServices({ settings: env, database, counters, unitOfWork: work, em, mailer, clock, frontEnd })
    const { accounts } = identity
    const reach = new RowReach(() => clinic.statements.builder)
    const forget = (userId: string): void => accounts.forget(userId)
    const forgetAll = (): void => accounts.forgetAll()
    const notices = new NoticeService(work, reach, (_kind, to) =>
      mailer.inBackground(() => mailer.send({ to, ...breakGlassLetter(env.CLINIC_NAME) })),
    )
    const availability = new Availability(database, clock)
    const patients = makePatientServices(work, reach, clock)
    const services: Services = {
      identity,
      staff: new StaffService(work, new ClosedAccountOpener(hasher), forget),
      locations: new LocationService(work, reach),
      doctors: new DoctorService(work, forgetAll),
      priceList: new PriceListService(work, reach),
      schedules: makeScheduleServices({ work, reach, database, availability, clock }),
      slots: new SlotService(availability, clock),
      settings: new SettingsService(work, forgetAll),
      proxies: new ProxyService(work, reach, forget),
      breakGlass: new BreakGlassService(work, reach, notices),
      notices,
      reminders: new ReminderPreferenceService(work, reach),
      calendarFeeds: new CalendarFeedService(work, clock, () => env.PUBLIC_URL ?? url),
      waitlist: makeWaitlistServices({ work, reach, em, reads: database, availability, clock, mailer, clinic: env.CLINIC_NAME, frontEnd }),
      queue: makeQueueServices({ work, reach, database, clock, address: () => env.PUBLIC_URL ?? url }),
      scheduling: makeSchedulingServices({
        work,
        reach,
        em,
        reads: database,
        availability,
        statements: () => clinic.statements.builder,
        clock,
        atOnce: bookings,
      }),
      patients,
      merging: makeMergingServices(work, reach, patients.duplicates, clock, forgetAll),
    }
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
      live: new LiveService({ clinic, hub, accounts, authenticator: identity.authenticator, trail, clock, logger, contextOf }),
      isStranger: ({ actor }) => !actor.signedIn,
      userId: ({ actor }) => actor.identity?.userId,
      board: (token) => services.queue.board.ofToken(token),
      calendarOf: (token, request) => calendars.calendarOf(token, request),
      readiness: async () => ({ database: await database.ping() }),
    })
    url = server.url
    if (env.RUN_JOBS)
      stopJobs = await startJobs({ settings: env, databaseUrl, mailer, offering: services.waitlist.offering, clock, logger })
    // Events that a process left in the outbox when it was killed, and those of commands.
    await trail.append([]).catch((error: unknown) => logger.error({ err: error }, 'the audit trail could not be written'))
    let closing: Promise<void> | undefined
    return { url, newSetUpToken: () => identity.setUp.newToken(), close: () => (closing ??= server.close().then(release)) }
  } catch (error) {
    await release()
    throw error
  }
}
