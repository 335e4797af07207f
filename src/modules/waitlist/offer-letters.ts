import type { EntityManager } from '@mikro-orm/postgresql'
import { after, MINUTE, type Clock } from '../../clock.js'
import { waitlistOfferLetter } from '../../mail/letters.js'
import type { Mailer } from '../../mail/mailer.js'

interface LetterFacts {
  readonly email: string | null
  readonly location: string
  readonly zone: string
  readonly starts: string
  readonly expires: string
}

/** What letters of offers need. */
export interface OfferLettersParts {
  readonly mailer: Mailer
  readonly em: () => EntityManager
  readonly clock: Clock
  /** Name of the clinic. */
  readonly clinic: string
  /** Address where patients sign in. */
  readonly frontEnd: () => string
}

/** A letter that has not left by then is sent by the next round: whoever was to send it has died, or the mail server was away. */
export const LETTER_LEASE_MS = 2 * MINUTE
/** Sent again in one round. */
const MOST_AGAIN = 50

const FACTS = `
  select p.email, l.name as location, l.time_zone as zone, extract(epoch from o.starts_at)::text as starts, extract(epoch from o.expires_at)::text as expires
  from waitlist_offer o join waitlist_entry e on e.id = o.entry_id join patient p on p.id = e.patient_id join location l on l.id = o.location_id
  where o.id = ? and o.state = 'OPEN'`

/** Of offers that nobody has answered yet, and for a time: whoever takes one and dies has it taken over by another. */
const TAKE_DUE = `
  update waitlist_offer set letter_due_at = ? where id in (
    select id from waitlist_offer where letter_due_at <= ? and state = 'OPEN' and expires_at > ? order by letter_due_at limit ${MOST_AGAIN} for update skip locked)
  returning id`

/**
 * Tells patients of offers by mail: when and where, never with whom or for what. A letter is owed from the moment that the offer is written,
 * in the same transaction, until it has left. The same letter has the same Message-ID, should it leave twice.
 */
export class OfferLetters {
  readonly #parts: OfferLettersParts

  constructor(parts: OfferLettersParts) {
    this.#parts = parts
  }

  /** Sends the letter about an offer that is written, without anybody waiting for it. Who has no address is called by the desk. */
  post(offerId: string): void {
    this.#parts.mailer.inBackground(() => this.#send(offerId))
  }

  /**
   * Sends what should have left by now.
   * @throws the first failure, when all others have left
   */
  async postDue(): Promise<void> {
    const { em, clock } = this.#parts
    const now = clock()
    const due = await em().execute<{ id: string }[]>(TAKE_DUE, [after(now, LETTER_LEASE_MS), now, now])
    const sent = await Promise.allSettled(due.map(({ id }) => this.#send(id)))
    const failed = sent.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  async #send(offerId: string): Promise<void> {
    const { em, mailer, clinic, frontEnd } = this.#parts
    const [facts] = await em().execute<LetterFacts[]>(FACTS, [offerId])
    if (facts && facts.email !== null) {
      const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: facts.zone })
      const written = (seconds: string): string => format.format(new Date(Number(seconds) * 1000))
      const text = { when: written(facts.starts), where: facts.location, until: written(facts.expires), link: frontEnd() }
      await mailer.send({ to: facts.email, ...waitlistOfferLetter(clinic, text), key: `offer-${offerId}` })
    }
    await em().execute('update waitlist_offer set letter_due_at = null where id = ?', [offerId])
  }
}
