import { can, open, orOwn, type AccessMap, type FieldRule } from '../../access/rules.js'
import { ofOwnPatients, rowScope, scopeThrough } from '../../access/scope.js'
import { connectionAccess } from '../../graphql/module.js'
import { Allergy } from './allergy.entity.js'
import { Condition } from './condition.entity.js'
import { PatientConsent } from './patient-consent.entity.js'
import { PatientContact } from './patient-contact.entity.js'
import { PatientIdentifier } from './patient-identifier.entity.js'
import { Patient } from './patient.entity.js'
import { AllergyStatusChange, ConditionStatusChange } from './status-change.entity.js'

/** Patients: the care team and the front desk see demographics, pharmacy and till the name, analysts no person at all. */
export const patientScope = rowScope(() => Patient, {
  all: ['patients.read', 'patients.read-name', 'patients.read-deidentified'],
  restricted: [{ capability: 'patients.read-own', where: ofOwnPatients('id') }],
  owner: 'id',
})

/** May hold patient rows at all. */
export const readsPatients = orOwn(can('patients.read', 'patients.read-name', 'patients.read-deidentified'), 'patients.read-own')
/** May read who the patient is. */
export const readsPatientNames = orOwn(can('patients.read', 'patients.read-name'), 'patients.read-own')
/** May read date of birth, phone, address and the rest of the demographics. */
export const readsDemographics = orOwn(can('patients.read'), 'patients.read-own')

const readsDeidentifiedDemographics = orOwn(can('patients.read', 'patients.read-deidentified'), 'patients.read-own')
const readsAllergies = orOwn(can('allergies.read', 'records.read-deidentified'), 'records.read-own')
const readsConditions = orOwn(can('records.read', 'records.read-deidentified'), 'records.read-own')
/** Who changed a status and why is a note of the staff. */
const readsAllergyReasons = can('allergies.read')
const readsConditionReasons = can('records.read')
/** The front desk sees that there is a number and whose, not the number itself. */
const readsIdentifierValues = orOwn(can('records.read'), 'patients.read-own')

const ownRecords = { capability: 'records.read-own', where: ofOwnPatients('patient') } as const

/** Allergies: also for the pharmacy. */
export const allergyScope = rowScope(() => Allergy, {
  all: ['allergies.read', 'records.read-deidentified'],
  restricted: [ownRecords],
  owner: 'patient',
})

/** Conditions. */
export const conditionScope = rowScope(() => Condition, {
  all: ['records.read', 'records.read-deidentified'],
  restricted: [ownRecords],
  owner: 'patient',
})

const demographicsScope = rowScope(() => Patient, {
  all: ['patients.read'],
  restricted: [{ capability: 'patients.read-own', where: ofOwnPatients('id') }],
  owner: 'id',
})

export const patientScopes = [
  patientScope,
  allergyScope,
  conditionScope,
  scopeThrough(() => PatientContact, 'patient', demographicsScope),
  scopeThrough(() => PatientIdentifier, 'patient', demographicsScope),
  scopeThrough(() => PatientConsent, 'patient', demographicsScope),
  scopeThrough(() => AllergyStatusChange, 'allergy', allergyScope),
  scopeThrough(() => ConditionStatusChange, 'condition', conditionScope),
]

/** Going through the clinic for likely duplicates is for those who merge them or propose to. */
const findsDuplicates = can('patients.merge', 'patients.propose-merge')

const statusChange = (reasons: FieldRule): Readonly<Record<string, FieldRule>> => ({
  id: open,
  createdAt: open,
  kind: open,
  fromStatus: open,
  toStatus: open,
  byName: reasons,
  reason: reasons,
})

export const patientAccess: AccessMap = {
  Patient: {
    id: open,
    // Not nullable, so it cannot be refused on its own: `computed` withholds it from those who see only de-identified rows.
    mrn: open,
    version: open,
    createdAt: open,
    firstName: readsPatientNames,
    lastName: readsPatientNames,
    birthDate: readsDemographics,
    birthYear: readsDeidentifiedDemographics,
    sex: readsDeidentifiedDemographics,
    phone: readsDemographics,
    email: readsDemographics,
    address: readsDemographics,
    language: readsDeidentifiedDemographics,
    deceasedAt: readsDemographics,
    allergyStatus: readsAllergies,
    mergedInto: readsPatients,
    contacts: readsDemographics,
    consents: readsDemographics,
    identifiers: readsDemographics,
    allergies: readsAllergies,
    conditions: readsConditions,
  },
  ...connectionAccess('Patient', readsPatients),
  PatientContact: {
    id: open,
    version: open,
    createdAt: open,
    fullName: open,
    relationship: open,
    phone: open,
    email: open,
    emergency: open,
    guardian: open,
  },
  PatientIdentifier: { id: open, createdAt: open, type: open, system: open, value: readsIdentifierValues },
  Allergy: {
    id: open,
    version: open,
    createdAt: open,
    substance: open,
    codeSystem: open,
    code: open,
    category: open,
    criticality: open,
    clinicalStatus: open,
    verificationStatus: open,
    reactions: open,
    onsetDate: open,
    recordedAt: open,
    allowedTransitions: open,
    allowedVerifications: open,
    patient: readsPatients,
    statusHistory: readsAllergies,
  },
  Condition: {
    id: open,
    version: open,
    createdAt: open,
    codeSystem: open,
    code: open,
    display: open,
    clinicalStatus: open,
    verificationStatus: open,
    onsetDate: open,
    abatementDate: open,
    recordedAt: open,
    allowedTransitions: open,
    allowedVerifications: open,
    patient: readsPatients,
    medicalRecord: readsConditions,
    statusHistory: readsConditions,
  },
  PatientConsent: {
    id: open,
    version: open,
    createdAt: open,
    kind: open,
    formVersion: open,
    signerName: open,
    signer: open,
    validFrom: open,
    validTo: open,
    revokedAt: open,
    active: open,
    patient: readsPatients,
  },
  AllergyStatusChange: statusChange(readsAllergyReasons),
  ConditionStatusChange: statusChange(readsConditionReasons),
  DuplicateCandidate: { patient: readsPatients, score: open },
  PossibleDuplicates: { candidates: open },
  LikelyDuplicate: { patient: readsPatients, candidates: open },
  LikelyDuplicates: { entries: open, next: open },
  Query: {
    patient: readsPatients,
    duplicateCandidates: can('patients.write'),
    likelyDuplicates: findsDuplicates,
  },
  Mutation: {
    createPatient: can('patients.write'),
    updatePatient: can('patients.write'),
    recordPatientDeath: can('patients.write'),
    undoPatientDeath: can('patients.write'),
    markNotDuplicates: findsDuplicates,
    addPatientIdentifier: can('patients.write'),
    removePatientIdentifier: can('patients.write'),
    addPatientContact: can('patients.write'),
    updatePatientContact: can('patients.write'),
    removePatientContact: can('patients.write'),
    recordConsent: can('patients.write'),
    revokeConsent: can('patients.write'),
    recordAllergy: can('allergies.write'),
    updateAllergy: can('allergies.write'),
    recordNoKnownAllergies: can('allergies.write'),
    recordCondition: can('conditions.write'),
    updateConditionStatus: can('conditions.write'),
  },
}
