import { registerEnumType } from 'type-graphql'

/** Where an appointment stands (RULES, Appointments). */
export enum AppointmentStatus {
  REQUESTED = 'REQUESTED',
  BOOKED = 'BOOKED',
  CONFIRMED = 'CONFIRMED',
  ARRIVED = 'ARRIVED',
  IN_PROGRESS = 'IN_PROGRESS',
  COMPLETED = 'COMPLETED',
  CANCELLED = 'CANCELLED',
  NO_SHOW = 'NO_SHOW',
  ENTERED_IN_ERROR = 'ENTERED_IN_ERROR',
}

registerEnumType(AppointmentStatus, {
  name: 'AppointmentStatus',
  description: 'Where an appointment stands.',
  valuesConfig: {
    REQUESTED: { description: 'Asked for, not yet accepted by the clinic.' },
    BOOKED: { description: 'Holds its time.' },
    CONFIRMED: { description: 'The patient has said that they will come.' },
    ARRIVED: { description: 'The patient is in the house.' },
    IN_PROGRESS: { description: 'The visit has begun.' },
    COMPLETED: { description: 'The visit has taken place.' },
    CANCELLED: { description: 'Called off; its time is free again.' },
    NO_SHOW: { description: 'The patient did not come.' },
    ENTERED_IN_ERROR: { description: 'Should never have been entered.' },
  },
})

/** The statuses that hold the doctor's, the patient's and the room's time; the exclusion constraints name the same ones (RULES A1, A2). */
export const ACTIVE_APPOINTMENT_STATUSES = [
  AppointmentStatus.BOOKED,
  AppointmentStatus.CONFIRMED,
  AppointmentStatus.ARRIVED,
  AppointmentStatus.IN_PROGRESS,
] as const

/** Every allowed move; anything else is `INVALID_TRANSITION`. */
export const APPOINTMENT_TRANSITIONS: Readonly<Record<AppointmentStatus, readonly AppointmentStatus[]>> = {
  REQUESTED: [AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED, AppointmentStatus.ENTERED_IN_ERROR],
  BOOKED: [
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.CANCELLED,
    AppointmentStatus.NO_SHOW,
    AppointmentStatus.ENTERED_IN_ERROR,
  ],
  CONFIRMED: [AppointmentStatus.ARRIVED, AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW, AppointmentStatus.ENTERED_IN_ERROR],
  ARRIVED: [AppointmentStatus.IN_PROGRESS, AppointmentStatus.CANCELLED, AppointmentStatus.ENTERED_IN_ERROR],
  IN_PROGRESS: [AppointmentStatus.COMPLETED, AppointmentStatus.ENTERED_IN_ERROR],
  COMPLETED: [AppointmentStatus.ENTERED_IN_ERROR],
  CANCELLED: [AppointmentStatus.BOOKED, AppointmentStatus.ENTERED_IN_ERROR],
  NO_SHOW: [AppointmentStatus.BOOKED, AppointmentStatus.ENTERED_IN_ERROR],
  ENTERED_IN_ERROR: [],
}

/** Statuses of a visit that has not begun: it can be moved to another time. */
export const MOVABLE: readonly AppointmentStatus[] = [AppointmentStatus.REQUESTED, AppointmentStatus.BOOKED, AppointmentStatus.CONFIRMED]

/** What somebody may do who acts for a patient and does not work here. */
export const PATIENT_TRANSITIONS: readonly AppointmentStatus[] = [AppointmentStatus.CONFIRMED, AppointmentStatus.CANCELLED]

/**
 * Whether a visit is still the patient's to confirm, move or call off. Once it should have begun, or they are in the house, what became of
 * it is for the clinic to say: else nobody would ever have missed one (RULES A9).
 */
export const isStillThePatients = (status: AppointmentStatus, startsAt: Date, now: Date): boolean =>
  MOVABLE.includes(status) && now < startsAt
