import { ref } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Clock } from '../../clock.js'
import type { Transaction, WriteContext } from '../../database/unit-of-work.js'
import { ClinicError } from '../../graphql/errors.js'
import { User } from '../identity/user.entity.js'
import { AppointmentStatusChange } from '../scheduling/appointment-status-change.entity.js'
import type { AppointmentStatus } from '../scheduling/appointment-status.js'
import { accountOf } from '../scheduling/booking/capacity.js'
import { changed } from '../scheduling/booking/changed.js'
import { moveStatus } from '../scheduling/booking/move-status.js'
import { lockAppointment } from '../scheduling/booking/reached-appointment.js'

/** Takes appointments along with the queue. An entry is locked before its appointment, everywhere. */
export class VisitMoves {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Moves an appointment along.
   *
   * @returns the status it had; `null` when it stood there already
   * @throws ClinicError `INVALID_TRANSITION`
   */
  async move(transaction: Transaction, context: WriteContext, id: string, to: AppointmentStatus): Promise<AppointmentStatus | null> {
    const appointment = await lockAppointment(transaction.em, id)
    const from = appointment.status
    if (from === to) return null
    const userId = accountOf(context.actor)
    moveStatus(transaction, appointment, { to, reason: null, at: this.#clock(), userId, lateCancellationHours: null })
    return from
  }

  /**
   * Puts an appointment back to where a step that is taken back had found it: not a move of the table, but the correction of one.
   * @throws ClinicError `CONFLICT` when somebody has moved it on since
   */
  async takeBack(
    transaction: Transaction,
    context: WriteContext,
    { id, from, to }: { readonly id: string; readonly from: AppointmentStatus; readonly to: AppointmentStatus },
  ): Promise<void> {
    const { em } = transaction
    const appointment = await lockAppointment(em, id)
    if (appointment.status !== from) throw new ClinicError('CONFLICT', 'The appointment has been moved on since.')
    appointment.status = to
    const step = new AppointmentStatusChange()
    const by = ref(em.getReference(User, accountOf(context.actor)))
    Object.assign(step, { appointment: ref(appointment), from, to, at: this.#clock(), by, reason: null })
    em.persist(step)
    const ids = { id, patientId: appointment.patient.id, doctorId: appointment.doctor.id, locationId: appointment.location.id }
    changed(transaction, { ...ids, status: to }, { action: AuditAction.UPDATE, sections: ['status'], facts: { from, undo: true } })
  }
}
