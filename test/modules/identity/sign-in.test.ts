import jwt from 'jsonwebtoken'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { PasswordHasher } from '../../../src/modules/identity/password.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { TEST_PASSWORD } from '../../factories/clinic.js'
import { comparable, TestServer } from '../../support/server.js'

const LOGIN =
  'mutation ($input: LoginInput!) { login(input: $input) { accessToken accessTokenExpiresAt viewer { username roles capabilities staff { fullName } patient { id } } } }'
/** An account is believed to be as it was read for a moment shorter than this (SECURITY A7). */
const BELIEVED_MS = 700
const ME = 'query { me { id username roles } }'

describe('signing in', () => {
  let server: TestServer
  let doctor: User
  let patient: User

  beforeAll(async () => {
    server = await TestServer.start()
    const accounts = await server.accounts()
    doctor = accounts[Role.DOCTOR]
    patient = accounts[Role.PATIENT]
  })
  afterAll(() => server.stop())

  const login = (username: string, password: string) => server.send(LOGIN, { input: { username, password } })

  it('gives a token that opens the API, and who has signed in', async () => {
    const { data, errors } = await login(doctor.username, TEST_PASSWORD)
    expect(errors).toBeUndefined()
    const { accessToken, accessTokenExpiresAt, viewer } = data?.login
    expect(viewer).toMatchObject({ username: doctor.username, roles: ['DOCTOR'], staff: { fullName: expect.any(String) }, patient: null })
    expect(viewer.capabilities).toContain('records.sign')
    expect(Date.parse(accessTokenExpiresAt) - Date.now()).toBeLessThanOrEqual(15 * 60_000)
    expect((await server.send(ME, {}, accessToken)).data?.me).toMatchObject({ id: doctor.id, username: doctor.username })
  })

  it('takes the name in any case and with spaces around it', async () => {
    expect((await login(`  ${patient.username.toUpperCase()} `, TEST_PASSWORD)).data?.login.viewer.patient.id).toBe(patient.patient?.id)
  })

  it.each([
    ['an unknown name', () => 'nobody', TEST_PASSWORD],
    ['a wrong password', () => doctor.username, 'wrong'],
  ])('answers %s with the same error (SECURITY S9)', async (_name, username, password) => {
    const { data, errors } = await login(username(), password)
    expect(data?.login).toBeNull()
    expect(errors).toMatchObject([{ message: 'The name or the password is wrong.', extensions: { code: 'UNAUTHENTICATED' } }])
  })

  it('is refused with one status, one body and no cookie, whatever the reason: nobody learns which names there are (SECURITY S9)', async () => {
    const account = async (data: object): Promise<string> => {
      const { username } = await server.make.user(server.hasher, [Role.STAFF], data)
      await server.make.save()
      return username
    }
    const refused: Record<string, [string, string]> = {
      'an unknown name': ['nobody-of-that-name', TEST_PASSWORD],
      'a name that cannot be': [`${'x'.repeat(300)} \u00e9`, TEST_PASSWORD],
      'a wrong password': [doctor.username, 'wrong'],
      'no password': [doctor.username, ''],
      'a password beyond all measure': [doctor.username, 'x'.repeat(90_000)],
      'a deactivated account': [await account({ active: false }), TEST_PASSWORD],
      'a temporary password that has ended': [await account({ passwordExpiresAt: new Date(0) }), TEST_PASSWORD],
      'a wrong password, with a second factor': [await account({ secondFactorSince: new Date(0), totpSecret: 'sealed' }), 'wrong'],
    }
    const answers = await Promise.all(
      Object.entries(refused).map(async ([why, [username, password]]) => {
        const response = await fetch(`${server.app.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: LOGIN, variables: { input: { username, password } } }),
        })
        const headers = [...response.headers.keys()].toSorted()
        return [why, { headers, answer: comparable({ status: response.status, ...((await response.json()) as object) }) }]
      }),
    )
    const [[, first] = []] = answers
    expect(first).toMatchObject({ answer: { errors: [expect.stringContaining('UNAUTHENTICATED')] } })
    expect((first as { headers: string[] }).headers).not.toContain('set-cookie')
    for (const [why, answer] of answers) expect([why, answer]).toEqual([why, first])
  })

  it('is refused to a deactivated account, and its token stops working', async () => {
    const left = await server.make.user(server.hasher, [Role.STAFF])
    await server.make.save()
    const { data } = await login(left.username, TEST_PASSWORD)
    left.active = false
    await server.make.save()
    await sleep(BELIEVED_MS)
    expect((await login(left.username, TEST_PASSWORD)).errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED')
    expect((await server.send(ME, {}, data?.login.accessToken)).status).toBe(401)
  })

  it('hashes anew when the set cost has been raised (SECURITY S12)', async () => {
    const cheap = new PasswordHasher({ pepper: server.env.PASSWORD_PEPPER, cost: 4 })
    const user = await server.make.user(cheap, [Role.STAFF])
    await server.make.save()
    expect(user.passwordHash).toContain('$04$')
    await login(user.username, TEST_PASSWORD)
    const [stored] = await server.make.em
      .getConnection()
      .execute<{ password_hash: string }[]>('select password_hash from user_account where id = ?', [user.id])
    expect(stored?.password_hash).toContain('$05$')
    expect((await login(user.username, TEST_PASSWORD)).errors).toBeUndefined()
  })

  it.each([
    [
      'of another secret',
      (id: string) =>
        jwt.sign({ ver: 1 }, 'x'.repeat(40), {
          subject: id,
          issuer: 'clinic',
          audience: 'clinic-api',
          header: { alg: 'HS256', typ: 'at+jwt' },
          expiresIn: 60,
        }),
    ],
    [
      'of no algorithm',
      (id: string) => jwt.sign({ ver: 1 }, '', { algorithm: 'none', subject: id, issuer: 'clinic', audience: 'clinic-api', expiresIn: 60 }),
    ],
    [
      'over its time',
      (id: string, secret: string) =>
        jwt.sign({ ver: 1 }, secret, {
          subject: id,
          issuer: 'clinic',
          audience: 'clinic-api',
          header: { alg: 'HS256', typ: 'at+jwt' },
          expiresIn: -1,
        }),
    ],
    [
      'of another type',
      (id: string, secret: string) =>
        jwt.sign({ ver: 1 }, secret, { subject: id, issuer: 'clinic', audience: 'clinic-api', expiresIn: 60 }),
    ],
    [
      'for another audience',
      (id: string, secret: string) =>
        jwt.sign({ ver: 1 }, secret, {
          subject: id,
          issuer: 'clinic',
          audience: 'else',
          header: { alg: 'HS256', typ: 'at+jwt' },
          expiresIn: 60,
        }),
    ],
    [
      'of an earlier generation',
      (id: string, secret: string) =>
        jwt.sign({ ver: 0 }, secret, {
          subject: id,
          issuer: 'clinic',
          audience: 'clinic-api',
          header: { alg: 'HS256', typ: 'at+jwt' },
          expiresIn: 60,
        }),
    ],
    [
      'without an end',
      (id: string, secret: string) =>
        jwt.sign({ ver: 1 }, secret, { subject: id, issuer: 'clinic', audience: 'clinic-api', header: { alg: 'HS256', typ: 'at+jwt' } }),
    ],
    ['that is none', () => 'abc.def.ghi'],
  ])('does not let in a token %s (SECURITY S5)', async (_name, forge) => {
    const answer = await server.send(ME, {}, forge(doctor.id, server.env.JWT_SECRET))
    expect(answer.status).toBe(401)
    expect(answer.errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED')
  })
})

describe('a password hash', () => {
  const hasher = new PasswordHasher({ pepper: 'p'.repeat(32), cost: 4 })

  it('depends on all of a long password, where bcrypt alone reads 72 bytes', async () => {
    const long = 'ä'.repeat(80)
    const stored = await hasher.hash(`${long}1`)
    expect(await hasher.verify(`${long}1`, stored)).toBe(true)
    expect(await hasher.verify(`${long}2`, stored)).toBe(false)
  })

  it('is the same for both spellings of an accented letter', async () => {
    expect(await hasher.verify('café', await hasher.hash('café'))).toBe(true)
  })

  it('needs the key', async () => {
    const other = new PasswordHasher({ pepper: 'q'.repeat(32), cost: 4 })
    expect(await other.verify('secret', await hasher.hash('secret'))).toBe(false)
  })

  it('is never right for nobody', async () => {
    expect(await hasher.verifyNobody('nobody has this password')).toBe(false)
  })
})
