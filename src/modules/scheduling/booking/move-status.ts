import { ref } from '@mikro-orm/postgresql'
import { AuditAction } from '../../../audit/event.js'
import type { Transaction } from '../../../database/unit-of-work.js'
import { ClinicError } from '../../../graphql/errors.js'
import { User } from '../../identity/user.entity.js'
import { ACTIVE_APPOINTMENT_STATUSES, APPOINTMENT_TRANSITIONS, AppointmentStatus, isStillThePatients } from '../appointment-status.js'
import { AppointmentStatusChange } from '../appointment-status-change.entity.js'
import type { Appointment } from '../appointment.entity.js'
import { changed } from './changed.js'
import { noteFreed } from './freed.js'

const HOUR_MS = 3_600_000

/** One move of an appointment from status to status. */
export interface StatusMove {
  readonly to: AppointmentStatus
  readonly reason: string | null
  readonly at: Date
  /** `null`: the clinic does it by itself. */
  readonly userId: string | null
  /** Fewer hours before the visit than this, calling off is late. `null`: it is not called off but moved. */
  readonly lateCancellationHours: number | null
}

const holdsTime = (status: AppointmentStatus): boolean => (ACTIVE_APPOINTMENT_STATUSES as readonly AppointmentStatus[]).includes(status)

/** Whether the move takes the appointment's time, which somebody else may have by now. */
export const takesTime = (from: AppointmentStatus, to: AppointmentStatus): boolean => !holdsTime(from) && holdsTime(to)

/** Whether the move leaves the appointment's time to others. */
const givesTimeUp = (from: AppointmentStatus, to: AppointmentStatus): boolean =>
  holdsTime(from) && !holdsTime(to) && to !== AppointmentStatus.COMPLETED

/**
 * Checks a move against the table and the clock (RULES A9: nobody can have missed what has not begun).
 * @throws ClinicError `INVALID_TRANSITION`
 */
export function requireMove(from: AppointmentStatus, to: AppointmentStatus, startsAt: Date, now: Date): void {
  if (!APPOINTMENT_TRANSITIONS[from].includes(to)) throw new ClinicError('INVALID_TRANSITION')
  if (to === AppointmentStatus.NO_SHOW && now < startsAt)
    throw new ClinicError('INVALID_TRANSITION', 'Nobody has missed an appointment that has not begun.')
}

/**
 * Refuses what patients ask about a visit that is no longer theirs to change.
 * @throws ClinicError `INVALID_TRANSITION`
 */
export function requireStillThePatients({ status, startsAt }: Pick<Appointment, 'status' | 'startsAt'>, now: Date): void {
  if (!isStillThePatients(status, startsAt, now))
    throw new ClinicError('INVALID_TRANSITION', 'The visit has begun or is over: only the clinic can change it now.')
}

/**
 * Moves an appointment that is locked, and writes the step into its history; the transaction writes both at its end.
 * @throws ClinicError `INVALID_TRANSITION`
 */
export function moveStatus(transaction: Transaction, appointment: Appointment, move: StatusMove): void {
  const { em } = transaction
  const { status: from, startsAt } = appointment
  const { to, at, reason, userId } = move
  requireMove(from, to, startsAt, at)
  appointment.status = to
  if (givesTimeUp(from, to)) noteFreed(transaction, appointment, at)
  const cancelled = to === AppointmentStatus.CANCELLED
  if (cancelled || takesTime(from, to)) {
    const noticeMs = (move.lateCancellationHours ?? 0) * HOUR_MS
    appointment.cancellationReason = cancelled ? reason : null
    appointment.lateCancellation = cancelled && move.lateCancellationHours !== null && startsAt.getTime() - at.getTime() < noticeMs
  }
  const step = new AppointmentStatusChange()
  const by = userId === null ? null : ref(em.getReference(User, userId))
  Object.assign(step, { appointment: ref(appointment), from, to, at, by, reason })
  em.persist(step)
  const { id, patient, doctor, location } = appointment
  const ids = { id, patientId: patient.id, doctorId: doctor.id, locationId: location.id }
  const facts = { from, ...(appointment.lateCancellation && cancelled && { late: true }) }
  changed(transaction, { ...ids, status: to }, { action: AuditAction.UPDATE, sections: ['status'], facts })
}
