import { LockMode, ref, type EntityManager } from '@mikro-orm/postgresql'
import type { Actor } from '../../access/actor.js'
import { AuditAction } from '../../audit/event.js'
import type { Clock } from '../../clock.js'
import type { Transaction, UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { ClinicError, NotFoundError } from '../../graphql/errors.js'
import { isUuid } from '../../graphql/loaders/page.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { digestOf, randomToken } from '../identity/keys.js'
import { CalendarFeed } from './calendar-feed.entity.js'

/** A feed's id, and the address that is known only now. */
export interface IssuedFeed {
  readonly id: string
  readonly url: string
}

/** The addresses of calendar feeds: of doctors for themselves, and of the management for everybody. */
export class CalendarFeedService {
  readonly #work: UnitOfWork
  readonly #clock: Clock
  readonly #base: () => string

  /** @param base the server's address, without a slash at its end */
  constructor(work: UnitOfWork, clock: Clock, base: () => string) {
    this.#work = work
    this.#clock = clock
    this.#base = base
  }

  /** @throws ClinicError `CONFLICT` when the doctor has one */
  create(context: WriteContext, doctorId: string): Promise<IssuedFeed> {
    return this.#issue(context, doctorId, (feed) => {
      if (feed && feed.revokedAt == null) throw new ClinicError('CONFLICT', 'The doctor has a calendar feed: rotate or revoke it.')
    })
  }

  /** Gives the feed a new address; the old one stops working. */
  rotate(context: WriteContext, doctorId: string): Promise<IssuedFeed> {
    return this.#issue(context, doctorId, (feed) => {
      if (!feed || feed.revokedAt != null) throw new NotFoundError()
    })
  }

  /** Closes the feed. Done twice it changes nothing more. Returns its id. */
  revoke(context: WriteContext, doctorId: string): Promise<string> {
    return this.#work.run(context, async (transaction) => {
      const { feed } = await find(transaction, context.actor, doctorId)
      if (!feed) throw new NotFoundError()
      if (feed.revokedAt == null) {
        feed.revokedAt = this.#clock()
        note(transaction, AuditAction.UPDATE, feed, { revoked: true })
      }
      return feed.id
    })
  }

  #issue(context: WriteContext, doctorId: string, check: (feed: CalendarFeed | null) => void): Promise<IssuedFeed> {
    return this.#work.run(context, async (transaction) => {
      const { doctor, feed: known } = await find(transaction, context.actor, doctorId)
      check(known)
      const feed = known ?? new CalendarFeed()
      const token = randomToken()
      feed.doctor = ref(doctor)
      feed.tokenHash = digestOf(token)
      feed.issuedAt = this.#clock()
      feed.revokedAt = null
      transaction.em.persist(feed)
      note(transaction, known ? AuditAction.UPDATE : AuditAction.CREATE, feed, {})
      return { id: feed.id, url: `${this.#base()}/calendar/${token}.ics` }
    })
  }
}

/** The row of the doctor is locked, so that two of these at once follow each other. */
async function find({ em }: { em: EntityManager }, actor: Actor, doctorId: string): Promise<{ doctor: Doctor; feed: CalendarFeed | null }> {
  const mayHave = actor.can('schedules.write') || actor.identity?.doctorId === doctorId.toLowerCase()
  const doctor = mayHave && isUuid(doctorId) ? await em.findOne(Doctor, { id: doctorId }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null
  if (!doctor) throw new NotFoundError()
  return { doctor, feed: await em.findOne(CalendarFeed, { doctor }) }
}

function note({ audit }: Transaction, action: AuditAction, feed: CalendarFeed, facts: Record<string, boolean>): void {
  audit({ action, entity: 'CalendarFeed', entityId: feed.id, facts: { doctorId: feed.doctor.id, ...facts } })
}
