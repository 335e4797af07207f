import { PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import { AS_APP_ROLE } from '../database/app-role.js'
import { failureCode, reportError } from '../error-report.js'
import { JOBS_SCHEMA, type Job } from './job.js'

/** How jobs are run. */
export interface WorkerOptions {
  /** A migrated database. */
  readonly connectionString: string
  readonly logger: Logger
}

const POLL_SECONDS = 5
const CONNECTIONS = 2
/** How long running jobs may take to come to a good end when the process stops. */
const PATIENCE_MS = 5_000

/**
 * Runs jobs from the queue in the database, which all instances share: each run of a job is taken by one of them. When a process dies, its
 * runs are given to others after a while, so a job must be able to begin anew (see `docs/decisions/0006-reminders-sent-once.md`).
 */
export class JobWorker {
  readonly #options: WorkerOptions
  readonly #boss: PgBoss
  readonly #stopping = new AbortController()

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#boss = new PgBoss({
      connectionString: options.connectionString,
      schema: JOBS_SCHEMA,
      application_name: 'clinic-jobs',
      options: AS_APP_ROLE,
      max: CONNECTIONS,
      // Tables and queues are made by migrations, as their owner.
      migrate: false,
      createSchema: false,
      reindex: false,
      monitorVacuum: false,
      cronWorkerIntervalSeconds: POLL_SECONDS,
    })
    this.#boss.on('error', (error) => options.logger.warn({ err: error }, 'the job queue has a problem'))
  }

  /** Begins to take jobs, and sees to it that they come at their times. */
  async start(jobs: readonly Job[]): Promise<void> {
    await this.#boss.start()
    for (const job of jobs) {
      await this.#boss.schedule(job.name, job.cron, null, { tz: 'UTC' })
      await this.#boss.work(job.name, { pollingIntervalSeconds: POLL_SECONDS, batchSize: 1 }, () => this.#run(job))
    }
  }

  /** Takes no more jobs, and waits for running ones. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#boss.stop({ graceful: true, timeout: PATIENCE_MS })
  }

  async #run(job: Job): Promise<void> {
    const { logger } = this.#options
    const started = performance.now()
    const failure = await job.run(this.#stopping.signal).then(
      () => null,
      (error: unknown) => ({ error }),
    )
    if (failure) {
      logger.error({ err: failure.error, job: job.name }, 'a job failed')
      // What pg-boss is thrown it keeps in its tables, message, cause and all: so it is told the code alone, for `clinic jobs`.
      throw Object.assign(new Error('failed; the log says why'), { code: failureCode(reportError(failure.error)) })
    }
    logger.debug({ job: job.name, ms: Math.round(performance.now() - started) }, 'job')
  }
}
