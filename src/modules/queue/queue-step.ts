import { ref, type EntityManager } from '@mikro-orm/postgresql'
import type { Transaction, WriteContext } from '../../database/unit-of-work.js'
import { ClinicError } from '../../graphql/errors.js'
import { User } from '../identity/user.entity.js'
import type { AppointmentStatus } from '../scheduling/appointment-status.js'
import { accountOf } from '../scheduling/booking/capacity.js'
import { QueueEntryChange, type QueueEntryBefore } from './queue-entry-change.entity.js'
import type { QueueEntry } from './queue-entry.entity.js'
import { QUEUE_TRANSITIONS, QueueStatus } from './queue-status.js'

/** Who moves somebody, when and why. */
export interface Step {
  readonly context: WriteContext
  readonly at: Date
  readonly reason?: string | null | undefined
  /** What the appointment stood at, when the step takes it along. */
  readonly appointmentBefore?: AppointmentStatus | null
}

const CLOSED: readonly QueueStatus[] = [QueueStatus.DONE, QueueStatus.LEFT, QueueStatus.TRANSFERRED]

/**
 * Moves an entry, which must be locked, and keeps in the history what it was. Other changes of the entry come after this, so that an undo
 * knows what to put back.
 *
 * @throws ClinicError `INVALID_TRANSITION`
 */
export function step(em: EntityManager, entry: QueueEntry, to: QueueStatus, { context, at, reason, appointmentBefore }: Step): void {
  const from = entry.status
  if (!QUEUE_TRANSITIONS[from].includes(to))
    throw new ClinicError('INVALID_TRANSITION', `Who is ${from} in the queue cannot become ${to}.`, {
      from,
      to,
      allowed: [...QUEUE_TRANSITIONS[from]],
    })
  note(em, entry, { from, to, at, reason, before: beforeOf(entry, appointmentBefore ?? null) }, context)
  entry.status = to
  if (to === QueueStatus.CALLED) entry.calledAt = at
  if (to === QueueStatus.WAITING) entry.calledAt = null
  if (to === QueueStatus.IN_SERVICE) entry.startedAt = at
  if (CLOSED.includes(to)) entry.endedAt = at
}

/** Adds a row to the history. */
export function note(
  em: EntityManager,
  entry: QueueEntry,
  change: Pick<QueueEntryChange, 'from' | 'to' | 'at'> & { reason?: string | null | undefined; before?: QueueEntryBefore; undo?: boolean },
  context: WriteContext,
): void {
  const row = new QueueEntryChange()
  row.entry = ref(entry)
  row.from = change.from ?? null
  row.to = change.to
  row.at = change.at
  row.undo = change.undo ?? false
  row.reason = change.reason ?? null
  row.before = change.before ?? null
  row.by = ref(em.getReference(User, accountOf(context.actor)))
  em.persist(row)
}

/** What an undo has to put back. */
export const beforeOf = (entry: QueueEntry, appointmentStatus: AppointmentStatus | null): QueueEntryBefore => ({
  doctorId: entry.doctor?.id ?? null,
  roomId: entry.room?.id ?? null,
  calledAt: entry.calledAt?.toISOString() ?? null,
  startedAt: entry.startedAt?.toISOString() ?? null,
  endedAt: entry.endedAt?.toISOString() ?? null,
  appointmentStatus,
})

/** Tells everybody who watches the queue. */
export function tell({ emit }: Transaction, { id, location }: QueueEntry): void {
  emit({ kind: 'queue', id, locationId: location.id })
}
