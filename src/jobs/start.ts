import type { Logger } from 'pino'
import type { Clock } from '../clock.js'
import { WritePool } from '../database/write-pool.js'
import { JOBS } from './registry.js'
import { JobWorker } from './worker.js'
import type { Mailer } from '../mail/mailer.js'
import { ReminderChannel, type ReminderSender } from '../modules/reminders/reminder-channel.js'
import { SmsWebhook } from '../modules/reminders/sms-webhook.js'
import { EmailSender, SmsFolder } from '../modules/reminders/reminder-senders.js'
import { ReminderTable } from '../modules/reminders/reminder-table.js'
import { Reminders } from '../modules/reminders/reminders.js'
import type { OfferingService } from '../modules/waitlist/offering.service.js'

/** What running jobs stands on. */
export interface JobsGround {
  readonly settings: {
    readonly CLINIC_NAME: string
    readonly CLINIC_DATA_DIR: string
    readonly DATABASE_STATEMENT_TIMEOUT_MS: number
    readonly SMS_WEBHOOK_URL?: string | undefined
    readonly SMS_WEBHOOK_SECRET?: string | undefined
  }
  readonly databaseUrl: string
  readonly mailer: Mailer
  /** The link by which whoever gets a reminder wants no more. */
  readonly optOutOf: (reminderId: string) => string
  /** Ends offers of the waitlist that are over, and offers what is free. */
  readonly offering: OfferingService
  readonly clock: Clock
  readonly logger: Logger
}

/** For the statements around reminders, which are short. */
const CONNECTIONS = 2

/** Starts the jobs of this process. Returns what stops them. */
export async function startJobs(ground: JobsGround): Promise<() => Promise<void>> {
  const { settings, databaseUrl, mailer, optOutOf, offering, clock, logger } = ground
  const store = new WritePool({
    connectionString: databaseUrl,
    name: 'clinic-reminders',
    poolMax: CONNECTIONS,
    patienceMs: settings.DATABASE_STATEMENT_TIMEOUT_MS,
  })
  const reminders = new Reminders({
    table: new ReminderTable(store, clock),
    senders: { [ReminderChannel.EMAIL]: new EmailSender(mailer), [ReminderChannel.SMS]: smsSender(settings) },
    clinic: settings.CLINIC_NAME,
    optOutOf,
    clock,
    logger,
  })
  const worker = new JobWorker({ connectionString: databaseUrl, logger })
  await worker.start([
    { ...JOBS.reminders, run: (signal) => reminders.sendDue(signal) },
    { ...JOBS.waitlist, run: () => offering.round() },
  ])
  return async () => {
    await worker.stop()
    await store.close()
  }
}

function smsSender({ SMS_WEBHOOK_URL: url, SMS_WEBHOOK_SECRET: secret, CLINIC_DATA_DIR }: JobsGround['settings']): ReminderSender {
  return url === undefined || secret === undefined ? new SmsFolder(CLINIC_DATA_DIR) : new SmsWebhook({ url, secret })
}
