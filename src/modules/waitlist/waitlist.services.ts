import type { EntityManager } from '@mikro-orm/postgresql'
import type { Logger } from 'pino'
import type { Clock } from '../../clock.js'
import type { ReadDatabase } from '../../database/read-database.js'
import type { UnitOfWork } from '../../database/unit-of-work.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import type { LiveHub } from '../../live/hub.js'
import type { Mailer } from '../../mail/mailer.js'
import type { Availability } from '../scheduling/availability.js'
import { OfferLetters } from './offer-letters.js'
import { OfferService } from './offer.service.js'
import { OfferingService } from './offering.service.js'
import { WaitlistService } from './waitlist.service.js'

/** Use cases of the waitlist. */
export interface WaitlistServices {
  readonly entries: WaitlistService
  readonly offers: OfferService
  readonly offering: OfferingService
}

/** What the waitlist stands on. */
export interface WaitlistGround {
  readonly work: UnitOfWork
  readonly reach: RowReach
  readonly em: () => EntityManager
  readonly reads: ReadDatabase
  readonly availability: Availability
  readonly clock: Clock
  readonly mailer: Mailer
  /** Name of the clinic, for letters. */
  readonly clinic: string
  /** Address of the front end where patients sign in. */
  readonly frontEnd: () => string
}

/** Puts the waitlist together. */
export function makeWaitlistServices(ground: WaitlistGround): WaitlistServices {
  const { work, reach, em, clock, mailer, clinic, frontEnd } = ground
  const letters = new OfferLetters({ mailer, em, clock, clinic, frontEnd })
  return {
    entries: new WaitlistService(work, reach, clock),
    offers: new OfferService({ ...ground, letters }),
    offering: new OfferingService({ ...ground, letters }),
  }
}

/**
 * Offers times as soon as they become free. A round that fails, or that this process dies in, is made up for by the next one.
 * @returns what ends it, and waits for the round that is under way
 */
export function offerWhenFreed(hub: LiveHub, offering: OfferingService, logger: Logger): () => Promise<void> {
  const freed = hub.join({ kind: 'waitlist', ids: {} })
  const listen = async (): Promise<void> => {
    while ((await freed.next()) !== null)
      await offering.round().catch((error: unknown) => logger.warn({ err: error }, 'the waitlist could not be offered what is free'))
  }
  void listen()
  return async () => {
    hub.leave(freed)
    await offering.stop()
  }
}
