import { registerEnumType } from 'type-graphql'
import { chainOf } from '../../../graphql/failures.js'

/** Whose time stands against a booking. */
export enum BookingConflict {
  DOCTOR = 'DOCTOR',
  PATIENT = 'PATIENT',
  ROOM = 'ROOM',
}

registerEnumType(BookingConflict, {
  name: 'BookingConflict',
  description: 'Whose time is taken.',
  valuesConfig: {
    DOCTOR: { description: "The doctor's, with the time kept free around their visits." },
    PATIENT: { description: 'The patient has another appointment then.' },
    ROOM: { description: 'The room is in use.' },
  },
})

/** The exclusion constraints, which have the last word (RULES A1, A2). */
const CONSTRAINTS: Readonly<Record<string, BookingConflict>> = {
  appointment_doctor_no_overlap: BookingConflict.DOCTOR,
  appointment_patient_no_overlap: BookingConflict.PATIENT,
  appointment_room_no_overlap: BookingConflict.ROOM,
}

/** The conflict that an error of the database stands for; `null` when it is another error. */
export function conflictOfError(error: unknown): BookingConflict | null {
  for (const link of chainOf(error)) {
    const { code, constraint } = link as { code?: unknown; constraint?: unknown }
    if (code === '23P01') return CONSTRAINTS[String(constraint)] ?? null
  }
  return null
}

/** A stretch of time that is taken, and whose it is. Half-open, in milliseconds since 1970. */
export interface Taken {
  readonly of: BookingConflict
  /** The doctor, the patient or the room. */
  readonly owner: string
  readonly from: number
  readonly to: number
}

/** What a booking wants to take. */
export interface Wanted {
  readonly doctorId: string
  readonly patientId: string | null
  readonly roomId: string | null
  readonly startsAt: Date
  readonly endsAt: Date
  readonly bufferBeforeMinutes: number
  readonly bufferAfterMinutes: number
}

const MINUTE = 60_000

/**
 * What stands against a booking, the doctor's time first. The stretches of doctor and room carry the time kept free around visits, and the
 * booking brings its own; a patient needs none.
 *
 * @param over what the booking may lie over: it is placed there on purpose
 */
export function conflictOf(wanted: Wanted, taken: readonly Taken[], over: ReadonlySet<BookingConflict>): BookingConflict | null {
  const from = wanted.startsAt.getTime()
  const to = wanted.endsAt.getTime()
  const owners = { DOCTOR: wanted.doctorId, PATIENT: wanted.patientId, ROOM: wanted.roomId }
  for (const of of [BookingConflict.DOCTOR, BookingConflict.PATIENT, BookingConflict.ROOM]) {
    if (over.has(of)) continue
    const before = of === BookingConflict.PATIENT ? 0 : wanted.bufferBeforeMinutes * MINUTE
    const after = of === BookingConflict.PATIENT ? 0 : wanted.bufferAfterMinutes * MINUTE
    const stands = (stretch: Taken): boolean =>
      stretch.of === of && stretch.owner === owners[of] && stretch.from < to + after && from - before < stretch.to
    if (taken.some(stands)) return of
  }
  return null
}
