import type { EntityManager } from '@mikro-orm/postgresql'
import type { Clock } from '../../clock.js'
import { firstAnswer, idempotentRequest } from '../../database/idempotency.js'
import type { ReadDatabase } from '../../database/read-database.js'
import type { WritePool } from '../../database/write-pool.js'
import { requireVersion, type Transaction, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ClinicError } from '../../graphql/errors.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { AppointmentStatus, MOVABLE } from './appointment-status.js'
import type { BookAppointmentInput, RescheduleAppointmentInput } from './appointment.inputs.js'
import { Appointment } from './appointment.entity.js'
import type { Availability, FreeSlot } from './availability.js'
import { bookAtOnce } from './booking/at-once.js'
import { alternativesTo, type WantedVisit } from './booking/alternatives.js'
import { accountOf } from './booking/capacity.js'
import { conflictOfError, type BookingConflict } from './booking/conflicts.js'
import { draftVisit, requireRights, type Draft } from './booking/draft.js'
import { moveStatus, requireStillThePatients } from './booking/move-status.js'
import { lockAppointment, reachAppointment } from './booking/reached-appointment.js'
import { capacityToBook, checkedTexts, namedRows, requireOffered, termsOf, usableHold } from './booking/request.js'
import { retried } from './booking/retried.js'
import { bookingOf, findTime, type TakeContext } from './booking/take-time.js'
import { readVisitFacts, requireBookable, type VisitFacts, type VisitTerms } from './booking/visit.js'
import { writeBookings } from './booking/write-bookings.js'
import type { EmptySlotReason } from './slots/empty-slot-reason.js'

/** What becomes of a booking: outcomes a client acts on. Nothing is written but in the first case. */
export type BookingOutcome =
  | { readonly bookedId: string }
  | { readonly conflictsWith: BookingConflict; readonly alternatives: readonly FreeSlot[] }
  | { readonly reason: EmptySlotReason; readonly alternatives: readonly FreeSlot[] }

/** What bookings are made with. */
export interface BookingParts {
  readonly work: UnitOfWork
  readonly reach: RowReach
  readonly em: () => EntityManager
  readonly reads: ReadDatabase
  readonly availability: Availability
  readonly clock: Clock
  /** For bookings that are one statement. */
  readonly atOnce: WritePool
}

/**
 * Books and moves appointments (RULES A1–A7).
 *
 * What hardly ever changes is read first, without a lock: who and what is named, and whether the doctor works then. A visit that nothing
 * stands in the way of is booked by one statement. For any other there is a transaction, with two statements under the locks of doctor,
 * patient and room: what is taken, and the booking. The exclusion constraints have the last word.
 */
export class BookingService {
  readonly #parts: BookingParts

  constructor(parts: BookingParts) {
    this.#parts = parts
  }

  /**
   * Books an appointment.
   *
   * @throws ForbiddenError, NotFoundError, BadUserInputError; ClinicError `CONFLICT` for a patient who has died or has as many open
   *   bookings as they may, and for an idempotency key that was used with another input
   */
  async book(context: WriteContext, input: BookAppointmentInput): Promise<BookingOutcome> {
    const texts = checkedTexts(input, this.#parts.clock())
    const named = namedRows(input)
    const { actor } = context
    const capacity = await capacityToBook(this.#parts, actor, named.patientId)
    const staffOnly = [input.durationMinutes, input.roomId, input.patientOverlapReason]
    requireRights(actor, capacity, { doctorId: named.doctorId, overbookReason: texts.overbookReason, staffOnly })
    const request = idempotentRequest(context, 'bookAppointment', input)
    const facts = await readVisitFacts(this.#parts.reads, named, request, input.startsAt)
    const before = firstAnswer(request, facts.answer)
    if (before !== null) return { bookedId: before }
    const terms = termsOf(input, facts, named, capacity)
    const wanted = { ...named, startsAt: input.startsAt, terms, capacity, userId: accountOf(actor), without: [] }
    const draft = await draftVisit(this.#parts.availability, { ...named, ...texts, startsAt: input.startsAt, terms }, facts, capacity)
    if (typeof draft === 'string') return { reason: draft, alternatives: await this.#alternatives(wanted) }
    const taking = { ...this.#taking(wanted, facts), request, holdId: usableHold(input, capacity) }
    return this.#orAlternatives(wanted, async () => {
      const bookedId = await bookAtOnce(this.#parts.atOnce, context, draft, taking)
      return bookedId === null ? this.#parts.work.run(context, (transaction) => take(transaction, draft, taking)) : { bookedId }
    })
  }

  /**
   * Moves an appointment to another time or doctor (RULES A7): in one transaction the old one is called off and the new one booked, each
   * with a link to the other. It keeps its service, length and price. When the new time cannot be had, the old one stays as it is.
   *
   * @throws as `book`, and ClinicError `STALE_VERSION`, `INVALID_TRANSITION`
   */
  async reschedule(context: WriteContext, input: RescheduleAppointmentInput): Promise<BookingOutcome> {
    const texts = checkedTexts(input, this.#parts.clock())
    const { actor } = context
    const { capacity } = await reachAppointment(this.#parts.em(), this.#parts.reach, actor, input.id)
    const old = await this.#parts.em().findOneOrFail(Appointment, { id: input.id })
    const doctorId = (input.doctorId ?? old.doctor.id).toLowerCase()
    const { roomId, locationId } = input
    const named = namedRows({ doctorId, patientId: old.patient.id, serviceId: old.service?.id ?? null, roomId, locationId })
    const staffOnly = [input.roomId, input.patientOverlapReason]
    requireRights(actor, capacity, { doctorId, overbookReason: texts.overbookReason, staffOnly })
    const request = idempotentRequest(context, 'rescheduleAppointment', input)
    const facts = await readVisitFacts(this.#parts.reads, named, request, input.startsAt)
    const before = firstAnswer(request, facts.answer)
    if (before !== null) return { bookedId: before }
    requireMovable(old, input.version)
    if (capacity === 'PATIENT') requirePatientMoves(old, facts, this.#parts.clock())
    requireBookable({ ...facts, service: null }, { ...named, serviceId: null })
    if (doctorId === old.doctor.id && input.startsAt.getTime() === old.startsAt.getTime() && input.roomId == null)
      throw new BadUserInputError([{ field: 'input.startsAt', message: 'is the time it has already' }])
    const terms = keptTerms(old)
    const wanted = { ...named, startsAt: input.startsAt, terms, capacity, userId: accountOf(actor), without: [old.id] }
    const asked = { ...named, ...texts, reason: old.reason ?? null, startsAt: input.startsAt, terms }
    const draft = await draftVisit(this.#parts.availability, asked, facts, capacity)
    if (typeof draft === 'string') return { reason: draft, alternatives: await this.#alternatives(wanted) }
    // One takes the place of another: the patient has no more appointments to come than before.
    const taking = { ...this.#taking(wanted, facts), mostOpenBookings: null, request, holdId: usableHold(input, capacity) }
    return this.#orAlternatives(wanted, () =>
      this.#parts.work.run(context, (transaction) => this.#replace(transaction, input, texts.reason, draft, taking)),
    )
  }

  async #replace(
    transaction: Transaction,
    { id, version }: RescheduleAppointmentInput,
    reason: string | null,
    draft: Draft,
    taking: TakeContext,
  ): Promise<Taking> {
    const { em } = transaction
    const found = await findTime(transaction, [draft], taking)
    if ('answeredBy' in found) return { bookedId: found.answeredBy }
    const old = await lockAppointment(em, id)
    requireMovable(old, version)
    const booking = bookingOf(draft, found.times, { rescheduledFromId: old.id, ...(old.series && { seriesId: old.series.id }) })
    if (typeof booking === 'string') return { conflictsWith: booking }
    const { now: at, userId, request } = taking
    moveStatus(transaction, old, { to: AppointmentStatus.CANCELLED, reason, at, userId, lateCancellationHours: null })
    // The old time must be free before the new one is taken: the two may overlap.
    await em.flush()
    const answers = request && { request, entityId: booking.id }
    await writeBookings(transaction, [booking], { userId, now: at, holds: found.holds, answers })
    return { bookedId: booking.id }
  }

  #taking({ capacity, userId, without }: WantedVisit, { settings }: VisitFacts): Omit<TakeContext, 'request'> {
    const mostOpenBookings = capacity === 'PATIENT' ? settings.maxOpenBookings : null
    return { userId, now: this.#parts.clock(), mostOpenBookings, without }
  }

  /** Runs a transaction that takes a time; when it finds it taken, looks for others, outside of that transaction. */
  async #orAlternatives(wanted: WantedVisit, run: () => Promise<Taking>): Promise<BookingOutcome> {
    const outcome = await retried(run).catch((error: unknown): Taking => {
      const conflictsWith = conflictOfError(error)
      if (conflictsWith === null) throw error
      return { conflictsWith }
    })
    return 'bookedId' in outcome ? outcome : { ...outcome, alternatives: await this.#alternatives(wanted) }
  }

  #alternatives(wanted: WantedVisit): Promise<FreeSlot[]> {
    const { availability, em, clock } = this.#parts
    return alternativesTo(availability, em(), wanted, clock())
  }
}

type Taking = { readonly bookedId: string } | { readonly conflictsWith: BookingConflict }

async function take(transaction: Transaction, draft: Draft, taking: TakeContext): Promise<Taking> {
  const found = await findTime(transaction, [draft], taking)
  if ('answeredBy' in found) return { bookedId: found.answeredBy }
  const booking = bookingOf(draft, found.times)
  if (typeof booking === 'string') return { conflictsWith: booking }
  const { userId, now, request } = taking
  const answers = request && { request, entityId: booking.id }
  await writeBookings(transaction, [booking], { userId, now, holds: found.holds, answers })
  return { bookedId: booking.id }
}

/** What a moved appointment keeps. */
export function keptTerms({ service, price, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes }: Appointment): VisitTerms {
  const minutes = Math.round((endsAt.getTime() - startsAt.getTime()) / 60_000)
  const kept = price ? { amount: price.amount, currency: price.currency } : null
  return { serviceId: service?.id ?? null, minutes, bufferBeforeMinutes, bufferAfterMinutes, price: kept }
}

/**
 * What patients may book of a service, they may move; what only the clinic books, only the clinic moves (RULES A6).
 * @throws ClinicError `INVALID_TRANSITION`, ForbiddenError, BadUserInputError
 */
function requirePatientMoves(old: Appointment, { service, doctor }: VisitFacts, now: Date): void {
  requireStillThePatients(old, now)
  if (service) requireOffered(service, doctor?.specialty ?? null, { field: 'input.doctorId', message: 'does not offer this service' })
}

/** @throws ClinicError `STALE_VERSION`, `INVALID_TRANSITION` */
export function requireMovable(appointment: Appointment, version: number): void {
  requireVersion(appointment, version)
  if (!MOVABLE.includes(appointment.status))
    throw new ClinicError('INVALID_TRANSITION', 'Only what is booked and has not begun can be moved to another time.')
}
