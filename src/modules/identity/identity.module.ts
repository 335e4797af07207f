import { edgesOf, one, rootSelf } from '../../graphql/loaders/declaration.js'
import type { ClinicModule } from '../../graphql/module.js'
import { Patient } from '../patients/patient.entity.js'
import { Staff } from '../staff/staff.entity.js'
import { identityAccess, userScope } from './identity.access.js'
import { IdentityResolver } from './identity.resolver.js'
import { PasswordResolver } from './password.resolver.js'
import { User } from './user.entity.js'

export const identityModule: ClinicModule = {
  scopes: [userScope],
  edges: edgesOf(() => User, {
    staff: one(() => Staff, { from: 'staff', description: 'The staff member behind the account.' }),
    patient: one(() => Patient, { from: 'patient', description: 'The patient behind the account.' }),
  }),
  roots: [rootSelf('me', () => User, 'Who is signed in.')],
  access: identityAccess,
  computed: { Viewer: { capabilities: { from: [], compute: (_row, { actor }) => actor.capabilities } } },
  resolvers: [IdentityResolver, PasswordResolver],
}
