import { LockMode, ref } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { dayIn, type Clock } from '../../clock.js'
import { requireVersion, type Transaction, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ClinicError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { AppointmentStatus } from '../scheduling/appointment-status.js'
import { add } from './check-in.service.js'
import { QueueEntry } from './queue-entry.entity.js'
import { doctorOf, locationOf, lockQueueOf, nextNumber, roomOf } from './queue-places.js'
import { QueueStatus } from './queue-status.js'
import { step, tell } from './queue-step.js'
import type { CallNextInput, CallQueueEntryInput, FinishServiceInput, QueueMoveInput, TransferQueueEntryInput } from './queue.inputs.js'
import type { VisitMoves } from './visit-moves.js'

const REASON = { most: 500 }

/** What `callNext` found. */
export interface Called {
  /** Who was called; `null` when nobody waits. */
  readonly id: string | null
  /** How many wait whom this caller does not call. */
  readonly waitingForOthers: number
}

/** Moves those who wait through the day (RULES A11). */
export class QueueMovesService {
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
   * Calls whoever is next: the most urgent, and of equals who came first. However many call at once, each gets somebody else: a row that
   * another caller has just taken is passed over instead of waited for.
   */
  callNext(context: WriteContext, input: CallNextInput): Promise<Called> {
    return this.#work.run(context, async (transaction) => {
      const { em } = transaction
      const location = await locationOf(em, input.locationId)
      const doctor = await doctorOf(em, input.doctorId ?? null)
      const room = await roomOf(em, input.roomId ?? null, location.id)
      const now = this.#clock()
      const reached = this.#reach.condition(context.actor, QueueEntry, 't')
      const where = `t.location_id = ? and t.day = ? and t.status = 'WAITING' and ${reached.sql}`
      const values = [location.id, dayIn(now, location.timeZone), ...reached.values]
      const [next] = await em.execute<{ id: string }[]>(
        `select t.id from queue_entry t where ${where} and (?::uuid is null or t.doctor_id is null or t.doctor_id = ?::uuid)
         order by t.rank, t.arrived_at, t.id limit 1 for update of t skip locked`,
        [...values, doctor?.id ?? null, doctor?.id ?? null],
      )
      if (!next) {
        const [left] = await em.execute<{ count: number }[]>(
          `select count(*)::int as count from queue_entry t where ${where} and t.doctor_id <> ?::uuid`,
          [...values, doctor?.id ?? null],
        )
        return { id: null, waitingForOthers: left?.count ?? 0 }
      }
      const entry = await em.findOneOrFail(QueueEntry, { id: next.id })
      step(em, entry, QueueStatus.CALLED, { context, at: now })
      if (doctor) entry.doctor = ref(doctor)
      if (room) entry.room = ref(room)
      await this.#done(transaction, context, entry, ['status', ...(doctor ? ['doctor'] : []), ...(room ? ['room'] : [])])
      return { id: entry.id, waitingForOthers: 0 }
    })
  }

  /** Calls somebody, out of turn when need be. */
  call(context: WriteContext, input: CallQueueEntryInput): Promise<void> {
    return this.#onEntry(context, input, async (transaction, entry, at) => {
      step(transaction.em, entry, QueueStatus.CALLED, { context, at })
      if (input.roomId === undefined) return ['status']
      const room = await roomOf(transaction.em, input.roomId, entry.location.id)
      entry.room = room && ref(room)
      return ['status', 'room']
    })
  }

  /** Somebody begins to see them; the appointment is then in progress. */
  start(context: WriteContext, input: QueueMoveInput): Promise<void> {
    return this.#move(context, input, QueueStatus.IN_SERVICE, AppointmentStatus.IN_PROGRESS)
  }

  /** They were seen. The appointment is completed only when that is asked for: there may be a record to be written. */
  finish(context: WriteContext, input: FinishServiceInput): Promise<void> {
    return this.#move(context, input, QueueStatus.DONE, input.completeAppointment ? AppointmentStatus.COMPLETED : undefined)
  }

  /** Passes them over. */
  skip(context: WriteContext, input: QueueMoveInput): Promise<void> {
    return this.#move(context, input, QueueStatus.SKIPPED)
  }

  /** They are back: they wait again, in the place that their arrival gives them. */
  recall(context: WriteContext, input: QueueMoveInput): Promise<void> {
    return this.#move(context, input, QueueStatus.WAITING)
  }

  /** They went away. The appointment stays as it is: whether they come back is for the desk to say. */
  leave(context: WriteContext, input: QueueMoveInput): Promise<void> {
    return this.#move(context, input, QueueStatus.LEFT)
  }

  /**
   * Sends them on: this entry ends, and a new one waits in their place with the same arrival. Within a location the number stays the same.
   *
   * @returns the id of the new entry
   */
  async transfer(context: WriteContext, input: TransferQueueEntryInput): Promise<string> {
    const reason = reasonOf(input)
    let successor = ''
    await this.#onEntry(context, input, async (transaction, entry, at) => {
      const { em } = transaction
      const location = await locationOf(em, input.locationId ?? entry.location.id)
      const doctor = await doctorOf(em, input.doctorId === undefined ? (entry.doctor?.id ?? null) : input.doctorId)
      const room = await roomOf(em, input.roomId ?? null, location.id)
      const priority = input.priority ?? entry.priority
      const moves =
        location.id !== entry.location.id ||
        (doctor?.id ?? null) !== (entry.doctor?.id ?? null) ||
        room !== null ||
        priority !== entry.priority
      if (!moves) throw new BadUserInputError([{ field: 'input.doctorId', message: 'or another place or priority is needed' }])
      const day = dayIn(at, location.timeZone)
      const stays = location.id === entry.location.id && day === entry.day
      await lockQueueOf(em, location.id)
      step(em, entry, QueueStatus.TRANSFERRED, { context, at, reason })
      // The place must be free before the new entry takes it.
      await em.flush()
      if (!stays) await requireNoOther(transaction, entry.patient.id, location.id, day)
      const added = await add(transaction, context, {
        patientId: entry.patient.id,
        location,
        doctorId: doctor?.id ?? null,
        roomId: room?.id ?? null,
        appointment: entry.appointment ?? null,
        day,
        number: stays ? entry.number : await nextNumber(em, location.id, day),
        priority,
        arrivedAt: entry.arrivedAt,
        at,
        transferredFrom: entry,
        reason,
      })
      await em.flush()
      await this.#reach.require(em, context.actor, QueueEntry, added.id)
      successor = added.id
      return ['status']
    })
    return successor
  }

  async #move(context: WriteContext, input: QueueMoveInput, to: QueueStatus, appointment?: AppointmentStatus): Promise<void> {
    const reason = reasonOf(input)
    await this.#onEntry(context, input, async (transaction, entry, at) => {
      const visit = entry.appointment?.id
      const taken = visit !== undefined && appointment !== undefined
      const appointmentBefore = taken ? await this.#visits.move(transaction, context, visit, appointment) : null
      step(transaction.em, entry, to, { context, at, reason, appointmentBefore })
      return ['status']
    })
  }

  /** Locks the entry, lets `change` move it, and checks before and after that it is in the actor's reach. */
  #onEntry(
    context: WriteContext,
    { id, version }: { readonly id: string; readonly version: number },
    change: (transaction: Transaction, entry: QueueEntry, at: Date) => Promise<string[]>,
  ): Promise<void> {
    return this.#work.run(context, async (transaction) => {
      const { em } = transaction
      await this.#reach.require(em, context.actor, QueueEntry, id)
      const entry = await em.findOneOrFail(QueueEntry, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      requireVersion(entry, version)
      const sections = await change(transaction, entry, this.#clock())
      await this.#done(transaction, context, entry, sections)
    })
  }

  async #done(transaction: Transaction, context: WriteContext, entry: QueueEntry, sections: readonly string[]): Promise<void> {
    const { em, audit } = transaction
    tell(transaction, entry)
    audit({ action: AuditAction.UPDATE, entity: 'QueueEntry', entityId: entry.id, patientIds: [entry.patient.id], sections })
    await em.flush()
    await this.#reach.require(em, context.actor, QueueEntry, entry.id)
  }
}

function reasonOf({ reason }: { readonly reason?: string | null }): string | null {
  const checks = new InputChecks()
  const text = checks.optionalText('reason', reason, REASON) ?? null
  checks.done()
  return text
}

async function requireNoOther({ em }: Transaction, patient: string, location: string, day: string): Promise<void> {
  const status = { $nin: [QueueStatus.DONE, QueueStatus.LEFT, QueueStatus.TRANSFERRED] }
  if ((await em.count(QueueEntry, { patient, location, day, status })) > 0)
    throw new ClinicError('CONFLICT', 'The patient is in the queue there already.')
}
