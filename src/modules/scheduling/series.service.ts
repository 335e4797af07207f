import { ref, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { firstAnswer, idempotentRequest, type IdempotentRequest } from '../../database/idempotency.js'
import type { Transaction, WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ClinicError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import { User } from '../identity/user.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { AppointmentSeries } from './appointment-series.entity.js'
import type { BookAppointmentSeriesInput } from './appointment.inputs.js'
import type { BookingParts } from './booking.service.js'
import { accountOf } from './booking/capacity.js'
import { conflictOfError, type BookingConflict } from './booking/conflicts.js'
import { draftVisit, type Draft } from './booking/draft.js'
import { capacityToBook, checkedTexts, namedRows, requireNear, termsOf } from './booking/request.js'
import { retried } from './booking/retried.js'
import { MOST_OCCURRENCES, occurrencesOf, type SeriesRule } from './booking/series-dates.js'
import { bookingOf, findTime } from './booking/take-time.js'
import { readVisitFacts, requireBookable, type VisitFacts } from './booking/visit.js'
import { writeBookings, type Booking } from './booking/write-bookings.js'
import type { EmptySlotReason } from './slots/empty-slot-reason.js'

/** A time of a series that could not be had. */
export interface OccurrenceConflict {
  readonly startsAt: Date
  readonly conflictsWith: BookingConflict | null
  readonly reason: EmptySlotReason | null
}

/** What became of a series. */
export interface SeriesOutcome {
  readonly seriesId: string | null
  readonly appointmentIds: readonly string[]
  readonly conflicts: readonly OccurrenceConflict[]
}

/** Books appointments that repeat (RULES A8): one row per visit, all of them or none, in one transaction (SECURITY C3). */
export class SeriesService {
  readonly #parts: BookingParts

  constructor(parts: BookingParts) {
    this.#parts = parts
  }

  /**
   * Books a series, or tells which of its times cannot be had.
   * @throws as `BookingService.book`
   */
  async book(context: WriteContext, input: BookAppointmentSeriesInput): Promise<SeriesOutcome> {
    const texts = { ...checkedTexts(input, this.#parts.clock()), overbookReason: null, patientOverlapReason: null }
    const rule = checkedRule(input)
    const named = namedRows(input)
    const { actor } = context
    const { reads, availability, work, clock } = this.#parts
    const capacity = await capacityToBook(this.#parts, actor, named.patientId)
    const request = idempotentRequest(context, 'bookAppointmentSeries', input)
    const facts = await readVisitFacts(reads, named, request)
    const before = firstAnswer(request, facts.answer)
    if (before !== null) return this.#answered(before)
    const terms = termsOf(input, facts, named, capacity)
    const starts = occurrencesOf(input.startsAt, await this.#zoneOf(input, facts), rule)
    if (starts.length > MOST_OCCURRENCES || starts.length < 2)
      throw new BadUserInputError([{ field: 'input.until', message: `must give between 2 and ${MOST_OCCURRENCES} visits` }])
    const near = new InputChecks()
    requireNear(near, starts.at(-1) ?? input.startsAt, clock(), input.until == null ? 'count' : 'until')
    near.done()
    const drafts = await Promise.all(
      starts.map((startsAt) => draftVisit(availability, { ...named, ...texts, startsAt, terms }, facts, capacity)),
    )
    const unavailable = drafts.flatMap((draft, index): OccurrenceConflict[] => {
      const startsAt = starts[index]
      return typeof draft === 'string' && startsAt ? [{ startsAt, conflictsWith: null, reason: draft }] : []
    })
    const possible = drafts.filter((draft) => typeof draft !== 'string')
    if (possible.length === 0) return nothing(unavailable)
    const series = { rule, unavailable, skipConflicts: input.skipConflicts, request, userId: accountOf(actor), now: clock() }
    const outcome = await allOrNothing(() => work.run(context, (transaction) => this.#take(transaction, possible, series)))
    return 'seriesId' in outcome ? outcome : this.#answered(outcome.answeredBy)
  }

  async #take(
    transaction: Transaction,
    drafts: readonly Draft[],
    { rule, unavailable, skipConflicts, request, userId, now }: SeriesToBook,
  ): Promise<SeriesOutcome | { readonly answeredBy: string }> {
    const found = await findTime(transaction, drafts, { userId, now, request, mostOpenBookings: null })
    if ('answeredBy' in found) return found
    const series = new AppointmentSeries()
    const bookings: Booking[] = []
    const conflicts = [...unavailable]
    for (const draft of drafts) {
      const booking = bookingOf(draft, found.times, { seriesId: series.id })
      if (typeof booking === 'string') conflicts.push({ startsAt: draft.startsAt, conflictsWith: booking, reason: null })
      else bookings.push(booking)
    }
    conflicts.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime())
    if (bookings.length === 0 || (conflicts.length > 0 && !skipConflicts)) return nothing(conflicts)
    const { em } = transaction
    const patientId = bookings[0]?.patientId ?? ''
    Object.assign(series, {
      ...rule,
      patient: ref(em.getReference(Patient, patientId)),
      bookedBy: ref(em.getReference(User, userId)),
      skipped: conflicts.map((conflict) => ({ ...conflict, startsAt: conflict.startsAt.toISOString() })),
    })
    em.persist(series)
    const facts = { visits: bookings.length, skipped: conflicts.length }
    transaction.audit({ action: AuditAction.CREATE, entity: 'AppointmentSeries', entityId: series.id, patientIds: [patientId], facts })
    await em.flush()
    const answers = request && { request, entityId: series.id }
    await writeBookings(transaction, bookings, { userId, now, holds: found.holds, answers })
    return { seriesId: series.id, appointmentIds: bookings.map(({ id }) => id), conflicts }
  }

  /** The answer of the request that came first. */
  async #answered(seriesId: string): Promise<SeriesOutcome> {
    const em: EntityManager = this.#parts.em()
    const series = await em.findOneOrFail(AppointmentSeries, { id: seriesId })
    const rows = await em.execute<{ id: string }[]>(
      'select id from appointment where series_id = ? and rescheduled_from_id is null order by starts_at, id',
      [seriesId],
    )
    const conflicts = series.skipped.map((each) => ({ ...each, startsAt: new Date(each.startsAt) })) as OccurrenceConflict[]
    return { seriesId, appointmentIds: rows.map(({ id }) => id), conflicts }
  }

  /** The zone of the location where the first visit is: its wall time is that of all. */
  async #zoneOf(input: BookAppointmentSeriesInput, facts: VisitFacts): Promise<string> {
    const { doctorId, startsAt } = input
    const wanted = input.locationId ?? facts.room?.locationId ?? null
    const { doctor } = requireBookable(facts, input)
    const endsAt = new Date(startsAt.getTime() + 60_000)
    const place = wanted === null ? await this.#parts.availability.check({ doctorId, startsAt, endsAt, forPatient: false }) : null
    const id = place !== null && 'locationId' in place ? place.locationId : (wanted ?? doctor.home)
    const rows = await this.#parts.reads.run({ name: 'booking_zone', text: 'select time_zone from location where id = $1::uuid' }, [id])
    const zone = rows[0]?.['time_zone']
    if (typeof zone !== 'string')
      throw new BadUserInputError([{ field: 'input.locationId', message: 'must say where: the doctor has no hours' }])
    return zone
  }
}

interface SeriesToBook {
  readonly rule: SeriesRule
  readonly unavailable: readonly OccurrenceConflict[]
  readonly skipConflicts: boolean
  readonly request: IdempotentRequest | null
  readonly userId: string
  readonly now: Date
}

const nothing = (conflicts: readonly OccurrenceConflict[]): SeriesOutcome => ({ seriesId: null, appointmentIds: [], conflicts })

/** Runs a transaction that takes several times. What only the constraints saw cannot name one of them. */
export async function allOrNothing<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await retried(run)
  } catch (error) {
    if (conflictOfError(error) === null) throw error
    throw new ClinicError('CONFLICT', 'One of the times has just been taken. Nothing was changed; try again.')
  }
}

function checkedRule({ frequency, every, count, until }: BookAppointmentSeriesInput): SeriesRule {
  const checks = new InputChecks()
  checks.require(every >= 1 && every <= 12, 'every', 'must be between 1 and 12')
  checks.require((count == null) !== (until == null), 'count', 'give either count or until')
  checks.require(count == null || (count >= 2 && count <= MOST_OCCURRENCES), 'count', `must be between 2 and ${MOST_OCCURRENCES}`)
  checks.done()
  return { frequency, every, occurrences: count ?? null, until: until ?? null }
}
