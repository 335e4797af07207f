import type { Actor } from '../../../access/actor.js'
import { BadUserInputError, ForbiddenError } from '../../../graphql/errors.js'
import type { Availability } from '../availability.js'
import { EmptySlotReason } from '../slots/empty-slot-reason.js'
import type { Capacity } from './capacity.js'
import type { NamedRows, VisitFacts, VisitTerms } from './visit.js'

/** What somebody wants to book: everything is checked that does not depend on what others book. */
export interface Draft {
  readonly patientId: string
  readonly doctorId: string
  readonly locationId: string
  readonly roomId: string | null
  /** Nobody asked for the room: it is the one that the doctor works in then. */
  readonly roomImplied: boolean
  readonly startsAt: Date
  readonly endsAt: Date
  readonly terms: VisitTerms
  readonly reason: string | null
  /** Given by who may overbook this doctor; written only if something stands in the way. */
  readonly overbookReason: string | null
  /** The time is outside of working hours, which an overbooking may be. */
  readonly outsideHours: boolean
  /** Given by staff; written only if something stands in the way. */
  readonly patientOverlapReason: string | null
}

/** What a client asked for, before it is a draft. */
export interface DraftRequest extends NamedRows {
  readonly startsAt: Date
  readonly terms: VisitTerms
  readonly reason: string | null
  readonly overbookReason: string | null
  readonly patientOverlapReason: string | null
}

const MINUTE = 60_000

/**
 * What only staff may ask for is refused to patients; overbooking needs a capability of its own (RULES A2, A3, A6).
 * @throws ForbiddenError
 */
export function requireRights(
  actor: Actor,
  capacity: Capacity,
  asked: { readonly doctorId: string; readonly overbookReason: string | null; readonly staffOnly: readonly unknown[] },
): void {
  if (capacity === 'PATIENT' && asked.staffOnly.some((value) => value != null)) throw new ForbiddenError()
  if (asked.overbookReason === null) return
  const own = actor.can('appointments.overbook-own') && actor.identity?.doctorId === asked.doctorId.toLowerCase()
  if (capacity === 'PATIENT' || !(actor.can('appointments.overbook') || own)) throw new ForbiddenError()
}

/**
 * Finds out where the visit takes place, and whether the doctor works then and the actor may book that time (RULES A4, A6).
 *
 * @returns the reason why it cannot be, when there is one
 * @throws BadUserInputError when an overbooking outside of working hours does not say where
 */
export async function draftVisit(
  availability: Availability,
  request: DraftRequest,
  facts: VisitFacts,
  capacity: Capacity,
): Promise<Draft | EmptySlotReason> {
  const { doctorId, patientId, startsAt, terms, reason, overbookReason, patientOverlapReason } = request
  const endsAt = new Date(startsAt.getTime() + terms.minutes * MINUTE)
  const wantedLocation = request.locationId ?? facts.room?.locationId ?? null
  const forPatient = capacity === 'PATIENT'
  const visit = { doctorId, startsAt, endsAt, locationId: wantedLocation, forPatient }
  const place = facts.hours === null ? await availability.check(visit) : availability.checkIn(facts.hours, visit)
  const roomImplied = request.roomId == null
  const same = { patientId, doctorId, startsAt, endsAt, terms, reason, overbookReason, patientOverlapReason, roomImplied }
  if (!('unavailable' in place))
    return { ...same, locationId: place.locationId, roomId: request.roomId ?? place.roomId, outsideHours: false }
  // Nobody books into the past, on purpose neither.
  if (overbookReason === null || place.unavailable === EmptySlotReason.OUTSIDE_BOOKING_WINDOW) return place.unavailable
  const locationId = wantedLocation ?? facts.doctor?.home
  if (locationId == null)
    throw new BadUserInputError([{ field: 'input.locationId', message: 'must say where: the doctor does not work then' }])
  return { ...same, locationId, roomId: request.roomId ?? null, outsideHours: true }
}
