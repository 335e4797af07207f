import { anySession, can, open, signedIn, type AccessMap } from '../../access/rules.js'
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
    mustChangePassword: open,
    secondFactorSince: open,
    sessions: signedIn,
    staff: signedIn,
    patient: readsPatients,
  },
  Session: { accessToken: open, accessTokenExpiresAt: open, refreshToken: open, csrfToken: open, viewer: open },
  DeviceSession: {
    id: open,
    device: open,
    network: open,
    createdAt: open,
    lastUsedAt: open,
    expiresAt: open,
    secondFactor: open,
    current: open,
  },
  TotpSetup: { secret: open, uri: open },
  RecoveryCodes: { codes: open },
  TemporaryPasswordResult: { temporaryPassword: open, expiresAt: open },
  PortalInvitation: { link: open, expiresAt: open, mailed: open },
  PageInfo: { hasNextPage: open, hasPreviousPage: open, startCursor: open, endCursor: open },
  Query: { me: anySession },
  Mutation: {
    login: open,
    refreshSession: open,
    logout: open,
    logoutEverywhere: anySession,
    changePassword: anySession,
    revokeSession: signedIn,
    resetPassword: can('staff.write'),
    unlockAccount: can('staff.write'),
    requestPasswordReset: open,
    resetPasswordByLink: open,
    beginTotp: signedIn,
    confirmTotp: signedIn,
    removeTotp: signedIn,
    invitePatient: can('patients.write'),
    acceptInvitation: open,
    setUpOwner: open,
  },
}
