import type { EntityManager } from '@mikro-orm/postgresql'
import { waitlistOfferLetter } from '../../mail/letters.js'
import type { Mailer } from '../../mail/mailer.js'

interface LetterFacts {
  readonly email: string | null
  readonly location: string
  readonly zone: string
  readonly starts: string
  readonly expires: string
}

/** Tells patients of offers by mail: when and where, never with whom or for what. */
export class OfferLetters {
  readonly #mailer: Mailer
  readonly #em: () => EntityManager
  readonly #clinic: string
  readonly #frontEnd: () => string

  /** @param frontEnd address where patients sign in */
  constructor(mailer: Mailer, em: () => EntityManager, clinic: string, frontEnd: () => string) {
    this.#mailer = mailer
    this.#em = em
    this.#clinic = clinic
    this.#frontEnd = frontEnd
  }

  /** Sends the letter about an offer that is written, without anybody waiting for it. Who has no address is called by the desk. */
  post(offerId: string): void {
    this.#mailer.inBackground(async () => {
      const [facts] = await this.#em().execute<LetterFacts[]>(
        `select p.email, l.name as location, l.time_zone as zone, extract(epoch from o.starts_at)::text as starts, extract(epoch from o.expires_at)::text as expires
         from waitlist_offer o join waitlist_entry e on e.id = o.entry_id join patient p on p.id = e.patient_id join location l on l.id = o.location_id
         where o.id = ?`,
        [offerId],
      )
      if (!facts || facts.email === null) return
      const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: facts.zone })
      const written = (seconds: string): string => format.format(new Date(Number(seconds) * 1000))
      const text = { when: written(facts.starts), where: facts.location, until: written(facts.expires), link: this.#frontEnd() }
      await this.#mailer.send({ to: facts.email, ...waitlistOfferLetter(this.#clinic, text) })
    })
  }
}
