import { LockMode, ref } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { after, MINUTE } from '../../clock.js'
import type { Transaction, WriteContext } from '../../database/unit-of-work.js'
import { ClinicError, NotFoundError } from '../../graphql/errors.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { User } from '../identity/user.entity.js'
import { Room } from '../locations/room.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { CLINIC_SETTINGS_ID, ClinicSettings } from '../settings/clinic-settings.entity.js'
import { AppointmentHold } from './appointment-hold.entity.js'
import type { HoldSlotInput } from './appointment.inputs.js'
import type { BookingOutcome, BookingParts } from './booking.service.js'
import { alternativesTo } from './booking/alternatives.js'
import { accountOf } from './booking/capacity.js'
import type { BookingConflict } from './booking/conflicts.js'
import { draftVisit, requireRights, type Draft } from './booking/draft.js'
import { capacityToBook, checkedTexts, namedRows, termsOf } from './booking/request.js'
import { retried } from './booking/retried.js'
import { bookingOf, findTime } from './booking/take-time.js'
import { readVisitFacts } from './booking/visit.js'

/** A desk that keeps more times than this at once keeps them from everybody else. */
const MOST_HOLDS = 10

/** Keeps times for some minutes. */
export class HoldService {
  readonly #parts: BookingParts

  constructor(parts: BookingParts) {
    this.#parts = parts
  }

  /**
   * Keeps a time, with what is to be kept free around the visit, for the clinic's minutes: others cannot book it, who keeps it and the
   * patient can.
   *
   * @throws ClinicError `CONFLICT` for somebody who keeps very many times already
   */
  async hold(context: WriteContext, input: HoldSlotInput): Promise<BookingOutcome> {
    const { availability, reads, em, clock, work } = this.#parts
    const texts = checkedTexts(input, clock())
    const named = namedRows(input)
    const { actor } = context
    const userId = accountOf(actor)
    const capacity = await capacityToBook(this.#parts, actor, named.patientId)
    requireRights(actor, capacity, { doctorId: named.doctorId, overbookReason: null, staffOnly: [input.durationMinutes, input.roomId] })
    const facts = await readVisitFacts(reads, named, null, input.startsAt)
    const terms = termsOf(input, facts, named, capacity)
    const wanted = { ...named, startsAt: input.startsAt, terms, capacity, userId, without: [] }
    const draft = await draftVisit(availability, { ...named, ...texts, startsAt: input.startsAt, terms }, facts, capacity)
    if (typeof draft === 'string') return { reason: draft, alternatives: await alternativesTo(availability, em(), wanted, clock()) }
    const most = capacity === 'PATIENT' ? 1 : MOST_HOLDS
    const kept = await retried(() => this.#keep(context, draft, userId, most, work))
    return 'bookedId' in kept ? kept : { ...kept, alternatives: await alternativesTo(availability, em(), wanted, clock()) }
  }

  #keep(
    context: WriteContext,
    draft: Draft,
    userId: string,
    most: number,
    work: BookingParts['work'],
  ): Promise<{ readonly bookedId: string } | { readonly conflictsWith: BookingConflict }> {
    return work.run(context, async (transaction) => {
      const { em } = transaction
      const now = this.#parts.clock()
      const found = await findTime(transaction, [draft], { userId, now, request: null, mostOpenBookings: null })
      if ('answeredBy' in found) throw new Error('there is no request to answer')
      const booking = bookingOf(draft, found.times)
      if (typeof booking === 'string') return { conflictsWith: booking }
      if (most === 1) await letGoOfOthers(transaction, userId, now)
      else if ((await em.count(AppointmentHold, { user: userId, expiresAt: { $gt: now } })) >= most)
        throw new ClinicError('CONFLICT', 'You keep very many times already: let go of one.')
      const { holdMinutes } = await em.findOneOrFail(ClinicSettings, { id: CLINIC_SETTINGS_ID })
      const hold = new AppointmentHold()
      Object.assign(hold, {
        doctor: ref(em.getReference(Doctor, draft.doctorId)),
        room: draft.roomId === null ? null : ref(em.getReference(Room, draft.roomId)),
        patient: ref(em.getReference(Patient, draft.patientId)),
        user: ref(em.getReference(User, userId)),
        startsAt: after(draft.startsAt, -draft.terms.bufferBeforeMinutes * MINUTE),
        endsAt: after(draft.endsAt, draft.terms.bufferAfterMinutes * MINUTE),
        expiresAt: after(now, holdMinutes * MINUTE),
      })
      em.persist(hold)
      transaction.audit({ action: AuditAction.CREATE, entity: 'AppointmentHold', entityId: hold.id, patientIds: [draft.patientId] })
      return { bookedId: hold.id }
    })
  }

  /**
   * Lets go of a time before its end.
   * @throws NotFoundError for a hold that is not there, or somebody else's
   */
  async release(context: WriteContext, id: string): Promise<void> {
    const userId = accountOf(context.actor)
    await this.#parts.work.run(context, async (transaction) => {
      const { em } = transaction
      await this.#parts.reach.require(em, context.actor, AppointmentHold, id)
      const hold = await em.findOne(AppointmentHold, { id, user: userId }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      if (!hold) throw new NotFoundError()
      letGo(transaction, hold)
    })
  }
}

/** Who keeps one time at most lets go of the one before; what has ended is left to the sweep. */
async function letGoOfOthers(transaction: Transaction, userId: string, now: Date): Promise<void> {
  const { em } = transaction
  for (const hold of await em.find(AppointmentHold, { user: userId, expiresAt: { $gt: now } })) letGo(transaction, hold)
  await em.flush()
}

function letGo({ em, audit }: Transaction, hold: AppointmentHold): void {
  em.remove(hold)
  const patientIds = hold.patient ? [hold.patient.id] : []
  audit({ action: AuditAction.UPDATE, entity: 'AppointmentHold', entityId: hold.id, patientIds, facts: { released: true } })
}
