import type { JobDeclaration } from './job.js'

/** Every job there is. A late minute is made up for by the next, so nothing is tried often. */
export const JOBS = {
  reminders: { name: 'reminders', cron: '* * * * *', retries: 2 },
  waitlist: { name: 'waitlist', cron: '* * * * *', retries: 0 },
} as const satisfies Record<string, JobDeclaration>
