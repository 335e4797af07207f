import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { HOUR, MINUTE } from '../../../src/clock.js'
import { PasswordHasher } from '../../../src/modules/identity/password.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { TEST_PASSWORD } from '../../factories/clinic.js'
import { CookieClient } from '../../support/cookie-client.js'
import { actionsAbout } from '../../support/events.js'
import { MovingClock } from '../../support/moving-clock.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }'
/** `SIGN_IN_ATTEMPTS`: half of them for strangers. */
const SET_NUMBER = 10

describe('guessing passwords (SECURITY S10)', () => {
  const clock = new MovingClock()
  let server: TestServer
  let other: TestServer
  let victim: User
  let network = 0

  beforeAll(async () => {
    // Behind a proxy, so that the tests can come from any address.
    const settings = { TRUST_PROXY: '1', SIGN_IN_ATTEMPTS: String(SET_NUMBER) }
    server = await TestServer.start({ clock: clock.now, settings })
    other = await TestServer.start({ clock: clock.now, settings, on: server })
  })
  afterAll(async () => {
    await other.stop()
    await server.stop()
  })
  beforeEach(async () => {
    victim = await server.make.user(server.hasher, [Role.STAFF])
    await server.make.save()
  })
  afterEach(() => vi.restoreAllMocks())

  const freshAddress = (): string => `10.${(network += 1) >> 16}.${(network >> 8) & 255}.${network & 255}`
  const login = async (username: string, password: string, address: string, at: TestServer = server): Promise<Answer> => {
    const response = await fetch(`${at.app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ query: LOGIN, variables: { input: { username, password } } }),
    })
    return { status: response.status, ...((await response.json()) as object) }
  }
  /** How often a password reaches the verifier. */
  const countChecks = () => {
    const known = vi.spyOn(PasswordHasher.prototype, 'verify')
    const unknown = vi.spyOn(PasswordHasher.prototype, 'verifyNobody')
    // `verifyNobody` verifies against a decoy, so `verify` sees every check once.
    return () => Math.max(known.mock.calls.length, unknown.mock.calls.length)
  }

  it('1,000 times from 1,000 addresses through two instances reaches the verifier at most the set number of times (SECURITY R4)', async () => {
    const checks = countChecks()
    const guesses = Array.from({ length: 1000 }, (_, index) =>
      login(victim.username, `guess ${index}`, freshAddress(), index % 2 === 0 ? server : other),
    )
    const codes = (await Promise.all(guesses)).flatMap((answer) => codesOf(answer))
    expect(checks()).toBeLessThanOrEqual(SET_NUMBER)
    expect(checks()).toBeGreaterThan(0)
    expect(new Set(codes)).toEqual(new Set(['UNAUTHENTICATED', 'RATE_LIMITED']))
    expect(await actionsAbout(server, victim.id)).toContain('ACCOUNT_LOCKED')
  })

  it('of many accounts from one address reaches it ten times in a minute, whatever X-Forwarded-For claims before the proxy', async () => {
    const checks = countChecks()
    const address = freshAddress()
    for (let index = 0; index < 60; index += 1) await login(`nobody-${index}`, 'guess', `203.0.113.${index}, ${address}`)
    expect(checks()).toBeLessThanOrEqual(SET_NUMBER)
    expect(checks()).toBeGreaterThan(0)
  })

  it('under several names in one document counts each', async () => {
    const checks = countChecks()
    const guess = (index: number): string =>
      `g${index}: login(input: { username: "${victim.username}", password: "guess ${index}" }) { accessToken }`
    for (let round = 0; round < 3; round += 1)
      await server.send(`mutation { ${Array.from({ length: 10 }, (_, index) => guess(index)).join(' ')} }`)
    expect(checks()).toBeLessThanOrEqual(SET_NUMBER)
    expect(checks()).toBeGreaterThan(0)
  })

  it('closes an unknown name in the same way as a known one (SECURITY S9)', async () => {
    const codes: unknown[][] = []
    for (const name of [victim.username, 'nobody-of-that-name']) {
      const answers: unknown[] = []
      for (let index = 0; index < 8; index += 1) answers.push(...codesOf(await login(name, 'guess', freshAddress())))
      codes.push(answers)
    }
    expect(codes[0]).toEqual(codes[1])
    expect(codes[0]?.at(-1)).toBe('RATE_LIMITED')
  })

  it('says after how many seconds to try again, and takes the password then', async () => {
    for (let index = 0; index < 5; index += 1) await login(victim.username, 'guess', freshAddress())
    const refused = await login(victim.username, TEST_PASSWORD, freshAddress())
    const seconds = refused.errors?.[0]?.extensions['retryAfterSeconds'] as number
    expect(seconds).toBeGreaterThan(4 * 60)
    expect(seconds).toBeLessThanOrEqual(5 * 60)
    clock.advance(seconds * 1000)
    expect((await login(victim.username, TEST_PASSWORD, freshAddress())).errors).toBeUndefined()
  })

  it('again after a block is closed for twice as long, up to a day, and forgiven after a day', async () => {
    const closedFor = async (): Promise<number> => {
      let seconds: number | undefined
      while (seconds === undefined)
        seconds = (await login(victim.username, 'guess', freshAddress())).errors?.[0]?.extensions['retryAfterSeconds'] as number | undefined
      clock.advance(seconds * 1000)
      return seconds
    }
    const minutes: number[] = []
    for (let round = 0; round < 4; round += 1) minutes.push(Math.round((await closedFor()) / 60))
    expect(minutes).toEqual([5, 10, 20, 40])
    clock.advance(25 * HOUR)
    expect(Math.round((await closedFor()) / 60)).toBe(5)
  })

  it('from elsewhere does not lock out a device the account has signed in on', async () => {
    const device = new CookieClient(server.app.url)
    const address = freshAddress()
    const signIn = (password: string, from: string) =>
      device.send(LOGIN, { variables: { input: { username: victim.username, password } }, headers: { 'x-forwarded-for': from } })
    expect((await signIn(TEST_PASSWORD, address)).errors).toBeUndefined()
    for (let index = 0; index < 20; index += 1) await login(victim.username, 'guess', freshAddress())
    expect(codesOf(await login(victim.username, TEST_PASSWORD, freshAddress()))).toEqual(['RATE_LIMITED'])
    expect((await signIn(TEST_PASSWORD, freshAddress())).errors).toBeUndefined()
    expect((await login(victim.username, TEST_PASSWORD, address)).errors).toBeUndefined()
  })

  it('inside an office does not lock the office out', async () => {
    const office = freshAddress()
    expect((await login(victim.username, TEST_PASSWORD, office)).errors).toBeUndefined()
    for (let index = 0; index < 30; index += 1) await login(`somebody-${index}`, 'guess', office)
    expect(codesOf(await login('somebody-else', 'guess', office))).toEqual(['RATE_LIMITED'])
    expect((await login(victim.username, TEST_PASSWORD, office)).errors).toBeUndefined()
  })

  it('on a known device has an end too', async () => {
    const checks = countChecks()
    const address = freshAddress()
    await login(victim.username, TEST_PASSWORD, address)
    for (let index = 0; index < 60; index += 1) await login(victim.username, 'guess', address)
    expect(checks()).toBeLessThanOrEqual(SET_NUMBER)
    expect(checks()).toBeGreaterThan(0)
  })

  it('is told apart from signing in often at once: forty right passwords in parallel all count as right', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => login(victim.username, TEST_PASSWORD, '192.0.2.200')))
    expect(answers.flatMap((answer) => codesOf(answer))).toEqual([])
    const many = await Promise.all(Array.from({ length: 20 }, () => server.make.user(server.hasher, [Role.STAFF])))
    await server.make.save()
    const office = await Promise.all(many.map(({ username }) => login(username, TEST_PASSWORD, '192.0.2.201')))
    expect(office.flatMap((answer) => codesOf(answer))).toEqual([])
  })

  it('is forgotten after the right password', async () => {
    const address = freshAddress()
    for (let round = 0; round < 5; round += 1) {
      for (let index = 0; index < 4; index += 1) await login(victim.username, 'guess', address)
      expect((await login(victim.username, TEST_PASSWORD, address)).errors).toBeUndefined()
    }
  })

  it('survives a restart of the server', async () => {
    for (let index = 0; index < 5; index += 1) await login(victim.username, 'guess', freshAddress())
    const restarted = await TestServer.start({ on: server, settings: { TRUST_PROXY: '1' }, clock: clock.now })
    expect(codesOf(await login(victim.username, TEST_PASSWORD, freshAddress(), restarted))).toEqual(['RATE_LIMITED'])
    await restarted.stop()
  })

  it('closes an account until an administrator opens it; nobody else may', async () => {
    for (let index = 0; index < 5; index += 1) await login(victim.username, 'guess', freshAddress())
    const { ADMIN, DOCTOR } = await server.accounts()
    const unlock = (by: User) => server.as(by)('mutation ($id: ID!) { unlockAccount(id: $id) }', { id: victim.id })
    expect(codesOf(await unlock(DOCTOR))).toEqual(['FORBIDDEN'])
    expect(codesOf(await login(victim.username, TEST_PASSWORD, freshAddress()))).toEqual(['RATE_LIMITED'])
    expect((await unlock(ADMIN)).data?.unlockAccount).toBe(true)
    expect((await login(victim.username, TEST_PASSWORD, freshAddress())).errors).toBeUndefined()
    expect(await actionsAbout(server, victim.id)).toContain('ACCOUNT_UNLOCKED')
  })

  it('keeps no names or addresses beside the counters', async () => {
    await login(victim.username, 'guess', '198.51.100.77')
    const rows = JSON.stringify(await server.sql('select * from sign_in_throttle'))
    expect(rows).not.toContain(victim.username)
    expect(rows).not.toContain('198.51.100.77')
  })

  it('is limited more tightly, and signing in goes on, while the counters cannot be reached (SECURITY R4)', async () => {
    const blocker = new pg.Client({ connectionString: server.database.url })
    await blocker.connect()
    await blocker.query('begin; lock table sign_in_throttle in access exclusive mode')
    try {
      const checks = countChecks()
      expect((await login(victim.username, TEST_PASSWORD, freshAddress())).errors).toBeUndefined()
      const guessed = await server.make.user(server.hasher, [Role.STAFF])
      await server.make.save()
      const before = checks()
      await Promise.all(Array.from({ length: 12 }, () => login(guessed.username, 'guess', freshAddress())))
      expect(checks() - before).toBeLessThanOrEqual(SET_NUMBER / 2 - 1)
      expect(checks() - before).toBeGreaterThan(0)
    } finally {
      await blocker.query('rollback')
      await blocker.end()
    }
  })

  it('opens again by itself after the window', async () => {
    for (let index = 0; index < 4; index += 1) await login(victim.username, 'guess', freshAddress())
    clock.advance(16 * MINUTE)
    for (let index = 0; index < 4; index += 1)
      expect(codesOf(await login(victim.username, 'guess', freshAddress()))).toEqual(['UNAUTHENTICATED'])
  })
})
