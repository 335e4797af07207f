import type { EntityManager } from '@mikro-orm/postgresql'
import type { Availability, FreeSlot } from '../availability.js'
import type { Capacity } from './capacity.js'
import { conflictOf } from './conflicts.js'
import { readTaken } from './taken.js'
import type { VisitTerms } from './visit.js'

/** What was wanted and could not be had. */
export interface WantedVisit {
  readonly patientId: string | null
  readonly doctorId: string
  /** Where it must be; `null`: wherever the doctor works. */
  readonly locationId: string | null
  readonly roomId: string | null
  readonly startsAt: Date
  readonly terms: VisitTerms
  readonly capacity: Capacity
  readonly userId: string
  /** Appointments that would give their time up. */
  readonly without: readonly string[]
}

const OFFERED = 3
/** So many of the doctor's free times are looked at: they overlap each other, and the patient or the room may be taken in some. */
const LOOKED_AT = 40
const NOTHING = new Set<never>()

/** Times near the one that was wanted which doctor, patient and room all have free, as things stand now, apart from each other; nobody keeps them for the asker. */
export async function alternativesTo(availability: Availability, em: EntityManager, wanted: WantedVisit, now: Date): Promise<FreeSlot[]> {
  const { patientId, doctorId, locationId, roomId, startsAt, terms, capacity, userId, without } = wanted
  const { minutes: durationMinutes, bufferBeforeMinutes, bufferAfterMinutes } = terms
  const slots = await availability.alternatives({
    doctorId,
    around: startsAt,
    durationMinutes,
    service: { durationMinutes, bufferBeforeMinutes, bufferAfterMinutes },
    forPatient: capacity === 'PATIENT',
    locationId,
    ignored: without,
    count: LOOKED_AT,
  })
  if (slots.length === 0) return []
  const roomOf = (slot: FreeSlot): string | null => roomId ?? slot.roomId
  const starts = slots.map((slot) => slot.startsAt)
  const roomIds = [...new Set(slots.map(roomOf))]
  const { taken } = await readTaken(em, { doctorIds: [doctorId], patientId, roomIds, starts, minutes: durationMinutes, without, userId, now })
  const free = (slot: FreeSlot): boolean =>
    conflictOf({ ...slot, patientId, roomId: roomOf(slot), bufferBeforeMinutes, bufferAfterMinutes }, taken, NOTHING) === null
  const offered: FreeSlot[] = []
  for (const slot of slots) {
    if (offered.length === OFFERED) break
    const apart = offered.every((other) => slot.endsAt <= other.startsAt || other.endsAt <= slot.startsAt)
    if (apart && free(slot)) offered.push(slot)
  }
  return offered
}
