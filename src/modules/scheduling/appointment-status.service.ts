import type { EntityManager } from '@mikro-orm/postgresql'
import { MINUTE, type Clock } from '../../clock.js'
import { requireVersion, type Transaction, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { ClinicError, ForbiddenError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { leaveQueue, lockPlacesOf } from '../queue/leave-queue.js'
import { CLINIC_SETTINGS_ID, ClinicSettings } from '../settings/clinic-settings.entity.js'
import { AppointmentStatus, PATIENT_TRANSITIONS } from './appointment-status.js'
import type { CancelAppointmentInput, ChangeAppointmentStatusInput } from './appointment.inputs.js'
import { Appointment } from './appointment.entity.js'
import { accountOf } from './booking/capacity.js'
import { BookingConflict, conflictOf, conflictOfError, type Wanted } from './booking/conflicts.js'
import { locksOn } from './booking/locks.js'
import { moveStatus, requireMove, requireStillThePatients, takesTime } from './booking/move-status.js'
import { lockAppointment, reachAppointment, type ReachedAppointment } from './booking/reached-appointment.js'
import { retried } from './booking/retried.js'
import { readTaken, type TakenTimes } from './booking/taken.js'

const MOST_REASON = 500
/** The visit does not take place. Nobody may say so without saying why, and nobody waits for it any more. */
const OFF: readonly AppointmentStatus[] = [AppointmentStatus.CANCELLED, AppointmentStatus.ENTERED_IN_ERROR]

/** What becomes of an appointment that is booked (RULES, Appointments; A9). */
export class AppointmentStatusService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #clock: Clock

  constructor(work: UnitOfWork, reach: RowReach, clock: Clock) {
    this.#work = work
    this.#reach = reach
    this.#clock = clock
  }

  /**
   * Calls an appointment off; its time is free at once.
   * @throws ClinicError `STALE_VERSION`, `INVALID_TRANSITION`
   */
  async cancel(context: WriteContext, { id, version, reason }: CancelAppointmentInput): Promise<void> {
    await this.change(context, { id, version, reason, status: AppointmentStatus.CANCELLED })
  }

  /**
   * Moves an appointment to another status. Patients and their proxies may confirm and call off, no more.
   *
   * @throws ClinicError `STALE_VERSION`, `INVALID_TRANSITION`, and `CONFLICT` when a cancelled one is to take a time that is taken (RULES A1)
   */
  async change(context: WriteContext, input: ChangeAppointmentStatusInput): Promise<void> {
    const checks = new InputChecks()
    const reason = checks.optionalText('reason', input.reason, { most: MOST_REASON }) ?? null
    checks.require(reason !== null || !OFF.includes(input.status), 'reason', 'must say why')
    checks.done()
    const { status: to, version } = input
    try {
      await retried(() =>
        this.#work.run(context, async (transaction) => {
          const { em } = transaction
          const reached = await reachAppointment(em, this.#reach, context.actor, input.id)
          if (reached.capacity === 'PATIENT' && !PATIENT_TRANSITIONS.includes(to)) throw new ForbiddenError()
          // Who takes a time waits for the locks of bookings, and for the row only then.
          const times = to === AppointmentStatus.BOOKED ? await this.#times(em, reached, context) : null
          const places = OFF.includes(to) ? await lockPlacesOf(em, reached.id) : []
          const appointment = await lockAppointment(em, reached.id)
          requireVersion(appointment, version)
          if (reached.capacity === 'PATIENT') requireStillThePatients(appointment, this.#clock())
          requireMove(appointment.status, to, appointment.startsAt, this.#clock())
          if (times && takesTime(appointment.status, to)) {
            await requireFree(em, appointment, times)
            await requireStillPossible(em, appointment, this.#clock())
          }
          await this.#move(transaction, appointment, { to, reason }, context)
          leaveQueue(transaction, places, { context, at: this.#clock(), reason })
        }),
      )
    } catch (error) {
      const conflict = conflictOfError(error)
      throw conflict === null ? error : takenAgain(conflict)
    }
  }

  #times(em: EntityManager, { id, doctorId, patientId, roomId, startsAt, endsAt }: ReachedAppointment, { actor }: WriteContext) {
    const whose = { doctorIds: [doctorId], patientId, roomIds: [roomId] }
    const minutes = Math.ceil((endsAt.getTime() - startsAt.getTime()) / MINUTE)
    const from = { starts: [startsAt], minutes, without: [id], userId: accountOf(actor), now: this.#clock() }
    return readTaken(em, { ...whose, ...from, locks: locksOn(whose) })
  }

  async #move(
    transaction: Transaction,
    appointment: Appointment,
    { to, reason }: { to: AppointmentStatus; reason: string | null },
    context: WriteContext,
  ): Promise<void> {
    const { lateCancellationHours } = await transaction.em.findOneOrFail(ClinicSettings, { id: CLINIC_SETTINGS_ID })
    moveStatus(transaction, appointment, { to, reason, at: this.#clock(), userId: accountOf(context.actor), lateCancellationHours })
  }
}

async function requireFree(em: EntityManager, appointment: Appointment, { taken }: TakenTimes): Promise<void> {
  const successors = await em.count(Appointment, { rescheduledFrom: appointment.id })
  if (successors > 0) throw new ClinicError('CONFLICT', 'It was moved to another time: change the appointment that it became.')
  const over = new Set<BookingConflict>()
  if (appointment.overbookReason != null) over.add(BookingConflict.DOCTOR)
  if (appointment.patientOverlapReason != null) over.add(BookingConflict.PATIENT)
  const conflict = conflictOf(wantedOf(appointment), taken, over)
  if (conflict !== null) throw takenAgain(conflict)
}

/**
 * What is still to come is booked again under the rules of a booking; what is over is only corrected.
 * @throws ClinicError `CONFLICT`
 */
async function requireStillPossible(em: EntityManager, { patient, doctor, startsAt }: Appointment, now: Date): Promise<void> {
  if (startsAt <= now) return
  const [row] = await em.execute<{ died: boolean; left: boolean }[]>(
    `select exists (select from patient where id = ? and deceased_at is not null) as died,
       exists (select from doctor where id = ? and not active) as left`,
    [patient.id, doctor.id],
  )
  if (row?.died) throw new ClinicError('CONFLICT', 'The patient has died.')
  if (row?.left) throw new ClinicError('CONFLICT', 'The doctor no longer sees patients here: move the visit to another one.')
}

function wantedOf({ doctor, patient, room, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes }: Appointment): Wanted {
  const owners = { doctorId: doctor.id, patientId: patient.id, roomId: room?.id ?? null }
  return { ...owners, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes }
}

function takenAgain(conflict: BookingConflict): ClinicError {
  return new ClinicError('CONFLICT', 'Its time has been taken since.', { conflictsWith: conflict })
}
