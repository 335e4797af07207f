/** The schema of the job queue's own tables. */
export const JOBS_SCHEMA = 'jobs'

/** What is known of a job without running it: migrations make its queue from this. */
export interface JobDeclaration {
  readonly name: string
  /** When it runs, as cron writes it, in UTC. */
  readonly cron: string
  /** How often it is tried again when it fails, with growing pauses. */
  readonly retries: number
}

/** A job and what it does. Any instance may run it, and two may run it at the same time. */
export interface Job extends JobDeclaration {
  /** @param signal fires when the process stops: finish what is begun, and begin nothing more */
  readonly run: (signal: AbortSignal) => Promise<void>
}
