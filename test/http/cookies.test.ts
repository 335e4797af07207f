import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { TEST_PASSWORD } from '../factories/clinic.js'
import { CookieClient, type CookieAnswer } from '../support/cookie-client.js'
import { codesOf, TestServer } from '../support/server.js'

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { csrfToken refreshToken viewer { id } } }'
const ME = 'query { me { id } }'
const CHANGES = 'mutation { beginTotp { secret } }'
const REFRESH = 'mutation { refreshSession { refreshToken csrfToken viewer { id } } }'
const LISTED = 'https://app.clinic.test'

describe('a browser', () => {
  let server: TestServer
  let user: User
  let browser: CookieClient

  beforeAll(async () => {
    server = await TestServer.start({ settings: { ALLOWED_ORIGINS: LISTED } })
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    user = await server.make.user(server.hasher, [Role.DOCTOR])
    await server.make.save()
    browser = new CookieClient(server.app.url)
    await signIn()
  })

  const signIn = (headers: Record<string, string> = {}): Promise<CookieAnswer> =>
    browser.send(LOGIN, { variables: { input: { username: user.username, password: TEST_PASSWORD } }, csrf: false, headers })
  const isIn = async (): Promise<boolean> => (await browser.send(ME)).data?.me?.id === user.id

  it('is signed in by cookies out of reach for scripts; only the CSRF token can be read (SECURITY S7)', async () => {
    const { setCookies, data } = await signIn()
    const byName = Object.fromEntries(setCookies.map((cookie) => [cookie.name, cookie]))
    expect(Object.keys(byName).toSorted()).toEqual(['access', 'csrf', 'device', 'refresh'])
    for (const cookie of setCookies) expect(cookie).toMatchObject({ path: '/', sameSite: 'strict' })
    for (const cookie of setCookies) expect(cookie.domain).toBeUndefined()
    for (const name of ['access', 'refresh', 'device']) expect(byName[name]?.httpOnly).toBe(true)
    expect(byName['csrf']?.httpOnly).toBeUndefined()
    expect(byName['csrf']?.value).toBe(data?.login.csrfToken)
    expect(data?.login.refreshToken).toBeNull()
    expect(await isIn()).toBe(true)
  })

  it('reads without a CSRF token', async () => {
    expect((await browser.send(ME, { csrf: false })).data?.me.id).toBe(user.id)
  })

  it('is a stranger with a cookie that does not hold, rather than refused', async () => {
    browser.jar.set('access', 'nonsense')
    const { status, errors } = await browser.send(ME)
    expect(status).toBe(200)
    expect(codesOf({ ...(errors && { errors }) })).toEqual(['UNAUTHENTICATED'])
  })

  describe('that wants to change something (SECURITY S8)', () => {
    it('sends the CSRF token', async () => {
      expect((await browser.send(CHANGES)).errors).toBeUndefined()
    })

    it.each([
      ['without it', false],
      ['with an empty one', ''],
      ['with another', 'A'.repeat(43)],
    ])('is refused %s, before anything is done', async (_name, csrf) => {
      const answer = await browser.send(CHANGES, { csrf })
      expect(answer.status).toBe(403)
      expect(codesOf(answer)).toEqual(['FORBIDDEN'])
      expect(answer.data).toBeUndefined()
    })

    it('is refused when header and cookie agree but belong to no session of theirs', async () => {
      browser.jar.set('csrf', 'B'.repeat(43))
      expect((await browser.send(CHANGES)).status).toBe(403)
    })

    it.each([
      ['hidden behind a query', `query A { me { id } } mutation B { beginTotp { secret } }`],
      ['in a fragment', 'mutation { ...f } fragment f on Mutation { beginTotp { secret } }'],
      ['beside a sign-in', `mutation { login(input: { username: "x", password: "y" }) { csrfToken } beginTotp { secret } }`],
      ['that is not GraphQL', 'mutation {'],
    ])('is refused without it when the change is %s', async (_name, document) => {
      expect((await browser.send(document, { csrf: false })).status).toBe(403)
    })

    it('may sign in anew without it: cookies of before do not count then', async () => {
      const { errors, data } = await signIn()
      expect(errors).toBeUndefined()
      expect(data?.login.viewer.id).toBe(user.id)
    })

    it('is refused as multipart, and as text of any kind', async () => {
      const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const types = [
        'multipart/form-data; boundary=x',
        'multipart/mixed; boundary=x',
        'text/plain',
        'application/x-www-form-urlencoded',
        'message/http',
        '',
      ]
      for (const type of types) {
        const headers = { cookie, ...(type !== '' && { 'content-type': type }) }
        const response = await fetch(`${server.app.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: CHANGES }) })
        expect(response.status).toBe(type.startsWith('multipart') ? 403 : 415)
      }
      expect(await server.sql('select totp_secret from user_account where id = $1', [user.id])).toEqual([{ totp_secret: null }])
    })

    it('needs none with a Bearer token', async () => {
      const { data } = await server.signIn(user.username)
      expect((await server.send(CHANGES, {}, data?.login.accessToken)).errors).toBeUndefined()
    })

    it('is not taken for a Bearer client for some other Authorization', async () => {
      expect((await browser.send(CHANGES, { csrf: false, headers: { authorization: 'Basic YTpi' } })).status).toBe(403)
    })
  })

  describe('on a page of another origin (SECURITY S8)', () => {
    it.each(['https://evil.test', 'null', 'http://localhost:1', 'https://app.clinic.test.evil.test'])(
      '%s is refused, reading too',
      async (origin) => {
        for (const document of [ME, CHANGES, REFRESH]) expect((await browser.send(document, { headers: { origin } })).status).toBe(403)
        expect((await browser.send(ME, { headers: { origin } })).headers.get('access-control-allow-origin')).toBeNull()
      },
    )

    it('cannot sign anybody in', async () => {
      const answer = await signIn({ origin: 'https://evil.test' })
      expect(answer.status).toBe(403)
      expect(answer.setCookies).toEqual([])
    })

    it('is refused when it only says that it is cross-site', async () => {
      expect((await browser.send(ME, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
    })

    it('that is listed may, with cookies', async () => {
      const { headers, data } = await browser.send(ME, { headers: { origin: LISTED, 'sec-fetch-site': 'cross-site' } })
      expect(data?.me.id).toBe(user.id)
      expect(headers.get('access-control-allow-origin')).toBe(LISTED)
      expect(headers.get('access-control-allow-credentials')).toBe('true')
      expect(headers.get('vary')).toMatch(/origin/i)
    })

    it('of ours may', async () => {
      expect((await browser.send(ME, { headers: { origin: server.app.url } })).data?.me.id).toBe(user.id)
    })

    it.each([
      [LISTED, 204, LISTED],
      ['https://evil.test', 403, null],
      ['null', 403, null],
    ])('%s is answered %i when it asks first', async (origin, status, allowed) => {
      const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-csrf-token' }
      const response = await fetch(`${server.app.url}/graphql`, { method: 'OPTIONS', headers })
      expect(response.status).toBe(status)
      expect(response.headers.get('access-control-allow-origin')).toBe(allowed)
    })
  })

  describe('stays signed in', () => {
    it('by its refresh cookie and CSRF token, also when the access cookie has ended', async () => {
      browser.jar.delete('access')
      expect(await isIn()).toBe(false)
      const before = browser.jar.get('refresh')
      const { data, errors } = await browser.send(REFRESH)
      expect(errors).toBeUndefined()
      expect(data?.refreshSession).toMatchObject({ refreshToken: null, viewer: { id: user.id } })
      expect(browser.jar.get('refresh')).not.toBe(before)
      expect(await isIn()).toBe(true)
    })

    it('not without the CSRF token', async () => {
      browser.jar.delete('access')
      expect((await browser.send(REFRESH, { csrf: false })).status).toBe(403)
    })

    it('not when its session is over; then the cookies go', async () => {
      await server.sql('update session set revoked_at = now(), revoked_reason = $2 where user_id = $1', [user.id, 'REVOKED'])
      expect(codesOf(await browser.send(REFRESH))).toEqual(['UNAUTHENTICATED'])
      expect([...browser.jar.keys()]).toEqual(['device'])
    })
  })

  it('is signed out with its cookies taken away, even when the access cookie has ended', async () => {
    const refresh = browser.jar.get('refresh')
    browser.jar.delete('access')
    expect((await browser.send('mutation { logout }')).data?.logout).toBe(true)
    expect([...browser.jar.keys()]).toEqual(['device'])
    const again = await server.send('mutation ($token: String) { refreshSession(refreshToken: $token) { csrfToken } }', { token: refresh })
    expect(codesOf(again)).toEqual(['UNAUTHENTICATED'])
    expect((await browser.send('mutation { logout }')).data?.logout).toBe(false)
  })
})

describe('in production', () => {
  it('cookies carry the prefix __Host- and travel over HTTPS only (SECURITY S7)', async () => {
    const development = await TestServer.start()
    const user = await development.make.user(development.hasher, [Role.DOCTOR])
    await development.make.save()
    const settings = { NODE_ENV: 'production', BCRYPT_COST: '10', DATABASE_URL: development.database.url, DEMO: 'false' }
    const server = await TestServer.start({ on: development, settings })
    const browser = new CookieClient(server.app.url)
    const { setCookies, errors } = await browser.send(
      'mutation ($input: LoginInput!) { login(input: $input) { csrfToken viewer { mustChangePassword } } }',
      {
        variables: { input: { username: user.username, password: TEST_PASSWORD } },
      },
    )
    expect(errors).toBeUndefined()
    expect(setCookies.map(({ name }) => name).toSorted()).toEqual(['__Host-access', '__Host-csrf', '__Host-device', '__Host-refresh'])
    for (const cookie of setCookies) expect(cookie).toMatchObject({ secure: true, path: '/' })
    expect((await browser.send(ME, { csrf: false })).data?.me.id).toBe(user.id)
    expect((await browser.send(CHANGES, { csrf: browser.jar.get('__Host-csrf') ?? '' })).errors).toBeUndefined()
    browser.jar.set('access', browser.jar.get('__Host-access') ?? '')
    browser.jar.delete('__Host-access')
    expect((await browser.send(ME, { csrf: false })).status).toBe(401)
    await server.stop()
    await development.stop()
  })
})
