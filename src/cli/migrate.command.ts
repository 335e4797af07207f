import type { Command } from 'commander'
import type { WithDatabase } from './context.js'

/** `clinic migrate`: brings the schema up to date, as every start does; for deployments that migrate before they start. */
export function registerMigrateCommand(program: Command, withDatabase: WithDatabase): void {
  program
    .command('migrate')
    .description('Bring the database schema up to date.')
    .action(() =>
      withDatabase(async () => {
        process.stdout.write('The schema is up to date.\n')
      }),
    )
}
