import { createApp } from './app.js'
import { prepareDatabase } from './database/prepare.js'
import { EmbeddedPostgresError } from './database/embedded/error.js'
import { DatabaseUnusableError } from './database/migrate.js'
import { EnvError, loadEnv, type Env } from './env.js'
import { ListenError } from './http/listen.js'
import { createLogger } from './logging.js'
import { createDemoClinic, DEMO_PATIENTS, demoAccountsExist, isClinicEmpty } from './modules/demo/demo-clinic.js'
import { PasswordHasher } from './modules/identity/password.js'
import { installSignalHandlers } from './process/signals.js'
import { createSteps, type Steps } from './terminal/progress.js'
import { setUpNotice, welcome } from './terminal/welcome.js'

/** What a person at the terminal can mend; anything else is a bug and is shown whole. */
const FOR_THE_OPERATOR = [EnvError, EmbeddedPostgresError, DatabaseUnusableError, ListenError]

async function start(): Promise<void> {
  const env = loadEnv()
  const logger = createLogger(env)
  const steps = createSteps(process.stderr)
  const release: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const step of release.splice(0).toReversed()) await step()
  }
  // From here on a signal undoes what has been started so far.
  installSignalHandlers({ close, logger, deadlineMs: env.SHUTDOWN_GRACE_MS + 10_000 })
  try {
    const database = await prepareDatabase(env, {
      onStep: steps.run,
      onCrash: ({ restarted }) => {
        logger.error({ restarted }, 'the embedded PostgreSQL ended by itself')
        if (!restarted)
          throw new EmbeddedPostgresError('The embedded PostgreSQL keeps ending. See postgres/postgres.log in the data folder.')
      },
    })
    release.push(database.release)
    await demo(env, database.ownerUrl, steps)
    const app = await steps.run('Starting the server', () =>
      createApp({ env, logger, databaseUrl: database.url, readUrl: database.readUrl }),
    )
    release.push(app.close)
    logger.info({ url: app.url }, 'listening')
    const setUp = await app.newSetUpToken()
    if (setUp !== null) process.stdout.write(setUpNotice(env.APP_URL ?? env.PUBLIC_URL ?? app.url, setUp))
    if (env.NODE_ENV !== 'production') process.stdout.write(welcome(app.url, env, await demoAccountsExist(database.url)))
  } catch (error) {
    await close()
    throw error
  }
}

/** In development an empty clinic is filled with a demo; in production one with its public password must not be served. */
async function demo(env: Env, url: string, steps: Steps): Promise<void> {
  if (env.NODE_ENV === 'production' && (await demoAccountsExist(url))) {
    throw new DatabaseUnusableError(
      'This database has the accounts of the demo clinic, whose password is public. Use another database, or delete them.',
    )
  }
  if (!env.DEMO || !(await isClinicEmpty(url))) return
  const hasher = new PasswordHasher({ pepper: env.PASSWORD_PEPPER, cost: env.BCRYPT_COST })
  await steps.run(`Creating the demo clinic (${DEMO_PATIENTS} patients)`, () => createDemoClinic({ url, hasher }))
}

start().catch((error: unknown) => {
  const known = FOR_THE_OPERATOR.some((kind) => error instanceof kind)
  process.stderr.write(`${known && error instanceof Error ? error.message : String(error instanceof Error ? error.stack : error)}\n`)
  process.exit(1)
})
