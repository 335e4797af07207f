import { Role } from '../../../src/access/roles.js'
import { generateSync } from 'otplib'
import { TEST_PASSWORD } from '../../factories/clinic.js'
import { letterTo, tokenIn } from '../../support/mailbox.js'
import { TestServer } from '../../support/server.js'
import { NEW_PASSWORD, type Calls, type Fixture } from './fixture.js'

/** A password is changed, by whoever knows the present one. */
export const changePassword = (currentPassword: string): [string, Record<string, unknown>] => [
  'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { __typename } }',
  { input: { currentPassword, newPassword: NEW_PASSWORD } },
]

/** A second factor is confirmed with a code. */
export const withCode = (code: string): [string, Record<string, unknown>] => [
  'mutation ($code: String!) { confirmTotp(code: $code) { __typename } }',
  { code },
]
const codeNow = (secret: string): string => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) })

/** Accounts, sessions, passwords and second factors. */
export function identityCalls(f: Fixture): Calls {
  return {
    login: async () => {
      const { user } = await f.colleague()
      return {
        ask: () => f.server.signIn(user.username),
        leaves: [{ action: 'SIGN_IN', by: user.id, entity: 'UserSession', facts: { secondFactor: false } }],
      }
    },
    logout: async () => {
      const { user, ask } = await f.colleague()
      await ask('{ me { id } }')
      return { ask: () => ask('mutation { logout }'), leaves: [{ action: 'SIGN_OUT', by: user.id, entity: 'UserSession' }] }
    },
    logoutEverywhere: async () => {
      const { user, ask } = await f.colleague()
      return {
        ask: () => ask('mutation { logoutEverywhere }'),
        leaves: [{ action: 'SIGN_OUT', by: user.id, entity: 'User', facts: { everywhere: true } }],
      }
    },
    // Goes on with what a sign-in has begun; the event is that of the sign-in. A token used twice leaves one of its own.
    refreshSession: async () => {
      const { user } = await f.colleague()
      const query = 'mutation ($input: LoginInput!) { login(input: $input) { refreshToken } }'
      const input = { username: user.username, password: TEST_PASSWORD, returnRefreshToken: true }
      const { refreshToken } = await f.done(f.server.send(query, { input }))
      const refresh = 'mutation ($token: String) { refreshSession(refreshToken: $token) { __typename } }'
      return { ask: () => f.server.send(refresh, { token: refreshToken }), leaves: [] }
    },
    revokeSession: async () => {
      const { user, ask } = await f.colleague()
      await f.server.signIn(user.username)
      const [session] = await f.server.sql('select id from session where user_id = $1', [user.id])
      return {
        ask: () => ask('mutation ($id: ID!) { revokeSession(id: $id) }', { id: session!['id'] }),
        leaves: [{ action: 'SESSION_REVOKED', by: user.id, entity: 'UserSession' }],
      }
    },
    changePassword: async () => {
      const { user, ask } = await f.colleague()
      return { ask: () => ask(...changePassword(TEST_PASSWORD)), leaves: [{ action: 'PASSWORD_CHANGED', by: user.id, entity: 'User' }] }
    },
    resetPassword: async () => {
      const { user } = await f.colleague()
      return {
        ask: () => f.owner('mutation ($id: ID!) { resetPassword(userId: $id, removeSecondFactor: true) { __typename } }', { id: user.id }),
        leaves: [
          { action: 'SECOND_FACTOR_CHANGED', by: f.by, about: user.id, entity: 'User', facts: { enabled: false } },
          { action: 'PASSWORD_RESET', by: f.by, about: user.id, entity: 'User' },
        ],
      }
    },
    unlockAccount: async () => {
      const { user } = await f.colleague()
      return {
        ask: () => f.owner('mutation ($id: ID!) { unlockAccount(id: $id) }', { id: user.id }),
        leaves: [{ action: 'ACCOUNT_UNLOCKED', by: f.by, about: user.id, entity: 'User' }],
      }
    },
    requestPasswordReset: async () => {
      const { user } = await f.colleague([Role.STAFF], 'asks@mail.test')
      return {
        ask: async () => {
          const answer = await f.server.send('mutation ($name: String!) { requestPasswordReset(username: $name) }', { name: user.username })
          await letterTo(f.server, 'asks@mail.test')
          return answer
        },
        leaves: [{ action: 'PASSWORD_RESET_REQUESTED', by: null, about: user.id, entity: 'User' }],
      }
    },
    resetPasswordByLink: async () => {
      const { user } = await f.colleague([Role.STAFF], 'resets@mail.test')
      await f.done(f.server.send('mutation ($name: String!) { requestPasswordReset(username: $name) }', { name: user.username }))
      const input = { token: tokenIn(await letterTo(f.server, 'resets@mail.test')), newPassword: NEW_PASSWORD }
      return {
        ask: () => f.server.send('mutation ($input: ResetPasswordByLinkInput!) { resetPasswordByLink(input: $input) }', { input }),
        leaves: [{ action: 'PASSWORD_RESET', by: null, about: user.id, entity: 'User', facts: { by: 'link' } }],
      }
    },
    beginTotp: async () => {
      const { user, ask } = await f.colleague()
      return {
        ask: () => ask('mutation { beginTotp { __typename } }'),
        leaves: [{ action: 'SECOND_FACTOR_CHANGED', by: user.id, entity: 'User', facts: { begun: true } }],
      }
    },
    confirmTotp: async () => {
      const { user, ask } = await f.colleague()
      const { secret } = await f.done(ask('mutation { beginTotp { secret } }'))
      return {
        ask: () => ask(...withCode(codeNow(secret))),
        leaves: [{ action: 'SECOND_FACTOR_CHANGED', by: user.id, entity: 'User', facts: { enabled: true } }],
      }
    },
    removeTotp: async () => {
      const { user, ask } = await f.colleague()
      return {
        ask: () => ask('mutation ($password: String!) { removeTotp(password: $password) }', { password: TEST_PASSWORD }),
        leaves: [{ action: 'SECOND_FACTOR_CHANGED', by: user.id, entity: 'User', facts: { enabled: false } }],
      }
    },
    invitePatient: async () => {
      const { id } = await f.patient()
      return {
        ask: () => f.owner('mutation ($id: ID!) { invitePatient(patientId: $id) { __typename } }', { id }),
        leaves: [
          { action: 'RIGHTS_CHANGED', by: f.by, entity: 'Patient', patients: [id], facts: { invited: true } },
          { action: 'READ', by: f.by, patients: [id], sections: ['Patient'] },
        ],
      }
    },
    acceptInvitation: async () => {
      const { id } = await f.patient({ birthDate: '1984-02-29' })
      const { link } = await f.done(f.owner('mutation ($id: ID!) { invitePatient(patientId: $id) { link } }', { id }))
      const input = { token: tokenIn(link), birthDate: '1984-02-29', password: NEW_PASSWORD, username: 'invited-one' }
      return {
        ask: () => f.server.send('mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { __typename } }', { input }),
        leaves: async () => {
          const userId = await f.accountNamed('invited-one')
          return [
            { action: 'CREATE', by: null, about: userId, entity: 'User', patients: [id] },
            { action: 'SIGN_IN', by: userId, entity: 'UserSession' },
          ]
        },
      }
    },
    setUpOwner: async () => {
      const empty = await TestServer.start()
      f.extra.push(empty)
      const input = { token: await empty.app.newSetUpToken(), username: 'ada', displayName: 'Ada Quist', password: NEW_PASSWORD }
      return {
        on: empty,
        ask: () => empty.send('mutation ($input: SetUpOwnerInput!) { setUpOwner(input: $input) { __typename } }', { input }),
        leaves: async () => {
          const userId = await f.accountNamed('ada', empty)
          return [
            { action: 'CREATE', by: null, about: userId, entity: 'User', facts: { roles: ['OWNER'] } },
            { action: 'SIGN_IN', by: userId, entity: 'UserSession' },
          ]
        },
      }
    },
  }
}
