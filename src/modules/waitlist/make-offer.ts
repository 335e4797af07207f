import { ref } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { after, MINUTE } from '../../clock.js'
import type { Transaction } from '../../database/unit-of-work.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { AppointmentHold } from '../scheduling/appointment-hold.entity.js'
import type { BookingConflict } from '../scheduling/booking/conflicts.js'
import type { Draft } from '../scheduling/booking/draft.js'
import { locksOn } from '../scheduling/booking/locks.js'
import { bookingOf } from '../scheduling/booking/take-time.js'
import { readTaken } from '../scheduling/booking/taken.js'
import type { FreedTime } from '../scheduling/freed-time.entity.js'
import { LETTER_LEASE_MS } from './offer-letters.js'
import type { WaitlistEntry } from './waitlist-entry.entity.js'
import { WaitlistOffer } from './waitlist-offer.entity.js'
import { WaitlistStatus } from './waitlist-status.js'
import { moveEntry, userOf, type Doing } from './waitlist-step.js'

/** How an offer is made. */
export interface Offering extends Doing {
  readonly expiresAt: Date
  /** The time that has become free; `null` when the desk has found one. */
  readonly freedTime: FreedTime | null
}

/**
 * Offers a time to an entry, which is locked and waits, and keeps the time for its patient until the offer ends (RULES A10).
 *
 * @returns whose time stands against it, when somebody has taken it; nothing is written then
 */
export async function makeOffer(
  transaction: Transaction,
  entry: WaitlistEntry,
  draft: Draft,
  { at, userId, expiresAt, freedTime }: Offering,
): Promise<WaitlistOffer | BookingConflict> {
  const { em, audit } = transaction
  const { patientId, doctorId, locationId, roomId, startsAt, endsAt, terms } = draft
  const time = { doctorIds: [doctorId], patientId, roomIds: [roomId] }
  const wanted = { ...time, starts: [startsAt], minutes: terms.minutes, locks: locksOn(time) }
  const booking = bookingOf(draft, await readTaken(em, { ...wanted, userId: null, now: at }))
  if (typeof booking === 'string') return booking
  const room = roomId === null ? null : ref(em.getReference(Room, roomId))
  const doctor = ref(em.getReference(Doctor, doctorId))
  const hold = new AppointmentHold()
  Object.assign(hold, {
    doctor,
    room,
    patient: entry.patient,
    user: null,
    startsAt: after(startsAt, -terms.bufferBeforeMinutes * MINUTE),
    endsAt: after(endsAt, terms.bufferAfterMinutes * MINUTE),
    expiresAt,
  })
  const offer = new WaitlistOffer()
  const location = ref(em.getReference(Location, locationId))
  Object.assign(offer, { entry: ref(entry), doctor, location, room, startsAt, endsAt, expiresAt, hold: ref(hold) })
  Object.assign(offer, { freedTime: freedTime && ref(freedTime), offeredBy: userOf(em, userId), letterDueAt: after(at, LETTER_LEASE_MS) })
  em.persist([hold, offer])
  moveEntry(transaction, entry, WaitlistStatus.OFFERED, { at, userId })
  audit({ action: AuditAction.CREATE, entity: 'WaitlistOffer', entityId: offer.id, patientIds: [patientId] })
  return offer
}
