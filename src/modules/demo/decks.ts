import { AllergyClinicalStatus, AllergyCriticality } from '../patients/allergy.entity.js'
import { ConditionClinicalStatus, ConditionVerificationStatus } from '../patients/condition.entity.js'
import { PatientIdentifierType } from '../patients/patient-identifier.entity.js'
import { AllergyStatus, Sex } from '../patients/patient.entity.js'
import { TreatmentPlanStatus } from '../plans/treatment-plan.entity.js'
import { PrescriptionItemStatus } from '../prescriptions/prescription-item.entity.js'
import { DiagnosisCertainty } from '../records/diagnosis.entity.js'
import { RecordStatus } from '../records/medical-record.entity.js'
import { AppointmentStatus } from '../scheduling/appointment-status.js'
import { Deck } from './random.js'
import { randomFor, type World } from './world.js'

/** In what shares every status and kind occurs, per hundred or so. Because they are dealt from decks, each occurs in a clinic of 500. */
const SHARES = {
  sex: { [Sex.FEMALE]: 104, [Sex.MALE]: 92, [Sex.OTHER]: 2, [Sex.UNKNOWN]: 2 },
  pastAppointment: {
    [AppointmentStatus.COMPLETED]: 82,
    [AppointmentStatus.CANCELLED]: 10,
    [AppointmentStatus.NO_SHOW]: 7,
    [AppointmentStatus.ENTERED_IN_ERROR]: 1,
  },
  comingAppointment: {
    [AppointmentStatus.BOOKED]: 52,
    [AppointmentStatus.CONFIRMED]: 30,
    [AppointmentStatus.REQUESTED]: 12,
    [AppointmentStatus.CANCELLED]: 6,
  },
  /** Of the visits of the last fortnight, some have no outcome yet (RULES A9). */
  outcome: { KNOWN: 24, UNRESOLVED: 1 },
  extraBooking: { NONE: 78, OVERBOOKED: 1, PATIENT_OVERLAP: 1 },
  record: { [RecordStatus.SIGNED]: 92, [RecordStatus.AMENDED]: 3, [RecordStatus.DRAFT]: 4, [RecordStatus.ENTERED_IN_ERROR]: 1 },
  primaryCertainty: { [DiagnosisCertainty.CONFIRMED]: 88, [DiagnosisCertainty.SUSPECTED]: 12 },
  furtherCertainty: {
    [DiagnosisCertainty.CONFIRMED]: 80,
    [DiagnosisCertainty.SUSPECTED]: 10,
    [DiagnosisCertainty.RULED_OUT]: 5,
    [DiagnosisCertainty.STATUS_POST]: 5,
  },
  allergyStatus: { [AllergyStatus.NOT_ASKED]: 12, [AllergyStatus.NONE_KNOWN]: 55, [AllergyStatus.RECORDED]: 33 },
  criticality: { [AllergyCriticality.LOW]: 60, [AllergyCriticality.HIGH]: 30, [AllergyCriticality.UNABLE_TO_ASSESS]: 10 },
  allergyClinical: { [AllergyClinicalStatus.ACTIVE]: 44, [AllergyClinicalStatus.INACTIVE]: 3, [AllergyClinicalStatus.RESOLVED]: 3 },
  conditionClinical: {
    [ConditionClinicalStatus.ACTIVE]: 84,
    [ConditionClinicalStatus.RECURRENCE]: 3,
    [ConditionClinicalStatus.RELAPSE]: 3,
    [ConditionClinicalStatus.INACTIVE]: 3,
    [ConditionClinicalStatus.REMISSION]: 4,
    [ConditionClinicalStatus.RESOLVED]: 3,
  },
  conditionVerification: {
    [ConditionVerificationStatus.CONFIRMED]: 88,
    [ConditionVerificationStatus.PROVISIONAL]: 5,
    [ConditionVerificationStatus.UNCONFIRMED]: 2,
    [ConditionVerificationStatus.DIFFERENTIAL]: 2,
    [ConditionVerificationStatus.REFUTED]: 2,
    [ConditionVerificationStatus.ENTERED_IN_ERROR]: 1,
  },
  identifier: {
    [PatientIdentifierType.INSURANCE]: 50,
    [PatientIdentifierType.NATIONAL_ID]: 24,
    [PatientIdentifierType.DRIVER_LICENSE]: 8,
    [PatientIdentifierType.PASSPORT]: 8,
    [PatientIdentifierType.FOREIGN_MRN]: 7,
    [PatientIdentifierType.OTHER]: 3,
  },
  plan: {
    [TreatmentPlanStatus.DRAFT]: 2,
    [TreatmentPlanStatus.PROPOSED]: 3,
    [TreatmentPlanStatus.ACCEPTED]: 4,
    [TreatmentPlanStatus.IN_PROGRESS]: 10,
    [TreatmentPlanStatus.COMPLETED]: 15,
    [TreatmentPlanStatus.REJECTED]: 2,
    [TreatmentPlanStatus.ON_HOLD]: 2,
    [TreatmentPlanStatus.CANCELLED]: 2,
  },
  /** What befalls a prescribed medicine; `COURSE` is that it is taken as meant and then over. */
  medicine: {
    COURSE: 88,
    [PrescriptionItemStatus.STOPPED]: 4,
    [PrescriptionItemStatus.ON_HOLD]: 2,
    [PrescriptionItemStatus.CANCELLED]: 3,
    [PrescriptionItemStatus.ENTERED_IN_ERROR]: 1,
    [PrescriptionItemStatus.DRAFT]: 2,
  },
  singleProcedure: { DONE: 46, NOT_DONE: 3, ENTERED_IN_ERROR: 1 },
} as const

type Shares = typeof SHARES
export type Decks = { readonly [Name in keyof Shares]: Deck<keyof Shares[Name] & string> }

/** Fresh decks for one practice: what one practice deals does not depend on another. */
export function createDecks(world: World, practice: number): Decks {
  return Object.fromEntries(
    Object.entries(SHARES).map(([name, shares]) => [name, new Deck<string>(randomFor(world, 'deck', practice, name), shares)]),
  ) as unknown as Decks
}
