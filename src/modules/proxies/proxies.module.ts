import { can, open, orOwn, type AccessMap } from '../../access/rules.js'
import { ofOwnPatients, rowScope } from '../../access/scope.js'
import { descending, edgesOf, list, one } from '../../graphql/loaders/declaration.js'
import type { ClinicModule } from '../../graphql/module.js'
import { readsPatients } from '../patients/patient.access.js'
import { Patient } from '../patients/patient.entity.js'
import { PatientProxy } from './patient-proxy.entity.js'
import { ProxyResolver } from './proxy.resolver.js'

/** Proxies: management and the front desk all, patients who acts for them. */
const proxyScope = rowScope(() => PatientProxy, {
  all: ['proxies.read'],
  restricted: [{ capability: 'proxies.read-own', where: ofOwnPatients('patient') }],
  owner: 'patient',
})

const readsProxies = orOwn(can('proxies.read'), 'proxies.read-own')

const proxyAccess: AccessMap = {
  PatientProxy: {
    id: open,
    createdAt: open,
    holderName: open,
    relationship: open,
    scope: open,
    validFrom: open,
    validTo: open,
    revokedAt: open,
    active: open,
    patient: readsPatients,
  },
  Patient: { proxies: readsProxies },
  Mutation: { grantProxy: can('proxies.write'), revokeProxy: can('proxies.write') },
}

export const proxiesModule: ClinicModule = {
  scopes: [proxyScope],
  edges: [
    ...edgesOf(() => Patient, {
      proxies: list(() => PatientProxy, {
        key: 'patient',
        order: [descending('validTo'), descending('id')],
        description: 'Who acts, acted or will act for the patient in the portal; the last to end first.',
      }),
    }),
    ...edgesOf(() => PatientProxy, { patient: one(() => Patient, { from: 'patient', description: 'For whom they act.' }) }),
  ],
  roots: [],
  access: proxyAccess,
  resolvers: [ProxyResolver],
}
