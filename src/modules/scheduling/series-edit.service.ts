import { LockMode } from '@mikro-orm/postgresql'
import { requireVersion, type Transaction, type WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ForbiddenError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import { leaveQueue, lockPlacesOf } from '../queue/leave-queue.js'
import { CLINIC_SETTINGS_ID, ClinicSettings } from '../settings/clinic-settings.entity.js'
import { AppointmentStatus, MOVABLE } from './appointment-status.js'
import { SeriesScope, type CancelAppointmentSeriesInput, type RescheduleAppointmentSeriesInput } from './appointment.inputs.js'
import { Appointment } from './appointment.entity.js'
import { keptTerms, requireMovable, type BookingParts } from './booking.service.js'
import { accountOf } from './booking/capacity.js'
import { draftVisit, type Draft } from './booking/draft.js'
import { moveStatus } from './booking/move-status.js'
import { reachAppointment } from './booking/reached-appointment.js'
import { requireNear } from './booking/request.js'
import { movedAlike } from './booking/series-dates.js'
import { bookingOf, findTime } from './booking/take-time.js'
import { readVisitFacts, requireBookable } from './booking/visit.js'
import { writeBookings, type Booking } from './booking/write-bookings.js'
import { allOrNothing, type OccurrenceConflict, type SeriesOutcome } from './series.service.js'

/** Changes several appointments of a series at once: all that are meant, or none (RULES A8). */
export class SeriesEditService {
  readonly #parts: BookingParts

  constructor(parts: BookingParts) {
    this.#parts = parts
  }

  /**
   * Calls appointments off.
   * @returns their ids
   * @throws ClinicError `STALE_VERSION`, `INVALID_TRANSITION`
   */
  async cancel(context: WriteContext, { id, version, scope, reason: given }: CancelAppointmentSeriesInput): Promise<readonly string[]> {
    const checks = new InputChecks()
    const reason = checks.text('reason', given, { most: 500 })
    checks.done()
    const userId = accountOf(context.actor)
    return this.#parts.work.run(context, async (transaction) => {
      const { em } = transaction
      await this.#reachAll(context, id)
      const at = this.#parts.clock()
      // Of the others, which are to come, nobody waits for any.
      const places = await lockPlacesOf(em, id)
      const meant = await lockMeant(transaction, id, version, scope, at)
      const { lateCancellationHours } = await em.findOneOrFail(ClinicSettings, { id: CLINIC_SETTINGS_ID })
      for (const each of meant)
        moveStatus(transaction, each, { to: AppointmentStatus.CANCELLED, reason, at, userId, lateCancellationHours })
      leaveQueue(transaction, places, { context, at, reason })
      return meant.map((each) => each.id)
    })
  }

  /**
   * Moves appointments by the same distance on the wall clock of their locations.
   * @throws ClinicError `STALE_VERSION`, `INVALID_TRANSITION`
   */
  async reschedule(context: WriteContext, input: RescheduleAppointmentSeriesInput): Promise<SeriesOutcome> {
    const checks = new InputChecks()
    const reason = checks.optionalText('reason', input.reason, { most: 500 }) ?? null
    requireNear(checks, input.startsAt, this.#parts.clock())
    checks.done()
    await this.#reachAll(context, input.id)
    const now = this.#parts.clock()
    const drafts = await this.#drafts(input, now)
    const conflicts = drafts.flatMap(({ draft, startsAt }): OccurrenceConflict[] =>
      typeof draft === 'string' ? [{ startsAt, conflictsWith: null, reason: draft }] : [],
    )
    if (conflicts.length > 0) return { seriesId: null, appointmentIds: [], conflicts }
    const found = drafts.flatMap(({ draft, old }) => (typeof draft === 'string' ? [] : [{ draft, old }]))
    const by = { userId: accountOf(context.actor), now, reason }
    return allOrNothing(() => this.#parts.work.run(context, (transaction) => replaceAll(transaction, input, found, by)))
  }

  /** Every appointment of a series is the same patient's: who may change one, may change all. Patients change one at a time. */
  async #reachAll(context: WriteContext, id: string): Promise<void> {
    const { capacity } = await reachAppointment(this.#parts.em(), this.#parts.reach, context.actor, id)
    if (capacity === 'PATIENT') throw new ForbiddenError()
  }

  async #drafts({ id, version, scope, startsAt, doctorId }: RescheduleAppointmentSeriesInput, now: Date) {
    const { em, availability, reads } = this.#parts
    const named = await em().findOneOrFail(Appointment, { id }, { populate: ['location'] })
    requireMovable(named, version)
    const meant = await em().find(Appointment, meantBy(named, scope, now), { orderBy: { startsAt: 'asc', id: 'asc' } })
    const zone = named.location.getEntity().timeZone
    return Promise.all(
      meant.map(async (old) => {
        const at = movedAlike(old.startsAt, named.startsAt, startsAt, zone)
        const ids = { patientId: old.patient.id, doctorId: (doctorId ?? old.doctor.id).toLowerCase() }
        const facts = await readVisitFacts(reads, ids, null)
        requireBookable(facts, ids)
        const texts = { reason: old.reason ?? null, overbookReason: null, patientOverlapReason: null }
        const draft = await draftVisit(availability, { ...ids, ...texts, startsAt: at, terms: keptTerms(old) }, facts, 'STAFF')
        return { draft, old, startsAt: at }
      }),
    )
  }
}

/** Which rows are meant: those still to come that can be moved, and always the named one. */
function meantBy(named: Appointment, scope: SeriesScope, now: Date) {
  const series = named.series?.id
  if (scope === SeriesScope.THIS || series === undefined) return { id: named.id }
  const from = scope === SeriesScope.ALL || named.startsAt < now ? now : named.startsAt
  return { $or: [{ id: named.id }, { series, status: { $in: [...MOVABLE] }, startsAt: { $gte: from } }] }
}

async function lockMeant({ em }: Transaction, id: string, version: number, scope: SeriesScope, now: Date): Promise<Appointment[]> {
  const named = await em.findOneOrFail(Appointment, { id })
  requireVersion(named, version)
  if (scope !== SeriesScope.THIS && named.series == null)
    throw new BadUserInputError([{ field: 'input.scope', message: 'the appointment is not of a series' }])
  const meant = await em.find(Appointment, meantBy(named, scope, now), {
    orderBy: { id: 'asc' },
    lockMode: LockMode.PESSIMISTIC_WRITE,
    refresh: true,
  })
  requireVersion(named, version)
  return meant.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime())
}

async function replaceAll(
  transaction: Transaction,
  { id, version, scope }: RescheduleAppointmentSeriesInput,
  found: readonly { readonly draft: Draft; readonly old: Appointment }[],
  { userId, now, reason }: { readonly userId: string; readonly now: Date; readonly reason: string | null },
): Promise<SeriesOutcome> {
  const { em } = transaction
  const without = found.map(({ old }) => old.id)
  const drafts = found.map(({ draft }) => draft)
  const time = await findTime(transaction, drafts, { userId, now, request: null, mostOpenBookings: null, without })
  if ('answeredBy' in time) throw new Error('there is no request to answer')
  const olds = new Map((await lockMeant(transaction, id, version, scope, now)).map((old) => [old.id, old]))
  const bookings: Booking[] = []
  const conflicts: OccurrenceConflict[] = []
  for (const { draft, old } of found) {
    const locked = olds.get(old.id)
    // Somebody has changed one of them since the times were looked up.
    requireMovable(locked ?? old, locked ? old.version : -1)
    const booking = bookingOf(draft, time.times, { rescheduledFromId: old.id, ...(old.series && { seriesId: old.series.id }) })
    if (typeof booking === 'string') conflicts.push({ startsAt: draft.startsAt, conflictsWith: booking, reason: null })
    else bookings.push(booking)
  }
  if (conflicts.length > 0) return { seriesId: null, appointmentIds: [], conflicts }
  for (const { old } of found) {
    const locked = olds.get(old.id)
    if (locked) moveStatus(transaction, locked, { to: AppointmentStatus.CANCELLED, reason, at: now, userId, lateCancellationHours: null })
  }
  await em.flush()
  await writeBookings(transaction, bookings, { userId, now, holds: time.holds })
  const seriesId = found[0]?.old.series?.id ?? null
  return { seriesId, appointmentIds: bookings.map((booking) => booking.id), conflicts }
}
