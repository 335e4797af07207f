import { ascending, connection, descending, edgesOf, list, one, rootOne } from '../../graphql/loaders/declaration.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { CurrentMedication } from './current-medication.entity.js'
import { Diagnosis } from './diagnosis.entity.js'
import { MedicalRecord } from './medical-record.entity.js'
import { Vital } from './vital.entity.js'

const latestFirst = [descending('occurredAt'), descending('id')]

export const recordRoots = [rootOne('medicalRecord', () => MedicalRecord, 'One medical record.')]

export const recordEdges = [
  ...edgesOf(() => Patient, {
    medicalRecords: connection(() => MedicalRecord, {
      key: 'patient',
      order: latestFirst,
      description: "The patient's records, the latest visit first.",
    }),
  }),
  ...edgesOf(() => Appointment, {
    medicalRecords: list(() => MedicalRecord, { key: 'appointment', order: latestFirst, description: 'The notes of this visit.' }),
  }),
  ...edgesOf(() => MedicalRecord, {
    diagnoses: list(() => Diagnosis, {
      key: 'medicalRecord',
      order: [ascending('rank'), ascending('id')],
      description: 'Coded diagnoses, the primary one first.',
    }),
    vitals: list(() => Vital, {
      key: 'medicalRecord',
      order: [ascending('measuredAt'), ascending('code'), ascending('id')],
      description: 'Measurements of the visit.',
    }),
    currentMedications: list(() => CurrentMedication, {
      key: 'medicalRecord',
      order: [ascending('name'), ascending('id')],
      description: 'What the patient was taking at the time.',
    }),
    patient: one(() => Patient, { from: 'patient', description: 'Whose record it is.' }),
    appointment: one(() => Appointment, { from: 'appointment', description: 'The visit it was written at.' }),
    author: one(() => Doctor, { from: 'author', description: 'Who wrote it.' }),
  }),
]
