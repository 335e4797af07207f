import type { Role } from '../../access/roles.js'
import type { CodeSystem } from '../../database/coding.js'
import type { AllergyCategory, AllergyClinicalStatus, AllergyCriticality } from '../patients/allergy.entity.js'
import type { ConditionClinicalStatus, ConditionVerificationStatus } from '../patients/condition.entity.js'
import type { PatientIdentifierType } from '../patients/patient-identifier.entity.js'
import type { AllergyStatus, Sex } from '../patients/patient.entity.js'
import type { ProcedureStatus } from '../plans/procedure.entity.js'
import type { TreatmentPlanItemStatus } from '../plans/treatment-plan-item.entity.js'
import type { TreatmentPlanStatus } from '../plans/treatment-plan.entity.js'
import type { PrescriptionItemStatus } from '../prescriptions/prescription-item.entity.js'
import type { DiagnosisCertainty } from '../records/diagnosis.entity.js'
import type { RecordStatus } from '../records/medical-record.entity.js'
import type { TimeOffKind } from '../schedules/time-off.entity.js'
import type { AppointmentStatus } from '../scheduling/appointment-status.js'

/**
 * Rows as they stand in the tables, key = column. Instants are ISO 8601 in UTC, dates `YYYY-MM-DD`, decimals strings.
 * Columns that are left out (`version`, `active` of places) take the table's default.
 */
interface Row {
  id: string
  created_at: string
  updated_at: string
}
interface AddressColumns {
  phone: string | null
  address_line: string | null
  address_city: string | null
  address_region: string | null
  address_postal_code: string | null
  address_country: string | null
}
interface Coded {
  code_system: CodeSystem | null
  code: string | null
}

/** Every table the generator fills, parents before children: the order in which rows can be written. */
export interface ClinicRows {
  location: Row & AddressColumns & { name: string; time_zone: string }
  room: Row & { location_id: string; name: string; active: boolean }
  staff: Row & { full_name: string; job_title: string; email: string; phone: string; active: boolean }
  doctor: Row & {
    full_name: string
    specialty: string
    license_number: string
    default_appointment_minutes: number
    staff_id: string
  }
  weekly_schedule: Row & {
    doctor_id: string
    location_id: string
    room_id: string
    weekday: number
    starts_at: string
    ends_at: string
    valid_from: string
    valid_to: string | null
  }
  service: Row & {
    code: string
    name: string
    specialty: string | null
    duration_minutes: number
    buffer_before_minutes: number
    buffer_after_minutes: number
    price_amount: string
    price_currency: string
    online_bookable: boolean
  }
  clinic_closure: Row & { name: string; starts_on: string; ends_on: string }
  patient: Row &
    AddressColumns & {
      mrn: string
      first_name: string
      last_name: string
      birth_date: string
      sex: Sex
      email: string | null
      language: string | null
      deceased_at: string | null
      allergy_status: AllergyStatus
    }
  patient_identifier: Row & { patient_id: string; type: PatientIdentifierType; system: string; value: string }
  patient_contact: Row & {
    patient_id: string
    full_name: string
    relationship: string
    phone: string | null
    email: string | null
    emergency: boolean
    guardian: boolean
  }
  user_account: Row & {
    username: string
    display_name: string
    password_hash: string
    roles: readonly Role[]
    active: boolean
    demo: boolean
    staff_id: string | null
    patient_id: string | null
  }
  time_off: Row & {
    doctor_id: string
    kind: `${TimeOffKind}`
    starts_at: string
    ends_at: string
    starts_on: string
    ends_on: string
    reason: string
    entered_by_id: string
  }
  appointment: Row & {
    patient_id: string
    doctor_id: string
    location_id: string
    room_id: string | null
    starts_at: string
    ends_at: string
    status: AppointmentStatus
    reason: string | null
    overbook_reason: string | null
    patient_overlap_reason: string | null
  }
  treatment_plan: Row & {
    patient_id: string
    doctor_id: string
    title: string
    diagnosis_summary: string
    status: TreatmentPlanStatus
    starts_on: string | null
    ends_on: string | null
  }
  medical_record: Row & {
    patient_id: string
    appointment_id: string
    author_id: string
    status: RecordStatus
    occurred_at: string
    encounter_type: string
    subjective: string
    findings: string
    assessment: string
    plan: string
    signed_at: string | null
    content_hash: string | null
  }
  diagnosis: Row & {
    medical_record_id: string
    rank: number
    code_system: CodeSystem
    code: string
    display: string
    certainty: DiagnosisCertainty
  }
  current_medication: Row & Coded & { medical_record_id: string; name: string; dosage: string }
  vital: Row & { medical_record_id: string; code: string; display: string; value: string; unit: string; measured_at: string }
  condition: Row &
    Coded & {
      patient_id: string
      medical_record_id: string | null
      display: string
      clinical_status: ConditionClinicalStatus
      verification_status: ConditionVerificationStatus
      onset_date: string | null
      abatement_date: string | null
      recorded_at: string
    }
  allergy: Row &
    Coded & {
      patient_id: string
      substance: string
      category: AllergyCategory
      criticality: AllergyCriticality
      clinical_status: AllergyClinicalStatus
      reactions: readonly string[]
      onset_date: string | null
      recorded_at: string
    }
  treatment_plan_item: Row & Coded & { treatment_plan_id: string; position: number; display: string; status: TreatmentPlanItemStatus }
  procedure: Row &
    Coded & {
      patient_id: string
      treatment_plan_id: string | null
      appointment_id: string | null
      performer_id: string
      name: string
      status: ProcedureStatus
      status_reason: string | null
      price_amount: string
      price_currency: string
      performed_at: string | null
    }
  prescription: Row & {
    patient_id: string
    prescriber_id: string
    appointment_id: string
    treatment_plan_id: string | null
    prescribed_at: string
    note: string | null
  }
  prescription_item: Row &
    Coded & {
      prescription_id: string
      position: number
      medication_name: string
      status: PrescriptionItemStatus
      status_reason: string | null
      dose: string
      dose_unit: string
      frequency: string
      route: string
      instructions: string
      as_needed: boolean
      quantity: string
      quantity_unit: string
      duration_days: number
      refills: number
      starts_on: string
    }
}

export type TableName = keyof ClinicRows

/** Rows of every table; nothing of a table that is not named. */
export type RowsByTable = { [Table in TableName]: ClinicRows[Table][] }
