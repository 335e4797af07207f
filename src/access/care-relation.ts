import type { ScopedRow } from './scope.js'

/** What makes a care relation: a row of `table` that ties `doctor` to the patient, not older than the clinic's setting says. */
const TIES = [
  { table: 'appointment', doctor: 'doctor_id', at: 'starts_at', valid: "care.status <> 'ENTERED_IN_ERROR'" },
  { table: 'medical_record', doctor: 'author_id', at: 'occurred_at', valid: "care.status <> 'ENTERED_IN_ERROR'" },
  { table: 'treatment_plan', doctor: 'doctor_id', at: 'created_at', valid: 'true' },
] as const

/**
 * The rows whose patient, in `property`, is in the actor's care: an appointment with them, past or to come, a record of theirs or a
 * plan of theirs; a patient whom they have registered; or one whose chart they have opened in an emergency, for as long as that holds
 * (RULES S3).
 *
 * Each tie is a subquery of its own, so that the planner probes the index by patient for a few rows, and collects the doctor's patients
 * once, through the index by doctor, for many.
 */
export function careRelation(property: string) {
  return (row: ScopedRow): string => {
    const patient = row.column(property)
    const ties = TIES.map(
      ({ table, doctor, at, valid }) =>
        `exists (select from ${table} care where care.patient_id = ${patient} and care.${doctor} = ${row.actor('doctorId')} and care.${at} >= ${row.actor('careSince')} and ${valid})`,
    )
    const opened = `exists (select from break_glass care where care.patient_id = ${patient} and care.user_id = ${row.actor('userId')} and care.ends_at > now())`
    const registered = `exists (select from patient care where care.id = ${patient} and care.registered_by_id = ${row.actor('userId')} and care.created_at >= ${row.actor('careSince')})`
    return `(${[...ties, opened, registered].join(' or ')})`
  }
}
