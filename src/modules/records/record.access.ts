import { can, open, orOwn, type AccessMap } from '../../access/rules.js'
import { ofOwnPatients, rowScope, scopeThrough, type ScopedRow } from '../../access/scope.js'
import { connectionAccess } from '../../graphql/module.js'
import { readsDirectory } from '../locations/location.access.js'
import { readsPatients } from '../patients/patient.access.js'
import { readsAppointments } from '../scheduling/appointment.access.js'
import { CurrentMedication } from './current-medication.entity.js'
import { Diagnosis } from './diagnosis.entity.js'
import { MedicalRecord } from './medical-record.entity.js'
import { Vital } from './vital.entity.js'

const signed = (row: ScopedRow): string => `${row.column('status')} in ('SIGNED', 'AMENDED')`

/** Records: the care team all; analysts, without any free text, and patients their own only once they are signed. */
export const recordScope = rowScope(() => MedicalRecord, {
  all: ['records.read'],
  restricted: [
    { capability: 'records.read-deidentified', where: signed },
    { capability: 'records.read-own', where: (row) => `${ofOwnPatients('patient')(row)} and ${signed(row)}` },
  ],
  owner: 'patient',
})

/** May hold record rows. */
export const readsRecords = orOwn(can('records.read', 'records.read-deidentified'), 'records.read-own')
/** Free text can name people, so it is not for analysts. */
const readsNotes = orOwn(can('records.read'), 'records.read-own')

export const recordScopes = [
  recordScope,
  scopeThrough(() => Diagnosis, 'medicalRecord', recordScope),
  scopeThrough(() => Vital, 'medicalRecord', recordScope),
  scopeThrough(() => CurrentMedication, 'medicalRecord', recordScope),
]

export const recordAccess: AccessMap = {
  MedicalRecord: {
    id: open,
    version: open,
    createdAt: open,
    status: open,
    occurredAt: open,
    encounterType: open,
    subjective: readsNotes,
    findings: readsNotes,
    assessment: readsNotes,
    plan: readsNotes,
    signedAt: open,
    contentHash: open,
    diagnoses: readsRecords,
    vitals: readsRecords,
    currentMedications: readsRecords,
    patient: readsPatients,
    appointment: readsAppointments,
    author: readsDirectory,
  },
  ...connectionAccess('MedicalRecord', readsRecords),
  Diagnosis: { id: open, createdAt: open, rank: open, codeSystem: open, code: open, display: open, certainty: open },
  Vital: { id: open, createdAt: open, codeSystem: open, code: open, display: open, value: open, unit: open, measuredAt: open },
  CurrentMedication: { id: open, createdAt: open, name: open, codeSystem: open, code: open, dosage: open },
  Patient: { medicalRecords: readsRecords },
  Appointment: { medicalRecords: readsRecords },
  Query: { medicalRecord: readsRecords },
}
