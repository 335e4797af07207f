import { Command } from 'commander'
import { registerAuditCommand } from './cli/audit.command.js'
import { registerCreateOwnerCommand } from './cli/create-owner.command.js'
import { registerSeedCommand } from './cli/seed.command.js'
import { registerImportCommand } from './cli/import.command.js'
import { registerJobsCommand } from './cli/jobs.command.js'
import { registerMigrateCommand } from './cli/migrate.command.js'
import type { WithDatabase } from './cli/context.js'
import { prepareDatabase } from './database/prepare.js'
import { EmbeddedPostgresError } from './database/embedded/error.js'
import { DatabaseUnusableError } from './database/migrate.js'
import { EnvError, loadEnv } from './env.js'
import { PasswordHasher } from './modules/identity/password.js'
import { createSteps } from './terminal/progress.js'

/** A command works beside a running server on the server's database, or starts the database for itself. */
const withDatabase: WithDatabase = async (use) => {
  const env = loadEnv()
  const { ownerUrl: url, release } = await prepareDatabase(env, { onStep: createSteps(process.stderr).run, whenBusy: 'join' })
  try {
    return await use({ url, env, hasher: new PasswordHasher({ pepper: env.PASSWORD_PEPPER, cost: env.BCRYPT_COST }) })
  } finally {
    await release()
  }
}

const program = new Command('clinic').description('Commands of the clinic backend.').showHelpAfterError()
registerMigrateCommand(program, withDatabase)
registerCreateOwnerCommand(program, withDatabase)
registerSeedCommand(program, withDatabase)
registerImportCommand(program, withDatabase)
registerAuditCommand(program, withDatabase)
registerJobsCommand(program, withDatabase)

program.parseAsync().catch((error: unknown) => {
  const known = [EnvError, EmbeddedPostgresError, DatabaseUnusableError].some((kind) => error instanceof kind)
  process.stderr.write(`${known && error instanceof Error ? error.message : String(error instanceof Error ? error.stack : error)}\n`)
  process.exitCode = 1
})
