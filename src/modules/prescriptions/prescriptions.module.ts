import { ascending, connection, descending, edgesOf, list, one, rootOne } from '../../graphql/loaders/declaration.js'
import type { ClinicModule } from '../../graphql/module.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { TreatmentPlan } from '../plans/treatment-plan.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { prescriptionAccess, prescriptionScopes } from './prescription.access.js'
import { PrescriptionItem } from './prescription-item.entity.js'
import { Prescription } from './prescription.entity.js'

const latestFirst = [descending('prescribedAt'), descending('id')]

export const prescriptionsModule: ClinicModule = {
  scopes: prescriptionScopes,
  roots: [rootOne('prescription', () => Prescription, 'One prescription.')],
  edges: [
    ...edgesOf(() => Patient, {
      prescriptions: connection(() => Prescription, {
        key: 'patient',
        order: latestFirst,
        description: "The patient's prescriptions, the latest first.",
      }),
    }),
    ...edgesOf(() => TreatmentPlan, {
      prescriptions: list(() => Prescription, {
        key: 'treatmentPlan',
        order: latestFirst,
        description: 'Prescriptions of the plan, the latest first.',
      }),
    }),
    ...edgesOf(() => Prescription, {
      items: list(() => PrescriptionItem, {
        key: 'prescription',
        order: [ascending('position'), ascending('id')],
        description: 'The prescribed medicines.',
      }),
      patient: one(() => Patient, { from: 'patient', description: 'For whom.' }),
      prescriber: one(() => Doctor, { from: 'prescriber', description: 'Who prescribed.' }),
      appointment: one(() => Appointment, { from: 'appointment', description: 'The visit it was written at.' }),
      treatmentPlan: one(() => TreatmentPlan, { from: 'treatmentPlan', description: 'The plan it belongs to.' }),
    }),
  ],
  access: prescriptionAccess,
}
