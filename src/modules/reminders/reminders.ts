import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { failureCode, reportError } from '../../error-report.js'
import { addressLine } from '../../database/address.js'
import type { Clock } from '../../clock.js'
import { ReminderChannel, type ReminderMessage, type ReminderSender } from './reminder-channel.js'
import { languageFor, reminderLetter } from './reminder-letters.js'
import { destinationOf, type DueReminder, type ReminderTable } from './reminder-table.js'

/** Taken at a time: those of a process that dies wait for the end of its lease. */
const BATCH = 20
/** Sent at the same time. Whatever is on its way when a process dies may arrive twice, so these are few. */
const AT_ONCE = 4

type Letter = Pick<ReminderMessage, 'subject' | 'text' | 'optOutUrl'>

/** What sending reminders needs. */
export interface RemindersParts {
  readonly table: ReminderTable
  readonly senders: Readonly<Record<ReminderChannel, ReminderSender>>
  readonly clinic: string
  /** The link by which whoever gets a reminder wants no more. */
  readonly optOutOf: (reminderId: string) => string
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Sends what is due (RULES A12). Any number of instances may do so at the same time; what one has left behind is taken up by another. Why
 * this sends once, and what becomes of a crash at each step: `docs/decisions/0006-reminders-sent-once.md`.
 */
export class Reminders {
  readonly #parts: RemindersParts

  constructor(parts: RemindersParts) {
    this.#parts = parts
  }

  /** Sends everything that is due, until there is no more or the signal fires. */
  async sendDue(signal: AbortSignal): Promise<void> {
    const { table } = this.#parts
    await table.findDue()
    const claim = randomUUID()
    while (!signal.aborted) {
      const ids = await table.claim(claim, BATCH)
      if (ids.length === 0) return
      while (ids.length > 0 && !signal.aborted) await Promise.all(ids.splice(0, AT_ONCE).map((id) => this.#send(claim, id)))
    }
  }

  async #send(claim: string, id: string): Promise<void> {
    const { table, senders, clock, logger } = this.#parts
    const due = await table.look(claim, id)
    if (!due) return
    const destination = destinationOf(due, clock())
    if ('skip' in destination) return void (await table.skipped(claim, id, destination.skip))
    try {
      await senders[due.channel].send({ key: id, to: destination.to, ...this.#letter(due) })
    } catch (error) {
      logger.warn({ reminder: id, channel: due.channel, reason: failureCode(reportError(error)) }, 'a reminder could not be sent')
      return void (await table.failed(claim, due))
    }
    await table.sent(claim, id)
  }

  #letter({
    id,
    channel,
    language,
    clinicLanguage,
    startsAt,
    timeZone,
    locationName,
    locationAddress,
    locationPhone,
  }: DueReminder): Letter {
    // A text message has no room for a link, and nobody follows one to a stranger.
    const optOutUrl = channel === ReminderChannel.EMAIL ? this.#parts.optOutOf(id) : null
    const facts = {
      clinic: this.#parts.clinic,
      startsAt,
      timeZone,
      location: [locationName, addressLine(locationAddress)].filter(Boolean).join(', '),
      phone: locationPhone,
      optOutUrl,
    }
    return { ...reminderLetter(languageFor(language, clinicLanguage), facts), optOutUrl }
  }
}
