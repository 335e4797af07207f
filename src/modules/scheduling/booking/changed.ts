import type { AuditAction } from '../../../audit/event.js'
import type { Transaction } from '../../../database/unit-of-work.js'
import type { AppointmentStatus } from '../appointment-status.js'

/** An appointment that was written. */
export interface ChangedAppointment {
  readonly id: string
  readonly patientId: string
  readonly doctorId: string
  readonly locationId: string
  readonly status: AppointmentStatus
}

/** What was done to it: names of fields, and facts that name nobody. */
export interface ChangeNote {
  readonly action: AuditAction
  readonly sections?: readonly string[]
  readonly facts?: Readonly<Record<string, string | number | boolean>>
}

/** Every write of an appointment goes through here: it is in the trail and told to whoever watches, with the change or not at all. */
export function changed({ audit, emit }: Transaction, appointment: ChangedAppointment, { action, sections, facts = {} }: ChangeNote): void {
  audit({
    action,
    entity: 'Appointment',
    entityId: appointment.id,
    patientIds: [appointment.patientId],
    ...(sections && { sections }),
    facts: { status: appointment.status, ...facts },
  })
  const { id, doctorId, locationId } = appointment
  emit({ kind: 'appointment', id, doctorId, locationId })
}
