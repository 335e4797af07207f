import { generateSync } from 'otplib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { HOUR, SECOND } from '../../../src/clock.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { TEST_PASSWORD } from '../../factories/clinic.js'
import { actionsAbout } from '../../support/events.js'
import { MovingClock } from '../../support/moving-clock.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken viewer { secondFactorSince } } }'
const CONFIRM = 'mutation ($code: String!) { confirmTotp(code: $code) { codes } }'

describe('a second factor (SECURITY S13)', () => {
  const clock = new MovingClock()
  let server: TestServer
  let user: User
  let as: ReturnType<TestServer['as']>

  beforeAll(async () => {
    server = await TestServer.start({ clock: clock.now })
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    user = await server.make.user(server.hasher, [Role.DOCTOR])
    await server.make.save()
    as = server.as(user)
    // Codes of the test before belong to earlier steps. Each test begins with a step, or the next one might begin while a code is checked.
    clock.advance(3 * 30 * SECOND - (clock.now().getTime() % (30 * SECOND)))
  })

  const codeAt = (secret: string, steps = 0): string =>
    generateSync({ secret, epoch: Math.floor(clock.now().getTime() / 1000) + steps * 30 })
  const login = (code?: string, password = TEST_PASSWORD): Promise<Answer> =>
    server.send(LOGIN, { input: { username: user.username, password, code } })
  const begin = async (): Promise<{ secret: string; uri: string }> => (await as('mutation { beginTotp { secret uri } }')).data?.beginTotp
  const setUp = async (): Promise<{ secret: string; codes: string[] }> => {
    const { secret } = await begin()
    const { data, errors } = await as(CONFIRM, { code: codeAt(secret) })
    expect(errors).toBeUndefined()
    clock.advance(60 * SECOND)
    return { secret, codes: data?.confirmTotp.codes }
  }

  it('is offered as a secret and an otpauth address with clinic and account', async () => {
    const { secret, uri } = await begin()
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(uri).toContain(`otpauth://totp/Clinic:${user.username}?`)
    expect(uri).toContain(`secret=${secret}`)
  })

  it('counts only once it is confirmed', async () => {
    await begin()
    expect((await login()).errors).toBeUndefined()
  })

  it('is then asked for after the right password, and not after a wrong one', async () => {
    const { secret } = await setUp()
    expect(codesOf(await login())).toEqual(['SECOND_FACTOR_REQUIRED'])
    expect(codesOf(await login(undefined, 'wrong'))).toEqual(['UNAUTHENTICATED'])
    expect(codesOf(await login(codeAt(secret), 'wrong'))).toEqual(['UNAUTHENTICATED'])
    const { data } = await login(codeAt(secret))
    expect(data?.login.viewer.secondFactorSince).toBeTruthy()
    expect(await actionsAbout(server, user.id)).toEqual(expect.arrayContaining(['SECOND_FACTOR_CHANGED', 'SIGN_IN']))
  })

  it('is kept encrypted', async () => {
    const { secret, codes } = await setUp()
    const rows = JSON.stringify([await server.sql('select totp_secret from user_account'), await server.sql('select * from recovery_code')])
    expect(rows).not.toContain(secret)
    for (const code of codes) expect(rows).not.toContain(code.replaceAll('-', ''))
  })

  it.each([
    ['one step early', 1],
    ['one step late', -1],
  ])('takes a code %s', async (_name, steps) => {
    const { secret } = await setUp()
    expect((await login(codeAt(secret, steps))).errors).toBeUndefined()
  })

  it.each([
    ['two steps early', 2],
    ['two steps late', -2],
  ])('does not take a code %s', async (_name, steps) => {
    const { secret } = await setUp()
    expect(codesOf(await login(codeAt(secret, steps)))).toEqual(['UNAUTHENTICATED'])
  })

  it('takes each code once, however many use it at the same moment', async () => {
    const { secret } = await setUp()
    const code = codeAt(secret)
    const answers = await Promise.all(Array.from({ length: 4 }, () => login(code)))
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1)
    expect(codesOf(await login(code))).toEqual(['UNAUTHENTICATED'])
  })

  it('takes no code of a step before the last one used', async () => {
    const { secret } = await setUp()
    const earlier = codeAt(secret)
    expect((await login(codeAt(secret, 1))).errors).toBeUndefined()
    expect(codesOf(await login(earlier))).toEqual(['UNAUTHENTICATED'])
  })

  it('closes after five wrong codes, even to the right one', async () => {
    const { secret } = await setUp()
    const codes: unknown[] = []
    for (let index = 0; index < 5; index += 1) codes.push(...codesOf(await login('000000')))
    expect(codes).toEqual(Array.from({ length: 5 }, () => 'UNAUTHENTICATED'))
    expect(codesOf(await login(codeAt(secret)))).toEqual(['RATE_LIMITED'])
    clock.advance(HOUR)
    expect((await login(codeAt(secret))).errors).toBeUndefined()
  })

  it('gives ten recovery codes, each good for one sign-in, in any spelling', async () => {
    const { codes } = await setUp()
    expect(new Set(codes).size).toBe(10)
    const [first = '', second = ''] = codes
    expect((await login(first.toLowerCase().replaceAll('-', ' '))).errors).toBeUndefined()
    expect(codesOf(await login(first))).toEqual(['UNAUTHENTICATED'])
    const answers = await Promise.all(Array.from({ length: 4 }, () => login(second)))
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1)
  })

  it("does not take another account's recovery code", async () => {
    const { codes } = await setUp()
    user = await server.make.user(server.hasher, [Role.DOCTOR])
    await server.make.save()
    as = server.as(user)
    await setUp()
    expect(codesOf(await login(codes[0]))).toEqual(['UNAUTHENTICATED'])
  })

  it('is not set up with a wrong code, nor twice', async () => {
    const { secret } = await begin()
    expect(codesOf(await as(CONFIRM, { code: '000000' }))).toEqual(['BAD_USER_INPUT'])
    expect((await as(CONFIRM, { code: codeAt(secret) })).errors).toBeUndefined()
    expect(codesOf(await as('mutation { beginTotp { secret } }'))).toEqual(['CONFLICT'])
    expect(codesOf(await as(CONFIRM, { code: codeAt(secret, 1) }))).toEqual(['CONFLICT'])
  })

  it('is removed with the password, and only with it', async () => {
    await setUp()
    const remove = (password: string) => as('mutation ($password: String!) { removeTotp(password: $password) }', { password })
    expect(codesOf(await remove('wrong'))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await login())).toEqual(['SECOND_FACTOR_REQUIRED'])
    expect((await remove(TEST_PASSWORD)).data?.removeTotp).toBe(true)
    expect((await login()).errors).toBeUndefined()
    expect(await server.sql('select id from recovery_code where user_id = $1', [user.id])).toEqual([])
  })

  it('ends the other sessions when it is set up', async () => {
    const elsewhere = server.as(user)
    expect((await elsewhere('{ me { id } }')).status).toBe(200)
    await setUp()
    expect((await elsewhere('{ me { id } }')).status).toBe(401)
    expect((await as('{ me { id } }')).status).toBe(200)
  })
})
