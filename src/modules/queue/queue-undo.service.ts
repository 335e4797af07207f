import { LockMode, ref, UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction, type AuditNote } from '../../audit/event.js'
import { dayIn, type Clock } from '../../clock.js'
import { requireVersion, type Transaction, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { ClinicError } from '../../graphql/errors.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Room } from '../locations/room.entity.js'
import { AppointmentStatus } from '../scheduling/appointment-status.js'
import { conflictOfError } from '../scheduling/booking/conflicts.js'
import { QueueEntryChange } from './queue-entry-change.entity.js'
import { QueueEntry } from './queue-entry.entity.js'
import { QueueStatus } from './queue-status.js'
import { note, tell } from './queue-step.js'
import type { VisitMoves } from './visit-moves.js'

/** What the appointment was moved to by the step to each of these. */
const TOOK_ALONG: Readonly<Partial<Record<QueueStatus, AppointmentStatus>>> = {
  WAITING: AppointmentStatus.ARRIVED,
  IN_SERVICE: AppointmentStatus.IN_PROGRESS,
  DONE: AppointmentStatus.COMPLETED,
}

/** Takes the last move back: the wrong button, the wrong patient (RULES A11). */
export class QueueUndoService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #visits: VisitMoves
  readonly #clock: Clock

  constructor(work: UnitOfWork, reach: RowReach, visits: VisitMoves, clock: Clock) {
    this.#work = work
    this.#reach = reach
    this.#visits = visits
    this.#clock = clock
  }

  /**
   * Takes the last move of an entry back, once and on the same day, with what it did to the appointment. A check-in that is taken back
   * ends as `LEFT`, and its number stays used; of a transfer, the entry before it is back, whichever of the two was named.
   *
   * @returns the id of the entry that stands where the move had found it
   */
  async undo(context: WriteContext, id: string, version: number): Promise<string> {
    return this.#work.run(context, async (transaction) => {
      const { em } = transaction
      await this.#reach.require(em, context.actor, QueueEntry, id)
      const ids = [...new Set([...(await partnersOf(em, id)), id.toLowerCase()])]
      // In the order of the ids, so that two who name the two ends of one transfer wait for each other.
      const locked = await em.find(
        QueueEntry,
        { id: { $in: ids } },
        { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE, populate: ['location'] },
      )
      const entry = locked.find((each) => each.id === id.toLowerCase())
      if (!entry) throw new ClinicError('NOT_FOUND')
      requireVersion(entry, version)
      const last = await lastChangeOf(em, entry)
      const at = this.#clock()
      if (last.undo) throw new ClinicError('CONFLICT', 'The last move was taken back already.')
      if (dayIn(at, entry.location.getEntity().timeZone) !== entry.day)
        throw new ClinicError('CONFLICT', 'A move can be taken back on the same day only.')
      const back = await this.#back(transaction, context, { entry, last, at, others: locked.filter((each) => each !== entry) })
      await flushOrConflict(em)
      await this.#reach.require(em, context.actor, QueueEntry, back.id)
      return back.id
    })
  }

  async #back(
    transaction: Transaction,
    context: WriteContext,
    { entry, last, at, others }: { entry: QueueEntry; last: QueueEntryChange; at: Date; others: readonly QueueEntry[] },
  ): Promise<QueueEntry> {
    if (last.from == null && entry.transferredFrom) {
      const predecessor = others.find((each) => each.id === entry.transferredFrom?.id)
      if (!predecessor) throw new ClinicError('CONFLICT')
      return this.#undoTransfer(transaction, context, predecessor, entry, at)
    }
    if (last.to === QueueStatus.TRANSFERRED) {
      const successor = others.findLast((each) => each.transferredFrom?.id === entry.id)
      if (!successor) throw new ClinicError('CONFLICT')
      return this.#undoTransfer(transaction, context, entry, successor, at)
    }
    const appointment = last.before?.appointmentStatus
    const took = TOOK_ALONG[last.to]
    if (appointment && took && entry.appointment)
      await this.#visits.takeBack(transaction, context, { id: entry.appointment.id, from: took, to: appointment })
    if (last.from == null) close(transaction, context, entry, QueueStatus.LEFT, at)
    else reopen(transaction, context, entry, last, at)
    return entry
  }

  async #undoTransfer(transaction: Transaction, context: WriteContext, from: QueueEntry, to: QueueEntry, at: Date): Promise<QueueEntry> {
    const { em } = transaction
    const moved = await lastChangeOf(em, to)
    if (moved.from != null || moved.undo) throw new ClinicError('CONFLICT', 'They have been moved on since.')
    close(transaction, context, to, QueueStatus.TRANSFERRED, at)
    // The new place must be given up before the old one is taken again.
    await em.flush()
    reopen(transaction, context, from, await lastChangeOf(em, from), at)
    return from
  }
}

function close(transaction: Transaction, context: WriteContext, entry: QueueEntry, to: QueueStatus, at: Date): void {
  const { em, audit } = transaction
  note(em, entry, { from: entry.status, to, at, undo: true }, context)
  entry.status = to
  entry.endedAt = at
  audit(undone(entry))
  tell(transaction, entry)
}

function reopen(transaction: Transaction, context: WriteContext, entry: QueueEntry, last: QueueEntryChange, at: Date): void {
  const { em, audit } = transaction
  const { before } = last
  if (last.from == null || !before) throw new ClinicError('CONFLICT')
  note(em, entry, { from: entry.status, to: last.from, at, undo: true }, context)
  entry.status = last.from
  entry.doctor = before.doctorId === null ? null : ref(em.getReference(Doctor, before.doctorId))
  entry.room = before.roomId === null ? null : ref(em.getReference(Room, before.roomId))
  entry.calledAt = before.calledAt === null ? null : new Date(before.calledAt)
  entry.startedAt = before.startedAt === null ? null : new Date(before.startedAt)
  entry.endedAt = before.endedAt === null ? null : new Date(before.endedAt)
  audit(undone(entry))
  tell(transaction, entry)
}

const undone = (entry: QueueEntry): AuditNote => ({
  action: AuditAction.UPDATE,
  entity: 'QueueEntry',
  entityId: entry.id,
  patientIds: [entry.patient.id],
  sections: ['status'],
  facts: { undo: true },
})

/** The entries before and after this one in a chain of transfers. */
async function partnersOf(em: EntityManager, id: string): Promise<string[]> {
  const rows = await em.execute<{ id: string }[]>(
    `select transferred_from_id as id from queue_entry where id = ? and transferred_from_id is not null
     union select id from queue_entry where transferred_from_id = ?`,
    [id, id],
  )
  return rows.map((row) => row.id)
}

const lastChangeOf = (em: EntityManager, entry: QueueEntry): Promise<QueueEntryChange> =>
  em.findOneOrFail(QueueEntryChange, { entry }, { orderBy: { at: 'desc', id: 'desc' }, populate: ['before'] })

async function flushOrConflict(em: EntityManager): Promise<void> {
  try {
    await em.flush()
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException)
      throw new ClinicError('CONFLICT', 'The patient has a newer place in this queue.')
    // A visit that was completed has left the rest of its time to others.
    const conflict = conflictOfError(error)
    if (conflict !== null) throw new ClinicError('CONFLICT', 'The time of the visit has been taken since.', { conflictsWith: conflict })
    throw error
  }
}
