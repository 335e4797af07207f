import { ascending, connection, descending, edgesOf, list, one, rootOne } from '../../graphql/loaders/declaration.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { Procedure } from './procedure.entity.js'
import { TreatmentPlanItem } from './treatment-plan-item.entity.js'
import { TreatmentPlan } from './treatment-plan.entity.js'

const inOrderOfEntry = [ascending('createdAt'), ascending('id')]

export const planRoots = [rootOne('treatmentPlan', () => TreatmentPlan, 'One treatment plan.')]

export const planEdges = [
  ...edgesOf(() => Patient, {
    treatmentPlans: connection(() => TreatmentPlan, {
      key: 'patient',
      order: [descending('createdAt'), descending('id')],
      description: "The patient's treatment plans, the latest first.",
    }),
  }),
  ...edgesOf(() => Appointment, {
    procedures: list(() => Procedure, {
      key: 'appointment',
      order: inOrderOfEntry,
      description: 'What was done, or is to be done, at this visit.',
    }),
  }),
  ...edgesOf(() => TreatmentPlan, {
    items: list(() => TreatmentPlanItem, {
      key: 'treatmentPlan',
      order: [ascending('position'), ascending('id')],
      description: 'The steps of the plan, in order.',
    }),
    procedures: list(() => Procedure, { key: 'treatmentPlan', order: inOrderOfEntry, description: 'The procedures of the plan.' }),
    patient: one(() => Patient, { from: 'patient', description: 'Whose plan it is.' }),
    doctor: one(() => Doctor, { from: 'doctor', description: 'Who made it.' }),
  }),
  ...edgesOf(() => Procedure, {
    patient: one(() => Patient, { from: 'patient', description: 'On whom it is done.' }),
    treatmentPlan: one(() => TreatmentPlan, { from: 'treatmentPlan', description: 'The plan it belongs to.' }),
    appointment: one(() => Appointment, { from: 'appointment', description: 'The visit it is done at.' }),
    performer: one(() => Doctor, { from: 'performer', description: 'Who does it.' }),
  }),
]
