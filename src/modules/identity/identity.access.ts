import { open, signedIn, type AccessMap } from '../../access/rules.js'
import { rowScope } from '../../access/scope.js'
import { readsPatients } from '../patients/patient.access.js'
import { User } from './user.entity.js'

/** Accounts: everybody their own. */
export const userScope = rowScope(() => User, {
  all: [],
  restricted: [{ capability: 'signed-in', where: (row) => `${row.column('id')} = ${row.actor('userId')}` }],
})

export const identityAccess: AccessMap = {
  Viewer: {
    id: open,
    createdAt: open,
    username: open,
    displayName: open,
    roles: open,
    capabilities: open,
    staff: signedIn,
    patient: readsPatients,
  },
  Session: { accessToken: open, accessTokenExpiresAt: open, viewer: open },
  PageInfo: { hasNextPage: open, hasPreviousPage: open, startCursor: open, endCursor: open },
  Query: { me: signedIn },
  Mutation: { login: open },
}
