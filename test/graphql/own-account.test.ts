import { generateSync } from 'otplib'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { TEST_PASSWORD } from '../factories/clinic.js'
import { TestServer, type Answer } from '../support/server.js'

const ME = '{ me { displayName roles mustChangePassword secondFactorSince } }'
/** What changes an account shows on other instances within this time (SECURITY A7). */
const WITHIN_MS = 1_000

type Ask = ReturnType<TestServer['as']>

/** Changes the account of a staff member; its own requests go through `ask`. */
type Change = (of: { staffId: string; user: User; ask: Ask }) => Promise<Answer>

describe('the own account, which is read as often as the account is', () => {
  let server: TestServer
  let other: TestServer
  let owner: Ask
  let user: User
  let staffId: string

  beforeAll(async () => {
    server = await TestServer.start()
    other = await TestServer.start({ on: server })
    owner = server.as((await server.accounts())[Role.OWNER])
  })
  afterAll(async () => {
    await other.stop()
    await server.stop()
  })
  beforeEach(async () => {
    const staff = server.make.staff()
    user = await server.make.user(server.hasher, [Role.STAFF], { staff })
    await server.make.save()
    staffId = staff.id
  })

  const versionOf = async (id: string): Promise<unknown> =>
    (await server.sql('select version from staff where id = $1', [id]))[0]?.['version']
  const rename: Change = async ({ staffId: id }) =>
    owner('mutation ($input: UpdateStaffInput!) { updateStaff(input: $input) { id } }', {
      input: { id, version: await versionOf(id), fullName: 'Another Name' },
    })
  const secondFactor: Change = async ({ ask }) => {
    const { data } = await ask('mutation { beginTotp { secret } }')
    const code = generateSync({ secret: data?.beginTotp.secret, epoch: Math.floor(Date.now() / 1000) })
    return ask('mutation ($code: String!) { confirmTotp(code: $code) { codes } }', { code })
  }
  const changes: [string, Change, Record<string, unknown>][] = [
    ['its name', rename, { displayName: 'Another Name' }],
    [
      'its roles',
      async ({ staffId: id }) =>
        owner('mutation ($input: SetStaffRolesInput!) { setStaffRoles(input: $input) { id } }', {
          input: { id, version: await versionOf(id), roles: [Role.CASHIER] },
        }),
      { roles: [Role.CASHIER] },
    ],
    ['its second factor', secondFactor, { secondFactorSince: expect.any(String) }],
    [
      'its second factor, taken away',
      async (of) => {
        await secondFactor(of)
        expect((await of.ask(ME)).data?.me.secondFactorSince).not.toBeNull()
        return of.ask('mutation ($password: String!) { removeTotp(password: $password) }', { password: TEST_PASSWORD })
      },
      { secondFactorSince: null },
    ],
  ]

  it.each(changes)('shows a change at once: %s', async (_what, change, shown) => {
    const ask = server.as(user)
    const before = await ask(ME)
    expect(before.data?.me).toMatchObject({ displayName: user.displayName, roles: [Role.STAFF], secondFactorSince: null })
    expect((await change({ staffId, user, ask })).errors).toBeUndefined()
    expect((await ask(ME)).data?.me).toMatchObject(shown)
  })

  it('shows a change on another instance within a second, though it is asked all the time', async () => {
    const ask = other.as(user)
    expect((await ask(ME)).data?.me.displayName).toBe(user.displayName)
    await rename({ staffId, user, ask })
    const changed = performance.now()
    while ((await ask(ME)).data?.me.displayName !== 'Another Name') {
      expect(performance.now() - changed).toBeLessThan(WITHIN_MS)
      await sleep(5)
    }
  })

  it('shows whether the password must be changed after somebody has set it, and after it was changed', async () => {
    const ask = server.as(user)
    await ask(ME)
    const { data } = await owner('mutation ($id: ID!) { resetPassword(userId: $id) { temporaryPassword } }', { id: user.id })
    expect((await ask(ME)).status).toBe(401)
    const password = data?.resetPassword.temporaryPassword as string
    const { accessToken } = (await server.signIn(user.username, password)).data?.login
    expect((await server.send(ME, {}, accessToken)).data?.me.mustChangePassword).toBe(true)
    const changed = await server.send(
      'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { accessToken viewer { mustChangePassword } } }',
      { input: { currentPassword: password, newPassword: 'walnut harbour violet staircase' } },
      accessToken,
    )
    expect(changed.data?.changePassword.viewer.mustChangePassword).toBe(false)
    expect((await server.send(ME, {}, changed.data?.changePassword.accessToken)).data?.me.mustChangePassword).toBe(false)
  })
})
