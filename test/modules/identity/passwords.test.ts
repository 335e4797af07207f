import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { DAY, MINUTE } from '../../../src/clock.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { TEST_PASSWORD } from '../../factories/clinic.js'
import { actionsAbout } from '../../support/events.js'
import { letterTo, lettersOf, tokenIn } from '../../support/mailbox.js'
import { MovingClock } from '../../support/moving-clock.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken viewer { mustChangePassword capabilities } } }'
const CHANGE =
  'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { accessToken viewer { mustChangePassword capabilities } } }'
const RESET =
  'mutation ($id: ID!, $factor: Boolean) { resetPassword(userId: $id, removeSecondFactor: $factor) { temporaryPassword expiresAt } }'
const REQUEST = 'mutation ($name: String!) { requestPasswordReset(username: $name) }'
const BY_LINK = 'mutation ($input: ResetPasswordByLinkInput!) { resetPasswordByLink(input: $input) }'
const ME = '{ me { id } }'
const NEW_PASSWORD = 'a heron beside the slow canal'

describe('a password', () => {
  const clock = new MovingClock()
  const dataDir = mkdtempSync(join(tmpdir(), 'clinic-passwords-'))
  let server: TestServer
  let user: User
  let email: string
  let serial = 0

  beforeAll(async () => {
    server = await TestServer.start({
      clock: clock.now,
      settings: { CLINIC_DATA_DIR: dataDir, TRUST_PROXY: '1', APP_URL: 'https://app.clinic.test/' },
    })
  })
  afterAll(async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true })
  })
  beforeEach(async () => {
    email = `person${(serial += 1)}@clinic.test`
    user = await server.make.user(server.hasher, [Role.STAFF], { staff: server.make.staff({ email }) })
    await server.make.save()
  })

  const login = (password: string, username = user.username): Promise<Answer> => server.send(LOGIN, { input: { username, password } })
  const change = (token: string, currentPassword: string, newPassword: string): Promise<Answer> =>
    server.send(CHANGE, { input: { currentPassword, newPassword } }, token)
  const token = async (password = TEST_PASSWORD): Promise<string> => (await login(password)).data?.login.accessToken as string
  const fieldsOf = ({ errors }: Answer): unknown => errors?.[0]?.extensions['fields']

  describe('is changed by its owner', () => {
    it('who is signed out everywhere else and gets a new session (SECURITY S4)', async () => {
      const [here, there] = [await token(), await token()]
      const { data } = await change(here, TEST_PASSWORD, NEW_PASSWORD)
      expect((await server.send(ME, {}, data?.changePassword.accessToken)).status).toBe(200)
      expect((await server.send(ME, {}, here)).status).toBe(401)
      expect((await server.send(ME, {}, there)).status).toBe(401)
      expect(codesOf(await login(TEST_PASSWORD))).toEqual(['UNAUTHENTICATED'])
      expect((await login(NEW_PASSWORD)).errors).toBeUndefined()
      expect(await actionsAbout(server, user.id)).toContain('PASSWORD_CHANGED')
    })

    it('not without the present one (SECURITY S11)', async () => {
      const answer = await change(await token(), 'wrong', NEW_PASSWORD)
      expect(fieldsOf(answer)).toEqual([{ field: 'input.currentPassword', message: 'is not the current password' }])
      expect((await login(TEST_PASSWORD)).errors).toBeUndefined()
    })

    it('who may guess at the present one five times', async () => {
      const mine = await token()
      for (let index = 0; index < 5; index += 1) await change(mine, 'wrong', NEW_PASSWORD)
      expect(codesOf(await change(mine, TEST_PASSWORD, NEW_PASSWORD))).toEqual(['RATE_LIMITED'])
    })

    it.each([
      ['too short', 'violet tractor', /at least 15/],
      ['common', 'passwordpassword', /tried first/],
      ['the present one', TEST_PASSWORD, /you have now/],
    ])('not to one that is %s', async (_name, password, message) => {
      expect(fieldsOf(await change(await token(), TEST_PASSWORD, password))).toEqual([
        { field: 'input.newPassword', message: expect.stringMatching(message) },
      ])
    })

    it.each([
      ['64 characters', 'purple ladder under a rainy arch '.repeat(2).slice(0, 64)],
      ['1,000 characters', 'purple ladder under a rainy arch '.repeat(31).slice(0, 1000)],
      ['Unicode', 'заяц 🐙 прыгает далеко'],
    ])('to one of %s, which counts whole', async (_name, password) => {
      await change(await token(), TEST_PASSWORD, password)
      expect((await login(password)).errors).toBeUndefined()
      expect(codesOf(await login(`${password.slice(0, -1)}~`))).toEqual(['UNAUTHENTICATED'])
    })
  })

  describe('is reset by an administrator', () => {
    const reset = (by: User, id: string, factor = false) => server.as(by)(RESET, { id, factor })
    let accounts: Record<Role, User>
    beforeAll(async () => {
      accounts = await server.accounts()
    })

    it('to one that must be changed before anything else', async () => {
      const before = await token()
      const { data, errors } = await reset(accounts.ADMIN, user.id)
      expect(errors).toBeUndefined()
      const { temporaryPassword } = data?.resetPassword
      expect((await server.send(ME, {}, before)).status).toBe(401)
      expect(codesOf(await login(TEST_PASSWORD))).toEqual(['UNAUTHENTICATED'])
      const signedIn = await login(temporaryPassword)
      expect(signedIn.data?.login.viewer).toEqual({ mustChangePassword: true, capabilities: [] })
      const limited = signedIn.data?.login.accessToken as string
      const tried = await server.send(
        '{ me { id staff { id } sessions { id } } doctors(first: 1) { totalCount } patients { totalCount } }',
        {},
        limited,
      )
      expect(tried.data).toMatchObject({ me: { id: user.id, staff: null, sessions: null }, doctors: null, patients: null })
      expect(new Set(codesOf(tried))).toEqual(new Set(['PASSWORD_CHANGE_REQUIRED']))
      expect(codesOf(await server.send('mutation { beginTotp { secret } }', {}, limited))).toEqual(['PASSWORD_CHANGE_REQUIRED'])
      const changed = await change(limited, temporaryPassword, NEW_PASSWORD)
      expect(changed.data?.changePassword.viewer.mustChangePassword).toBe(false)
      expect(changed.data?.changePassword.viewer.capabilities).not.toEqual([])
      const after = await server.send('{ me { staff { id } } patients { totalCount } }', {}, changed.data?.changePassword.accessToken)
      expect(after.errors).toBeUndefined()
      expect(await actionsAbout(server, user.id)).toContain('PASSWORD_RESET')
    })

    it('to one that a session may also sign out with', async () => {
      const { data } = await reset(accounts.ADMIN, user.id)
      const limited = await token(data?.resetPassword.temporaryPassword)
      expect((await server.send('mutation { logout }', {}, limited)).data?.logout).toBe(true)
    })

    it('to one that works for three days', async () => {
      const { data } = await reset(accounts.ADMIN, user.id)
      clock.advance(3 * DAY + MINUTE)
      expect(codesOf(await login(data?.resetPassword.temporaryPassword))).toEqual(['UNAUTHENTICATED'])
    })

    it('found by staff member or account', async () => {
      expect((await reset(accounts.ADMIN, user.staff?.id ?? '')).data?.resetPassword.temporaryPassword).toBeTruthy()
    })

    it('with the second factor when it is lost', async () => {
      await server.sql(`update user_account set totp_secret = 'x', second_factor_since = now() where id = $1`, [user.id])
      const { data } = await reset(accounts.ADMIN, user.id, true)
      expect((await login(data?.resetPassword.temporaryPassword)).errors).toBeUndefined()
    })

    it('who could have given its roles: an administrator cannot take over another one', async () => {
      const other = await server.make.user(server.hasher, [Role.ADMIN])
      await server.make.save()
      expect(codesOf(await reset(accounts.ADMIN, other.id))).toEqual(['FORBIDDEN'])
      expect((await reset(accounts.OWNER, other.id)).errors).toBeUndefined()
    })

    it('who must be an owner for an owner', async () => {
      expect(codesOf(await reset(accounts.ADMIN, accounts.OWNER.id))).toEqual(['FORBIDDEN'])
      expect((await reset(accounts.OWNER, accounts.OWNER.id)).errors).toBeUndefined()
    })

    it('and not by others, nor for nobody', async () => {
      for (const role of [Role.DOCTOR, Role.REGISTRATION_CLERK, Role.PATIENT])
        expect(codesOf(await reset(accounts[role], user.id))).toEqual(['FORBIDDEN'])
      expect(codesOf(await reset(accounts.ADMIN, '019a9c5e-0000-7000-8000-000000000000'))).toEqual(['NOT_FOUND'])
    })
  })

  describe('is reset by a link in a mail', () => {
    const request = async (name: string): Promise<Answer> => server.send(REQUEST, { name })
    const link = async (count = 1): Promise<string> => {
      await request(user.username)
      return tokenIn(await letterTo(server, email, count))
    }
    const byLink = (given: string, newPassword: string) => server.send(BY_LINK, { input: { token: given, newPassword } })

    it('which works once, signs out everywhere, and tells the owner', async () => {
      const signedIn = await token()
      await request(user.username)
      const letter = await letterTo(server, email)
      expect(letter).toContain('https://app.clinic.test/account#reset=')
      expect((await byLink(tokenIn(letter), NEW_PASSWORD)).data?.resetPasswordByLink).toBe(true)
      expect((await server.send(ME, {}, signedIn)).status).toBe(401)
      expect((await login(NEW_PASSWORD)).errors).toBeUndefined()
      expect(fieldsOf(await byLink(tokenIn(letter), 'another heron on another canal'))).toEqual([
        { field: 'input.token', message: expect.any(String) },
      ])
      expect(await letterTo(server, email, 2)).toContain('was changed')
    })

    it('of which, used many times at once, one counts', async () => {
      const given = await link()
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => byLink(given, `${NEW_PASSWORD} ${index}`)))
      expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1)
    })

    it('which works for 30 minutes', async () => {
      const given = await link()
      clock.advance(31 * MINUTE)
      expect(codesOf(await byLink(given, NEW_PASSWORD))).toEqual(['BAD_USER_INPUT'])
    })

    it('which a newer one replaces', async () => {
      const first = await link()
      const second = await link(2)
      expect(codesOf(await byLink(first, NEW_PASSWORD))).toEqual(['BAD_USER_INPUT'])
      expect((await byLink(second, NEW_PASSWORD)).errors).toBeUndefined()
    })

    it('which a refused password does not use up', async () => {
      const given = await link()
      expect(fieldsOf(await byLink(given, 'too short'))).toEqual([
        { field: 'input.newPassword', message: expect.stringMatching(/at least 15/) },
      ])
      expect((await byLink(given, NEW_PASSWORD)).errors).toBeUndefined()
    })

    it('and the answer does not tell who has an account (SECURITY S9)', async () => {
      const before = (await lettersOf(server)).length
      expect(await request('nobody-at-all')).toEqual(await request(user.username))
      await letterTo(server, email)
      await sleep(100)
      expect(await lettersOf(server)).toHaveLength(before + 1)
    })

    it('of which nobody can have somebody else sent more than a few', async () => {
      const before = (await lettersOf(server)).length
      for (let index = 0; index < 8; index += 1) await request(user.username)
      await letterTo(server, email, 3)
      await sleep(300)
      expect((await lettersOf(server)).length - before).toBeLessThanOrEqual(4)
    })

    it('and a deactivated account gets none', async () => {
      await server.sql('update user_account set active = false where id = $1', [user.id])
      const before = (await lettersOf(server)).length
      await request(user.username)
      await sleep(300)
      expect(await lettersOf(server)).toHaveLength(before)
    })

    it('kept in a folder that others cannot look into, as a digest in the database', async () => {
      const given = await link()
      expect(statSync(join(dataDir, 'mail')).mode & 0o077).toBe(0)
      expect(JSON.stringify(await server.sql('select * from one_time_token'))).not.toContain(given)
    })
  })
})
