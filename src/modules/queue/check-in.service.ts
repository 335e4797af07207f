import { ref, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { dayIn, type Clock } from '../../clock.js'
import type { Transaction, UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { Doctor } from '../doctors/doctor.entity.js'
import type { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { AppointmentStatus } from '../scheduling/appointment-status.js'
import { QueueEntry } from './queue-entry.entity.js'
import { doctorOf, locationOf, lockQueueOf, nextNumber } from './queue-places.js'
import { OPEN_QUEUE_STATUSES, QueuePriority, QueueStatus } from './queue-status.js'
import { beforeOf, note, tell } from './queue-step.js'
import type { CheckInInput } from './queue.inputs.js'
import type { VisitMoves } from './visit-moves.js'

/** Who has come, for whom and where. */
interface Arrival {
  readonly patientId: string
  readonly location: Location
  readonly doctorId: string | null
  readonly roomId: string | null
  readonly appointment: Appointment | null
}

/** The front door: whoever comes gets a number and a place in the queue (RULES A11). */
export class CheckInService {
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
   * Checks a patient in: for an appointment of today, which becomes `ARRIVED` in the same transaction, or as somebody who walked in.
   *
   * @returns the place in the queue; `already` when the patient had one there, and nothing was changed
   */
  async checkIn(context: WriteContext, input: CheckInInput): Promise<{ readonly id: string; readonly already: boolean }> {
    const checks = new InputChecks()
    const walkIn = input.appointmentId == null
    checks.require(
      !walkIn || (input.patientId != null && input.locationId != null),
      'appointmentId',
      'or patientId and locationId are needed',
    )
    for (const field of ['patientId', 'locationId', 'doctorId'] as const)
      checks.require(walkIn || input[field] == null, field, "is the appointment's")
    checks.done()
    return this.#work.run(context, async (transaction) => {
      const { em } = transaction
      const now = this.#clock()
      const arrival = await this.#arrivalOf(em, context, input, now)
      const day = dayIn(now, arrival.location.timeZone)
      await lockQueueOf(em, arrival.location.id)
      const open = { patient: arrival.patientId, location: arrival.location.id, day, status: { $in: [...OPEN_QUEUE_STATUSES] } }
      const known = await em.findOne(QueueEntry, open)
      if (known) return { id: known.id, already: true }
      const before =
        arrival.appointment && (await this.#visits.move(transaction, context, arrival.appointment.id, AppointmentStatus.ARRIVED))
      const entry = await add(transaction, context, {
        ...arrival,
        day,
        number: await nextNumber(em, arrival.location.id, day),
        priority: input.priority ?? QueuePriority.NORMAL,
        arrivedAt: now,
        at: now,
        appointmentBefore: before,
      })
      await em.flush()
      await this.#reach.require(em, context.actor, QueueEntry, entry.id)
      return { id: entry.id, already: false }
    })
  }

  async #arrivalOf(em: EntityManager, context: WriteContext, input: CheckInInput, now: Date): Promise<Arrival> {
    if (input.appointmentId == null) {
      const patientId = (input.patientId ?? '').toLowerCase()
      await this.#reach.require(em, context.actor, Patient, patientId)
      const location = await locationOf(em, input.locationId ?? '')
      const doctor = await doctorOf(em, input.doctorId ?? null)
      return { patientId, location, doctorId: doctor?.id ?? null, roomId: null, appointment: null }
    }
    await this.#reach.require(em, context.actor, Appointment, input.appointmentId)
    const appointment = await em.findOneOrFail(Appointment, { id: input.appointmentId }, { populate: ['location'] })
    const location = appointment.location.getEntity()
    const zone = location.timeZone
    if (dayIn(appointment.startsAt, zone) !== dayIn(now, zone))
      throw new BadUserInputError([{ field: 'input.appointmentId', message: 'is on another day' }])
    const { patient, doctor, room } = appointment
    return { patientId: patient.id, location, doctorId: doctor.id, roomId: room?.id ?? null, appointment }
  }
}

/** What a new entry is made of. */
export interface NewEntry extends Omit<Arrival, 'appointment'> {
  readonly appointment: Pick<Appointment, 'id'> | null
  readonly day: string
  readonly number: number
  readonly priority: QueuePriority
  readonly arrivedAt: Date
  /** When it is written. */
  readonly at: Date
  readonly transferredFrom?: QueueEntry
  readonly appointmentBefore?: AppointmentStatus | null
  readonly reason?: string | null | undefined
}

/** Adds an entry to the queue, with the first row of its history. */
export async function add(transaction: Transaction, context: WriteContext, given: NewEntry): Promise<QueueEntry> {
  const { em, audit } = transaction
  const entry = new QueueEntry()
  entry.location = ref(given.location)
  entry.patient = ref(em.getReference(Patient, given.patientId))
  entry.appointment = given.appointment && ref(em.getReference(Appointment, given.appointment.id))
  entry.doctor = given.doctorId === null ? null : ref(em.getReference(Doctor, given.doctorId))
  entry.room = given.roomId === null ? null : ref(em.getReference(Room, given.roomId))
  entry.transferredFrom = given.transferredFrom ? ref(given.transferredFrom) : null
  entry.day = given.day
  entry.number = given.number
  entry.priority = given.priority
  entry.arrivedAt = given.arrivedAt
  em.persist(entry)
  const before = beforeOf(entry, given.appointmentBefore ?? null)
  note(em, entry, { from: null, to: QueueStatus.WAITING, at: given.at, reason: given.reason, before }, context)
  audit({ action: AuditAction.CREATE, entity: 'QueueEntry', entityId: entry.id, patientIds: [given.patientId] })
  tell(transaction, entry)
  return entry
}
