import { can, open, orOwn, type AccessMap } from '../../access/rules.js'
import { ofOwnPatients, rowScope, scopeThrough } from '../../access/scope.js'
import { connectionAccess, leadsTo } from '../../graphql/module.js'
import { readsDirectory } from '../locations/location.access.js'
import { readsPatients } from '../patients/patient.access.js'
import { readsAppointments } from '../scheduling/appointment.access.js'
import { PrescriptionItem } from './prescription-item.entity.js'
import { Prescription } from './prescription.entity.js'

/** Prescriptions: doctors, management and the pharmacy all, patients their own. */
export const prescriptionScope = rowScope(() => Prescription, {
  all: ['prescriptions.read'],
  countable: ['prescriptions.count'],
  restricted: [{ capability: 'prescriptions.read-own', where: ofOwnPatients('patient') }],
  owner: 'patient',
})

const readsPrescriptions = orOwn(can('prescriptions.read'), 'prescriptions.read-own')

export const prescriptionScopes = [prescriptionScope, scopeThrough(() => PrescriptionItem, 'prescription', prescriptionScope)]

export const prescriptionAccess: AccessMap = {
  Prescription: {
    id: open,
    version: open,
    createdAt: open,
    prescribedAt: open,
    note: open,
    items: readsPrescriptions,
    patient: readsPatients,
    prescriber: readsDirectory,
    appointment: readsAppointments,
    treatmentPlan: orOwn(can('plans.read'), 'plans.read-own'),
  },
  ...connectionAccess('Prescription', readsPrescriptions, 'prescriptions.count'),
  PrescriptionItem: {
    id: open,
    createdAt: open,
    position: open,
    medicationName: open,
    codeSystem: open,
    code: open,
    status: open,
    statusReason: open,
    dose: open,
    doseUnit: open,
    frequency: open,
    route: open,
    instructions: open,
    asNeeded: open,
    quantity: open,
    quantityUnit: open,
    durationDays: open,
    refills: open,
    startsOn: open,
  },
  Patient: { prescriptions: leadsTo(readsPrescriptions, 'prescriptions.count') },
  TreatmentPlan: { prescriptions: readsPrescriptions },
  Query: { prescription: readsPrescriptions },
}
