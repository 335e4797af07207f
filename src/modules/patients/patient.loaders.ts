import {
  ascending,
  descending,
  edgesOf,
  list,
  one,
  rootConnection,
  rootOne,
  type FilterDeclaration,
} from '../../graphql/loaders/declaration.js'
import { equals } from '../../graphql/loaders/filters.js'
import { argumentsReveal } from '../../graphql/loaders/order.js'
import { MedicalRecord } from '../records/medical-record.entity.js'
import { Allergy } from './allergy.entity.js'
import { Condition } from './condition.entity.js'
import { PatientConsent } from './patient-consent.entity.js'
import { PatientContact } from './patient-contact.entity.js'
import { PatientIdentifier } from './patient-identifier.entity.js'
import { patientScope, readsDemographics, readsPatientNames } from './patient.access.js'
import { Patient } from './patient.entity.js'
import { PatientFilter, PatientOrder } from './patient.inputs.js'
import { AllergyStatusChange, ConditionStatusChange } from './status-change.entity.js'
import { NAME_SHAPES, nameSimilarity } from './name-search.js'
import { phoneField, searchField } from './patient.search.js'

const patientFilter: FilterDeclaration = {
  input: () => PatientFilter,
  fields: {
    search: searchField,
    mrn: equals('mrn', 'text', readsPatientNames),
    birthDate: equals('birthDate', 'date', readsDemographics),
    phone: phoneField,
    includeMerged: {
      shapeOf: (included: boolean) => (included ? 'all' : 'standing'),
      shapes: {
        all: { values: {}, where: () => 'true', reveals: null },
        standing: { values: {}, where: (row) => `${row.column('mergedInto')} is null`, reveals: null },
      },
    },
  },
  defaults: { includeMerged: false },
}

const bestMatchFirst = [descending(nameSimilarity), descending('id')]

/** The patient list. */
export const patients = rootConnection('patients', () => Patient, {
  filter: patientFilter,
  orders: {
    input: PatientOrder,
    choices: {
      [PatientOrder.NAME]: { keys: [ascending('lastName'), ascending('firstName'), ascending('id')], reveals: readsPatientNames },
      [PatientOrder.BIRTH_DATE]: { keys: [ascending('birthDate'), ascending('id')], reveals: readsDemographics },
      [PatientOrder.NEWEST]: { keys: [descending('id')], reveals: null },
    },
    whenFilteredBy: Object.fromEntries(NAME_SHAPES.map((shape) => [`search/${shape}`, bestMatchFirst])),
  },
  description: 'Patients, by name unless another order is asked for; a search lists the best matches first.',
})

export const patientRoots = [rootOne('patient', () => Patient, 'One patient, with everything below them.'), patients]

/** Refuses filters and orders on what the actor may not read. */
export const patientArguments = argumentsReveal(patients, patientScope)

export const patientEdges = [
  ...edgesOf(() => Patient, {
    mergedInto: one(() => Patient, {
      from: 'mergedInto',
      description: 'The record that this one was merged into, which is the one to use; empty for all others.',
    }),
    consents: list(() => PatientConsent, {
      key: 'patient',
      order: [descending('validFrom'), descending('id')],
      description: 'What the patient has agreed to, latest first; also what is over or was revoked.',
    }),
    contacts: list(() => PatientContact, {
      key: 'patient',
      order: [descending('emergency'), ascending('id')],
      description: 'Whom to call about the patient.',
    }),
    identifiers: list(() => PatientIdentifier, {
      key: 'patient',
      order: [ascending('type'), ascending('id')],
      description: 'Numbers others issued for the patient.',
    }),
    allergies: list(() => Allergy, {
      key: 'patient',
      order: [descending('recordedAt'), descending('id')],
      description: 'Allergies and intolerances, latest first.',
    }),
    conditions: list(() => Condition, {
      key: 'patient',
      order: [descending('recordedAt'), descending('id')],
      description: 'Problems and diagnoses, latest first.',
    }),
  }),
  ...edgesOf(() => PatientConsent, { patient: one(() => Patient, { from: 'patient', description: 'Whose consent it is.' }) }),
  ...edgesOf(() => Allergy, {
    patient: one(() => Patient, { from: 'patient', description: 'Whose allergy it is.' }),
    statusHistory: list(() => AllergyStatusChange, {
      key: 'allergy',
      order: [descending('id')],
      description: 'How its statuses changed, latest first.',
    }),
  }),
  ...edgesOf(() => Condition, {
    patient: one(() => Patient, { from: 'patient', description: 'Whose condition it is.' }),
    medicalRecord: one(() => MedicalRecord, { from: 'medicalRecord', description: 'The record in which it was noted.' }),
    statusHistory: list(() => ConditionStatusChange, {
      key: 'condition',
      order: [descending('id')],
      description: 'How its statuses changed, latest first.',
    }),
  }),
]
