import { LockMode, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Transaction, WriteContext } from '../../database/unit-of-work.js'
import { QueueEntry } from './queue-entry.entity.js'
import { OPEN_QUEUE_STATUSES, QueueStatus } from './queue-status.js'
import { step, tell } from './queue-step.js'

/** The open place in a queue that the patient has for an appointment, locked: an entry is locked before its appointment, everywhere. */
export function lockPlacesOf(em: EntityManager, appointmentId: string): Promise<QueueEntry[]> {
  const open = { appointment: appointmentId, status: { $in: [...OPEN_QUEUE_STATUSES] } }
  return em.find(QueueEntry, open, { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE })
}

/** The visit does not take place: nobody calls them for it any more. */
export function leaveQueue(
  transaction: Transaction,
  places: readonly QueueEntry[],
  doing: { readonly context: WriteContext; readonly at: Date; readonly reason: string | null },
): void {
  for (const place of places) {
    step(transaction.em, place, QueueStatus.LEFT, doing)
    tell(transaction, place)
    const patientIds = [place.patient.id]
    transaction.audit({ action: AuditAction.UPDATE, entity: 'QueueEntry', entityId: place.id, patientIds, sections: ['status'] })
  }
}
