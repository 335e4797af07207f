import type { ReadDatabase } from '../../database/read-database.js'
import type { Availability } from '../scheduling/availability.js'
import { draftVisit, type Draft } from '../scheduling/booking/draft.js'
import { namedRows, termsOf } from '../scheduling/booking/request.js'
import { readVisitFacts } from '../scheduling/booking/visit.js'
import type { EmptySlotReason } from '../scheduling/slots/empty-slot-reason.js'

/** A visit for somebody who waits. */
export interface OfferedVisit {
  readonly patientId: string
  readonly doctorId: string
  readonly serviceId: string | null
  /** `null`: wherever the doctor works then. */
  readonly locationId: string | null
  readonly roomId: string | null
  readonly startsAt: Date
  /** `null`: the usual length. */
  readonly minutes: number | null
}

/** What drafts are made with. */
export interface DraftParts {
  readonly reads: ReadDatabase
  readonly availability: Availability
}

/**
 * The visit as the booking rules see it: whether all that is named may be booked, and the doctor works then. What patients may not book
 * themselves, the clinic may offer them.
 *
 * @returns the reason why it cannot be, when there is one
 * @throws NotFoundError, BadUserInputError, ClinicError as a booking does
 */
export async function draftOffer({ reads, availability }: DraftParts, visit: OfferedVisit): Promise<Draft | EmptySlotReason> {
  const { startsAt, minutes: durationMinutes } = visit
  const named = namedRows(visit)
  const facts = await readVisitFacts(reads, named, null)
  const terms = termsOf({ durationMinutes }, facts, named, 'STAFF')
  const texts = { reason: null, overbookReason: null, patientOverlapReason: null }
  return draftVisit(availability, { ...named, ...texts, startsAt, terms }, facts, 'STAFF')
}
