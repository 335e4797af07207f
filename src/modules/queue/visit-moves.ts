import { LockMode } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Transaction, WriteContext } from '../../database/unit-of-work.js'
import { ClinicError } from '../../graphql/errors.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { APPOINTMENT_TRANSITIONS, type AppointmentStatus } from '../scheduling/appointment-status.js'

/** What the queue does to appointments. */
export class VisitMoves {
  /**
   * Moves an appointment along with the queue.
   *
   * @returns the status it had; `null` when it stood there already
   * @throws ClinicError `INVALID_TRANSITION`
   */
  async move({ em, audit }: Transaction, _context: WriteContext, id: string, to: AppointmentStatus): Promise<AppointmentStatus | null> {
    const appointment = await em.findOneOrFail(Appointment, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
    const from = appointment.status
    if (from === to) return null
    if (!APPOINTMENT_TRANSITIONS[from].includes(to)) throw new ClinicError('INVALID_TRANSITION')
    appointment.status = to
    audit({ action: AuditAction.UPDATE, entity: 'Appointment', entityId: id, patientIds: [appointment.patient.id], sections: ['status'] })
    return from
  }

  /** Puts an appointment back to where a step that is undone had found it, unless somebody has moved it on since. */
  async takeBack(
    { em, audit }: Transaction,
    _context: WriteContext,
    id: string,
    from: AppointmentStatus,
    to: AppointmentStatus,
  ): Promise<void> {
    const appointment = await em.findOneOrFail(Appointment, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
    if (appointment.status !== from) throw new ClinicError('CONFLICT', 'The appointment has been moved on since.')
    appointment.status = to
    audit({ action: AuditAction.UPDATE, entity: 'Appointment', entityId: id, patientIds: [appointment.patient.id], sections: ['status'] })
  }
}
