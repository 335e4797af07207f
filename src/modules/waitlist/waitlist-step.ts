import { ref, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Transaction } from '../../database/unit-of-work.js'
import { ClinicError } from '../../graphql/errors.js'
import { User } from '../identity/user.entity.js'
import { AppointmentHold } from '../scheduling/appointment-hold.entity.js'
import { WaitlistEntryChange } from './waitlist-entry-change.entity.js'
import type { WaitlistEntry } from './waitlist-entry.entity.js'
import type { WaitlistOffer } from './waitlist-offer.entity.js'
import { OfferStatus, WAITLIST_TRANSITIONS, type WaitlistStatus } from './waitlist-status.js'

/** Who does something, when and why. */
export interface Doing {
  readonly at: Date
  /** `null`: the clinic does it by itself. */
  readonly userId: string | null
  readonly reason?: string | null
}

/**
 * Moves an entry that is locked, and writes the step into its history.
 * @throws ClinicError `INVALID_TRANSITION`
 */
export function moveEntry(transaction: Transaction, entry: WaitlistEntry, to: WaitlistStatus, doing: Doing): void {
  const from = entry.status
  if (!WAITLIST_TRANSITIONS[from].includes(to)) throw new ClinicError('INVALID_TRANSITION')
  entry.status = to
  noteStep(transaction, entry, from, doing)
  const { id, patient } = entry
  transaction.audit({
    action: AuditAction.UPDATE,
    entity: 'WaitlistEntry',
    entityId: id,
    patientIds: [patient.id],
    sections: ['status'],
    facts: { from, status: to },
  })
}

/** Adds the step to where the entry stands now to its history. */
export function noteStep({ em }: Transaction, entry: WaitlistEntry, from: WaitlistStatus | null, { at, userId, reason }: Doing): void {
  const step = new WaitlistEntryChange()
  Object.assign(step, { entry: ref(entry), from, to: entry.status, at, by: userOf(em, userId), reason: reason ?? null })
  em.persist(step)
}

/** Ends an open offer, with the hold on its time, which is free for the next unless it was booked. Its entry is moved by whoever calls this. */
export async function endOffer(
  { em, audit, emit }: Transaction,
  { offer, entry }: { readonly offer: WaitlistOffer; readonly entry: WaitlistEntry },
  state: Exclude<OfferStatus, OfferStatus.OPEN>,
  at: Date,
): Promise<void> {
  const facts = { from: offer.state, status: state }
  offer.state = state
  offer.answeredAt = at
  const patientIds = [entry.patient.id]
  audit({ action: AuditAction.UPDATE, entity: 'WaitlistOffer', entityId: offer.id, patientIds, sections: ['status'], facts })
  emit({ kind: 'waitlist', id: offer.id })
  const hold = offer.hold?.id
  offer.hold = null
  // Where the time was booked, the booking has used the hold up.
  if (hold !== undefined && state !== OfferStatus.ACCEPTED) await em.nativeDelete(AppointmentHold, { id: hold })
}

/** Whoever does something, as a reference; `null` for the clinic itself. */
export const userOf = (em: EntityManager, userId: string | null) => (userId === null ? null : ref(em.getReference(User, userId)))
