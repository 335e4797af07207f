import { PgBoss } from 'pg-boss'
import pg from 'pg'
import { APP_ROLE } from '../database/app-role.js'
import { JOBS_SCHEMA, type JobDeclaration } from './job.js'

/**
 * Brings the tables of the job queue up to date, as their owner, and makes the queues. pg-boss has migrations of its own and runs them
 * under its own lock. The server's role may use the tables and change nothing about them.
 */
export async function installJobs(ownerUrl: string, jobs: readonly Pick<JobDeclaration, 'name' | 'retries'>[]): Promise<void> {
  const boss = new PgBoss({
    connectionString: ownerUrl,
    schema: JOBS_SCHEMA,
    max: 1,
    supervise: false,
    schedule: false,
    application_name: 'clinic-migrate',
  })
  // What fails here fails the call that needed it.
  boss.on('error', () => undefined)
  await boss.start()
  try {
    for (const { name, retries } of jobs) {
      const options = { retryLimit: retries, retryDelay: RETRY_SECONDS, retryBackoff: true }
      await boss.createQueue(name, { policy: 'short', ...options })
      await boss.updateQueue(name, options)
    }
  } finally {
    await boss.stop({ graceful: false })
  }
  await grant(ownerUrl)
}

/** The first pause before a job that failed is tried again; each further one is about twice as long. */
const RETRY_SECONDS = 10

async function grant(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'clinic-migrate' })
  await client.connect()
  try {
    await client.query(`
      grant usage on schema ${JOBS_SCHEMA} to ${APP_ROLE};
      grant select, insert, update, delete on all tables in schema ${JOBS_SCHEMA} to ${APP_ROLE};
      grant usage on all sequences in schema ${JOBS_SCHEMA} to ${APP_ROLE};
      grant execute on all functions in schema ${JOBS_SCHEMA} to ${APP_ROLE};`)
  } finally {
    await client.end()
  }
}
