import type { SourceTime } from './fhir-time.js'
import type { ProblemCode, Remark } from './import-problems.js'

/** What every mapper may need to know beside the resource itself. */
export interface MapContext {
  /** The time of the import: nothing that is loaded may lie after it (RULES C4). */
  readonly now: Date
  /** Zone in which dates without a time are taken. */
  readonly zone: string
  /** Whether digits glued to names stay. */
  readonly keepNameDigits: boolean
  /** Takes remarks on the resource being mapped. */
  readonly remark: Remark
}

/** What is known of the patient a resource is about. */
export interface PatientFacts {
  readonly id: string
  readonly birthDate: string
  readonly deceasedAt: Date | null
}

/** The visit a resource belongs to, as it is in the clinic or about to be. */
export interface Visit {
  readonly recordId: string | null
  readonly appointmentId: string | null
  readonly doctorId: string | null
  readonly startsAt: Date
  readonly endsAt: Date
}

/** How far something may lie outside the visit it belongs to (RULES C4). */
const VISIT_TOLERANCE_MS = 24 * 60 * 60 * 1000

/** Why a time cannot be true of this patient, if so. */
export function impossibleTime(
  time: SourceTime,
  patient: PatientFacts,
  now: Date,
): Extract<ProblemCode, 'before-birth' | 'in-future'> | undefined {
  const latestDay = time.partial ? time.until.toISOString().slice(0, 10) : time.day
  if (latestDay < patient.birthDate) return 'before-birth'
  return time.at > now ? 'in-future' : undefined
}

/** Whether a time is after the patient's death. The day of death itself never is when only the day is known. */
export function isAfterDeath(at: Date, patient: PatientFacts): boolean {
  return patient.deceasedAt !== null && at > patient.deceasedAt
}

/** Whether a time belongs to a visit, give or take a day. */
export function isWithinVisit(at: Date, visit: Visit): boolean {
  return at.getTime() >= visit.startsAt.getTime() - VISIT_TOLERANCE_MS && at.getTime() <= visit.endsAt.getTime() + VISIT_TOLERANCE_MS
}
