import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/clock.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { TEST_PASSWORD } from '../../factories/clinic.js'
import { actionsAbout } from '../../support/events.js'
import { MovingClock } from '../../support/moving-clock.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken accessTokenExpiresAt refreshToken csrfToken } }'
const REFRESH =
  'mutation ($token: String) { refreshSession(refreshToken: $token) { accessToken accessTokenExpiresAt refreshToken viewer { id } } }'
const ME = 'query { me { id } }'
const SESSIONS = 'query { me { sessions { id device network current secondFactor lastUsedAt expiresAt } } }'

interface Tokens {
  accessToken: string
  accessTokenExpiresAt: string
  refreshToken: string
}

/** Within the second that SECURITY A7 and S4 give a change to reach another instance. */
const WITHIN_A_SECOND = 900

describe('a session', () => {
  const clock = new MovingClock()
  let server: TestServer
  let other: TestServer
  let user: User

  beforeAll(async () => {
    server = await TestServer.start({ clock: clock.now })
    other = await TestServer.start({ clock: clock.now, on: server })
  })
  afterAll(async () => {
    await other.stop()
    await server.stop()
  })
  beforeEach(async () => {
    user = await server.make.user(server.hasher, [Role.STAFF], { staff: server.make.staff() })
    await server.make.save()
  })

  const signIn = async (as: User = user): Promise<Tokens> => {
    const { data, errors } = await server.send(LOGIN, {
      input: { username: as.username, password: TEST_PASSWORD, returnRefreshToken: true },
    })
    expect(errors).toBeUndefined()
    return data?.login as Tokens
  }
  const refresh = (token: string, at: TestServer = server): Promise<Answer> => at.send(REFRESH, { token })
  const refreshed = async (token: string): Promise<Tokens> => (await refresh(token)).data?.refreshSession as Tokens
  const isIn = async (token: string, at: TestServer = server): Promise<boolean> => (await at.send(ME, {}, token)).status === 200
  const familiesOf = (who: User) =>
    server.sql('select id, revoked_at, revoked_reason from session where user_id = $1 order by created_at', [who.id])

  describe('is renewed by its refresh token', () => {
    it('which gives a new pair, once, on any instance (SECURITY S1)', async () => {
      const first = await signIn()
      const second = await refresh(first.refreshToken, other)
      expect(second.errors).toBeUndefined()
      const tokens = second.data?.refreshSession as Tokens
      expect(tokens.refreshToken).not.toBe(first.refreshToken)
      expect(second.data?.refreshSession.viewer.id).toBe(user.id)
      expect(await isIn(tokens.accessToken)).toBe(true)
    })

    it('which is not in the answer unless it was asked for', async () => {
      const { data } = await server.send(LOGIN, { input: { username: user.username, password: TEST_PASSWORD } })
      expect(data?.login.refreshToken).toBeNull()
    })

    it('which is kept as a digest only', async () => {
      const { refreshToken } = await signIn()
      const rows = await server.sql('select * from refresh_token')
      expect(JSON.stringify(rows)).not.toContain(refreshToken)
    })

    it.each([
      ['an access token', async () => (await signIn()).accessToken],
      ['an invented token', async () => 'A'.repeat(43)],
      ['nothing of ours', async () => "' or 1=1 --"],
    ])('and not by %s (SECURITY S5)', async (_name, token) => {
      expect(codesOf(await refresh(await token()))).toEqual(['UNAUTHENTICATED'])
    })

    it('and a refresh token opens nothing else', async () => {
      expect(await isIn((await signIn()).refreshToken)).toBe(false)
    })
  })

  describe('whose spent refresh token is used again', () => {
    it('ends with all its tokens, on another instance within the second, and leaves an event; other sessions go on (SECURITY S1)', async () => {
      const mine = await signIn()
      const elsewhere = await signIn()
      const next = await refreshed(mine.refreshToken)
      expect(await isIn(next.accessToken, other)).toBe(true)
      clock.advance(11 * SECOND)
      expect(codesOf(await refresh(mine.refreshToken))).toEqual(['UNAUTHENTICATED'])
      expect(await isIn(next.accessToken)).toBe(false)
      await sleep(WITHIN_A_SECOND)
      expect(await isIn(next.accessToken, other)).toBe(false)
      expect(codesOf(await refresh(next.refreshToken, other))).toEqual(['UNAUTHENTICATED'])
      expect(await isIn(elsewhere.accessToken)).toBe(true)
      expect((await familiesOf(user)).map((row) => row['revoked_reason'])).toEqual(['TOKEN_REUSED', null])
      expect((await actionsAbout(server, user.id)).filter((action) => action === 'TOKEN_REUSED')).toHaveLength(1)
    })

    it('goes on when it is the one just spent, within ten seconds: the same successor comes again (SECURITY S2)', async () => {
      const first = await signIn()
      const second = await refreshed(first.refreshToken)
      clock.advance(9 * SECOND)
      expect((await refreshed(first.refreshToken)).refreshToken).toBe(second.refreshToken)
      expect(await isIn(second.accessToken)).toBe(true)
    })

    it('ends when the token is two generations old, however soon (SECURITY S2)', async () => {
      const first = await signIn()
      const second = await refreshed(first.refreshToken)
      await refreshed(second.refreshToken)
      expect(codesOf(await refresh(first.refreshToken))).toEqual(['UNAUTHENTICATED'])
      expect((await familiesOf(user)).map((row) => row['revoked_reason'])).toEqual(['TOKEN_REUSED'])
    })

    it('has one live successor after 200 parallel uses of one token (SECURITY S1)', async () => {
      const { refreshToken } = await signIn()
      const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => refresh(refreshToken, index % 2 === 0 ? server : other)))
      const successors = new Set(answers.map(({ data }) => (data?.refreshSession as Tokens | null)?.refreshToken))
      expect(successors.size).toBe(1)
      expect(await familiesOf(user)).toHaveLength(1)
      const live = await server.sql(
        'select t.id from refresh_token t join session s on s.id = t.session_id where s.user_id = $1 and t.spent_at is null',
        [user.id],
      )
      expect(live).toHaveLength(1)
      expect(await refreshed([...successors][0] ?? '')).toBeTruthy()
    })
  })

  describe('ends by itself', () => {
    it('when nobody uses it for half an hour, for staff (SECURITY S3)', async () => {
      const { accessToken, refreshToken } = await signIn()
      clock.advance(10 * MINUTE)
      expect(await isIn(accessToken)).toBe(true)
      await sleep(50)
      clock.advance(29 * MINUTE)
      const next = await refreshed(refreshToken)
      expect(await isIn(next.accessToken)).toBe(true)
      clock.advance(31 * MINUTE)
      expect(await isIn(next.accessToken)).toBe(false)
      expect(codesOf(await refresh(next.refreshToken))).toEqual(['UNAUTHENTICATED'])
    })

    it('after an hour for a patient', async () => {
      const patient = await server.make.user(server.hasher, [Role.PATIENT], { patient: server.make.patient() })
      await server.make.save()
      const { refreshToken } = await signIn(patient)
      clock.advance(59 * MINUTE)
      const next = await refreshed(refreshToken)
      clock.advance(61 * MINUTE)
      expect(codesOf(await refresh(next.refreshToken))).toEqual(['UNAUTHENTICATED'])
    })

    it('after seven days, however busy; and no access token outlives it (SECURITY S3)', async () => {
      let { refreshToken, accessTokenExpiresAt } = await signIn()
      const begun = clock.now().getTime()
      while (clock.now().getTime() - begun < 7 * DAY - HOUR) {
        clock.advance(25 * MINUTE)
        await server.sql('update session set last_used_at = $2 where user_id = $1', [user.id, clock.now()])
      }
      clock.advance(7 * DAY - 5 * MINUTE - (clock.now().getTime() - begun))
      await server.sql('update session set last_used_at = $2 where user_id = $1', [user.id, clock.now()])
      ;({ refreshToken, accessTokenExpiresAt } = await refreshed(refreshToken))
      expect(Date.parse(accessTokenExpiresAt) - clock.now().getTime()).toBeLessThanOrEqual(5 * MINUTE)
      clock.advance(6 * MINUTE)
      expect(codesOf(await refresh(refreshToken))).toEqual(['UNAUTHENTICATED'])
    })

    it('and its access token after 15 minutes (SECURITY S3)', async () => {
      const { accessToken } = await signIn()
      clock.advance(16 * MINUTE)
      expect(await isIn(accessToken)).toBe(false)
    })
  })

  describe('is ended', () => {
    it('by signing out: at once here, within the second elsewhere, with its refresh token (SECURITY S4)', async () => {
      const { accessToken, refreshToken } = await signIn()
      expect(await isIn(accessToken, other)).toBe(true)
      expect((await server.send('mutation { logout }', {}, accessToken)).data?.logout).toBe(true)
      expect(await isIn(accessToken)).toBe(false)
      expect(await isIn(`${accessToken}=`)).toBe(false)
      await sleep(WITHIN_A_SECOND)
      expect(await isIn(accessToken, other)).toBe(false)
      expect(codesOf(await refresh(refreshToken))).toEqual(['UNAUTHENTICATED'])
    })

    it('by signing out everywhere, with all others of the account', async () => {
      const [one, two] = [await signIn(), await signIn()]
      expect((await server.send('mutation { logoutEverywhere }', {}, one.accessToken)).data?.logoutEverywhere).toBe(true)
      expect([await isIn(one.accessToken), await isIn(two.accessToken)]).toEqual([false, false])
    })

    it('from the list, by its owner', async () => {
      const [mine, lost] = [await signIn(), await signIn()]
      const { data } = await server.send(SESSIONS, {}, mine.accessToken)
      const sessions = data?.me.sessions as { id: string; current: boolean }[]
      expect(sessions.filter(({ current }) => current)).toHaveLength(1)
      expect(sessions).toHaveLength(2)
      const id = sessions.find(({ current }) => !current)?.id
      expect((await server.send('mutation ($id: ID!) { revokeSession(id: $id) }', { id }, mine.accessToken)).data?.revokeSession).toBe(true)
      expect([await isIn(mine.accessToken), await isIn(lost.accessToken)]).toEqual([true, false])
      expect((await server.send(SESSIONS, {}, mine.accessToken)).data?.me.sessions).toHaveLength(1)
    })

    it('not by anybody else: it looks as if there were none', async () => {
      const { accessToken } = await signIn()
      const { data } = await server.send(SESSIONS, {}, accessToken)
      const stranger = await server.make.user(server.hasher, [Role.OWNER])
      await server.make.save()
      const revoke = (id: string) => server.as(stranger)('mutation ($id: ID!) { revokeSession(id: $id) }', { id })
      expect(codesOf(await revoke(data?.me.sessions[0].id))).toEqual(['NOT_FOUND'])
      expect(codesOf(await revoke('019a9c5e-0000-7000-8000-000000000000'))).toEqual(['NOT_FOUND'])
      expect(await isIn(accessToken)).toBe(true)
    })

    it('when its account is deactivated, on another instance within the second (SECURITY A7)', async () => {
      const { accessToken, refreshToken } = await signIn()
      expect(await isIn(accessToken, other)).toBe(true)
      await server.sql('update user_account set active = false where id = $1', [user.id])
      await sleep(WITHIN_A_SECOND)
      expect(await isIn(accessToken, other)).toBe(false)
      expect(codesOf(await refresh(refreshToken))).toEqual(['UNAUTHENTICATED'])
    })

    it('when it is the least used of more than five hundred', async () => {
      const first = await signIn()
      await server.sql(
        `insert into session (id, user_id, created_at, last_used_at, expires_at, device, device_hash, network)
         select gen_random_uuid(), $1, $2::timestamptz, $2::timestamptz + n * interval '1 ms', $2::timestamptz + interval '1 day', 'x', 'x', 'x' from generate_series(1, 499) n`,
        [user.id, clock.now()],
      )
      await signIn()
      await sleep(WITHIN_A_SECOND)
      expect(await isIn(first.accessToken)).toBe(false)
    })
  })
})

describe('a new signing key', () => {
  it('signs nobody out while the earlier one is named, and everybody when it is not', async () => {
    const before = await TestServer.start()
    const user = await before.make.user(before.hasher, [Role.STAFF])
    await before.make.save()
    const { data } = await before.signIn(user.username)
    const token = data?.login.accessToken as string
    const JWT_SECRET = 'Qw7Rt2Yx9UiL4oPz6AsD1fGh8JkEc5Vb'
    const rotated = await TestServer.start({ on: before, settings: { JWT_SECRET, JWT_PREVIOUS_SECRETS: before.env.JWT_SECRET } })
    const replaced = await TestServer.start({ on: before, settings: { JWT_SECRET } })
    expect((await rotated.send(ME, {}, token)).status).toBe(200)
    expect((await replaced.send(ME, {}, token)).status).toBe(401)
    for (const server of [rotated, replaced, before]) await server.stop()
  })
})
