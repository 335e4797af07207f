import { LockMode, type EntityManager } from '@mikro-orm/postgresql'
import { after, MINUTE, type Clock } from '../../clock.js'
import { requireVersion, type Transaction, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ClinicError, NotFoundError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { accountOf, capacityFor } from '../scheduling/booking/capacity.js'
import { BookingConflict, conflictOfError } from '../scheduling/booking/conflicts.js'
import type { Draft } from '../scheduling/booking/draft.js'
import { retried } from '../scheduling/booking/retried.js'
import { bookingOf, findTime } from '../scheduling/booking/take-time.js'
import { writeBookings } from '../scheduling/booking/write-bookings.js'
import { makeOffer } from './make-offer.js'
import { draftOffer, type DraftParts } from './offer-draft.js'
import type { OfferLetters } from './offer-letters.js'
import { offerEndsAt } from './offer-time.js'
import { WaitlistEntry } from './waitlist-entry.entity.js'
import { WaitlistOffer } from './waitlist-offer.entity.js'
import { OfferStatus, WaitlistStatus } from './waitlist-status.js'
import { endOffer, moveEntry } from './waitlist-step.js'
import type { OfferSlotInput } from './waitlist.inputs.js'

/** What answering stands on. */
export interface OfferParts extends DraftParts {
  readonly work: UnitOfWork
  readonly reach: RowReach
  readonly em: () => EntityManager
  readonly clock: Clock
  readonly letters: OfferLetters
}

/** An offer, and whom it is for: the row of an offer names nobody, and whoever shows it notes for the trail whose it is. */
export interface PatientOffer {
  readonly id: string
  readonly patientId: string
}

/** What became of an acceptance. */
export type Accepted = { readonly appointmentId: string } | { readonly ended: PatientOffer }

const MOST_KEPT_MINUTES = 2 * 24 * 60

/** Offers: made by the desk, accepted and declined by who waits, or by the desk for them (RULES A10). */
export class OfferService {
  readonly #parts: OfferParts

  constructor(parts: OfferParts) {
    this.#parts = parts
  }

  /**
   * Offers a time by hand, out of turn when need be.
   *
   * @returns the offer
   * @throws ClinicError `CONFLICT` when the time is not free, with what stands against it
   */
  async offer(context: WriteContext, input: OfferSlotInput): Promise<PatientOffer> {
    const { work, reach, em, clock, letters } = this.#parts
    const { keptMinutes, startsAt } = input
    const checks = new InputChecks()
    checks.require(
      keptMinutes == null || (keptMinutes >= 5 && keptMinutes <= MOST_KEPT_MINUTES),
      'keptMinutes',
      'must be between 5 and 2880',
    )
    checks.done()
    const now = clock()
    const expiresAt = keptMinutes == null ? offerEndsAt(now, startsAt) : after(now, keptMinutes * MINUTE)
    if (expiresAt === null || expiresAt > startsAt)
      throw new BadUserInputError([{ field: 'input.startsAt', message: 'is too soon to wait for an answer: book it instead' }])
    await reach.require(em(), context.actor, WaitlistEntry, input.entryId)
    const wish = await em().findOneOrFail(WaitlistEntry, { id: input.entryId })
    const visit = { patientId: wish.patient.id, serviceId: wish.service?.id ?? null, minutes: wish.minutes ?? null, roomId: null }
    const draft = await draftOffer(this.#parts, { ...visit, doctorId: input.doctorId, locationId: wish.location?.id ?? null, startsAt })
    if (typeof draft === 'string') throw new ClinicError('CONFLICT', 'The doctor cannot be booked then.', { reason: draft })
    const id = await retried(() =>
      work.run(context, async (transaction) => {
        const entry = await transaction.em.findOneOrFail(WaitlistEntry, { id: wish.id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
        requireVersion(entry, input.version)
        if (entry.status !== WaitlistStatus.WAITING) throw new ClinicError('INVALID_TRANSITION')
        const offer = await makeOffer(transaction, entry, draft, { at: now, userId: accountOf(context.actor), expiresAt, freedTime: null })
        if (typeof offer === 'string') throw taken(offer)
        await transaction.em.flush()
        await reach.require(transaction.em, context.actor, WaitlistOffer, offer.id)
        return offer.id
      }),
    )
    letters.post(id)
    return { id, patientId: wish.patient.id }
  }

  /**
   * Takes an offer: the appointment is booked. Taken twice it is booked once.
   *
   * @returns the appointment; or that the offer has ended, by the clock or because the time cannot be had any more
   * @throws ClinicError `CONFLICT` when the patient has another appointment then; the offer stays open
   */
  async accept(context: WriteContext, id: string): Promise<Accepted> {
    const { work, em, clock } = this.#parts
    const known = await this.#reached(em(), context, id)
    const offered = await em().findOneOrFail(WaitlistOffer, { id: known.offerId }, { populate: ['entry'] })
    const draft = await this.#draftOf(offered)
    try {
      return await retried(() =>
        work.run(context, async (transaction) => {
          const { offer, entry } = await locked(transaction, known.offerId, known.entryId)
          if (offer.state === OfferStatus.ACCEPTED && offer.appointment) return { appointmentId: offer.appointment.id }
          const at = clock()
          if (offer.state !== OfferStatus.OPEN) return { ended: { id: offer.id, patientId: entry.patient.id } }
          if (offer.expiresAt <= at) return this.#end(transaction, context, { offer, entry }, OfferStatus.EXPIRED, at)
          if (draft === null) return this.#end(transaction, context, { offer, entry }, OfferStatus.WITHDRAWN, at)
          return this.#book(transaction, context, { offer, entry }, draft, at)
        }),
      )
    } catch (error) {
      const conflict = conflictOfError(error)
      throw conflict === null ? error : taken(conflict)
    }
  }

  /** Declines an offer; who declines waits on, and the time is offered to the next. */
  async decline(context: WriteContext, id: string, reason: string | null | undefined): Promise<PatientOffer> {
    const checks = new InputChecks()
    const said = checks.optionalText('reason', reason, { most: 500 }) ?? null
    checks.done()
    const known = await this.#reached(this.#parts.em(), context, id)
    return this.#parts.work.run(context, async (transaction) => {
      const { offer, entry } = await locked(transaction, known.offerId, known.entryId)
      const at = this.#parts.clock()
      const declined = { id: offer.id, patientId: entry.patient.id }
      if (offer.state === OfferStatus.DECLINED) return declined
      if (offer.state !== OfferStatus.OPEN) throw new ClinicError('INVALID_TRANSITION', 'The offer has ended.')
      await endOffer(transaction, { offer, entry }, OfferStatus.DECLINED, at)
      moveEntry(transaction, entry, WaitlistStatus.WAITING, { at, userId: accountOf(context.actor), reason: said })
      return declined
    })
  }

  async #book(
    transaction: Transaction,
    context: WriteContext,
    { offer, entry }: { offer: WaitlistOffer; entry: WaitlistEntry },
    draft: Draft,
    now: Date,
  ): Promise<Accepted> {
    const { em } = transaction
    const userId = accountOf(context.actor)
    const holdId = offer.hold?.id ?? null
    const found = await findTime(transaction, [draft], { userId, now, request: null, mostOpenBookings: null, holdId })
    if ('answeredBy' in found) throw new Error('there is no request to answer')
    const booking = bookingOf(draft, found.times)
    if (booking === BookingConflict.PATIENT) throw taken(booking)
    if (typeof booking === 'string') return this.#end(transaction, context, { offer, entry }, OfferStatus.WITHDRAWN, now)
    await writeBookings(transaction, [booking], { userId, now, holds: found.holds })
    offer.appointment = em.getReference(Appointment, booking.id, { wrapped: true })
    await endOffer(transaction, { offer, entry }, OfferStatus.ACCEPTED, now)
    moveEntry(transaction, entry, WaitlistStatus.BOOKED, { at: now, userId })
    if (offer.freedTime) (await offer.freedTime.loadOrFail()).closedAt = now
    await em.flush()
    await this.#parts.reach.require(em, context.actor, Appointment, booking.id)
    return { appointmentId: booking.id }
  }

  async #end(
    transaction: Transaction,
    context: WriteContext,
    { offer, entry }: { offer: WaitlistOffer; entry: WaitlistEntry },
    state: OfferStatus.EXPIRED | OfferStatus.WITHDRAWN,
    at: Date,
  ): Promise<Accepted> {
    await endOffer(transaction, { offer, entry }, state, at)
    moveEntry(transaction, entry, WaitlistStatus.WAITING, { at, userId: accountOf(context.actor) })
    return { ended: { id: offer.id, patientId: entry.patient.id } }
  }

  /** The visit of an offer as it can be booked now; `null` when it cannot be. */
  async #draftOf({ entry, doctor, location, room, startsAt, endsAt }: WaitlistOffer): Promise<Draft | null> {
    const { patient, service } = entry.getEntity()
    const minutes = Math.round((endsAt.getTime() - startsAt.getTime()) / MINUTE)
    const place = { doctorId: doctor.id, locationId: location.id, roomId: room?.id ?? null }
    try {
      const draft = await draftOffer(this.#parts, { patientId: patient.id, serviceId: service?.id ?? null, minutes, startsAt, ...place })
      return typeof draft === 'string' ? null : draft
    } catch (error) {
      if (error instanceof ClinicError) return null
      throw error
    }
  }

  /** @throws NotFoundError outside of the actor's rows, ForbiddenError for who may only look at them */
  async #reached(em: EntityManager, { actor }: WriteContext, id: string): Promise<{ offerId: string; entryId: string }> {
    const [row] = await this.#parts.reach.rows(em, actor, WaitlistOffer, [id])
    const entryId = row?.['entry'] as string | undefined
    const [entry] = entryId === undefined ? [] : await this.#parts.reach.rows(em, actor, WaitlistEntry, [entryId])
    if (!row || !entry) throw new NotFoundError()
    capacityFor(actor, entry['patient'] as string, entry)
    return { offerId: row.id, entryId: entry.id }
  }
}

/** An offer is locked before its entry, everywhere. */
async function locked({ em }: Transaction, offerId: string, entryId: string): Promise<{ offer: WaitlistOffer; entry: WaitlistEntry }> {
  const lockMode = LockMode.PESSIMISTIC_WRITE
  const offer = await em.findOneOrFail(WaitlistOffer, { id: offerId }, { lockMode })
  return { offer, entry: await em.findOneOrFail(WaitlistEntry, { id: entryId }, { lockMode }) }
}

const taken = (conflict: BookingConflict): ClinicError => new ClinicError('CONFLICT', 'The time is taken.', { conflictsWith: conflict })
