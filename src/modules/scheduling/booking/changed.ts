import type { AuditAction, AuditNote } from '../../../audit/event.js'
import type { Transaction } from '../../../database/unit-of-work.js'
import type { DomainEvent } from '../../../live/domain-event.js'
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

/** What the trail and those who watch are told of it. */
export function changeOf(
  appointment: ChangedAppointment,
  { action, sections, facts = {} }: ChangeNote,
): { readonly note: AuditNote; readonly event: DomainEvent } {
  const { id, patientId, doctorId, locationId, status } = appointment
  return {
    note: {
      action,
      entity: 'Appointment',
      entityId: id,
      patientIds: [patientId],
      ...(sections && { sections }),
      facts: { status, ...facts },
    },
    event: { kind: 'appointment', id, doctorId, locationId },
  }
}

/** Every write of an appointment goes through here: it is in the trail and told to whoever watches, with the change or not at all. */
export function changed({ audit, emit }: Transaction, appointment: ChangedAppointment, how: ChangeNote): void {
  const { note, event } = changeOf(appointment, how)
  audit(note)
  emit(event)
}
