import { can, open, orOwn, type AccessMap } from '../../access/rules.js'
import { ofOwnPatients, rowScope, scopeThrough } from '../../access/scope.js'
import { connectionAccess, leadsTo } from '../../graphql/module.js'
import { readsDirectory } from '../locations/location.access.js'
import { readsPatients } from '../patients/patient.access.js'
import { readsAppointments } from '../scheduling/appointment.access.js'
import { Procedure } from './procedure.entity.js'
import { TreatmentPlanItem } from './treatment-plan-item.entity.js'
import { TreatmentPlan } from './treatment-plan.entity.js'

/** Plans: the care team all, patients their own once there is something to decide on. */
export const planScope = rowScope(() => TreatmentPlan, {
  all: ['plans.read'],
  countable: ['plans.count'],
  restricted: [{ capability: 'plans.read-own', where: (row) => `${ofOwnPatients('patient')(row)} and ${row.column('status')} <> 'DRAFT'` }],
  owner: 'patient',
})

/** Procedures: the till sees those that have a price. */
export const procedureScope = rowScope(() => Procedure, {
  all: ['plans.read'],
  countable: ['plans.count'],
  restricted: [
    { capability: 'plans.read-own', where: ofOwnPatients('patient') },
    { capability: 'plans.read-prices', where: (row) => `${row.column('price_amount')} is not null` },
  ],
  owner: 'patient',
})

const readsPlans = orOwn(can('plans.read'), 'plans.read-own')
const readsProcedures = orOwn(can('plans.read', 'plans.read-prices'), 'plans.read-own')

export const planScopes = [planScope, procedureScope, scopeThrough(() => TreatmentPlanItem, 'treatmentPlan', planScope)]

export const planAccess: AccessMap = {
  TreatmentPlan: {
    id: open,
    version: open,
    createdAt: open,
    title: open,
    diagnosisSummary: open,
    status: open,
    startsOn: open,
    endsOn: open,
    items: readsPlans,
    procedures: readsProcedures,
    patient: readsPatients,
    doctor: readsDirectory,
  },
  ...connectionAccess('TreatmentPlan', readsPlans, 'plans.count'),
  TreatmentPlanItem: { id: open, createdAt: open, position: open, codeSystem: open, code: open, display: open, status: open },
  Procedure: {
    id: open,
    version: open,
    createdAt: open,
    codeSystem: open,
    code: open,
    name: open,
    status: open,
    statusReason: readsPlans,
    price: readsProcedures,
    performedAt: open,
    patient: readsPatients,
    treatmentPlan: readsPlans,
    appointment: readsAppointments,
    performer: readsDirectory,
  },
  Money: { amount: open, currency: open },
  Patient: { treatmentPlans: leadsTo(readsPlans, 'plans.count') },
  Appointment: { procedures: readsProcedures },
  Query: { treatmentPlan: readsPlans },
}
