import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { Role } from '../../src/access/roles.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { TEST_PASSWORD } from '../factories/clinic.js'
import { TestServer, type Answer } from '../support/server.js'
import { browserPath, misdeedsOf, openBrowser } from './chromium.js'

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { csrfToken viewer { id } } }'
const ME = '{ me { id username } }'
const CHANGES = 'mutation { beginTotp { secret } }'
const REFRESH = 'mutation { refreshSession { viewer { id } } }'

/** A front end of another origin: an empty page. */
async function frontEnd(): Promise<Server & { origin: string }> {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Front end</title>'),
  )
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return Object.assign(server, { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

describe.skipIf(browserPath === undefined)('signing in from a real browser', () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let user: User
  let listed: Awaited<ReturnType<typeof frontEnd>>
  let foreign: Awaited<ReturnType<typeof frontEnd>>

  beforeAll(async () => {
    listed = await frontEnd()
    foreign = await frontEnd()
    server = await TestServer.start({ settings: { ALLOWED_ORIGINS: listed.origin } })
    browser = await openBrowser()
    user = await server.make.user(server.hasher, [Role.DOCTOR], { staff: server.make.staff() })
    await server.make.save()
  })
  afterAll(async () => {
    await browser?.close()
    listed.close()
    foreign.close()
    await server.stop()
  })
  beforeEach(async () => {
    context = await browser.newContext()
    page = await context.newPage()
    await page.goto(`${server.app.url}/account`)
    return () => context.close()
  })

  /** What a front end does: cookies by the browser, the CSRF token out of the readable one or out of the answer to the sign-in. */
  const ask = (
    query: string,
    { variables = {}, csrf, at = page }: { variables?: object; csrf?: string | false; at?: Page } = {},
  ): Promise<Answer & { failed?: true }> =>
    at.evaluate(
      async ([url, body, token]) => {
        const { cookie } = (globalThis as unknown as { document: { cookie: string } }).document
        const own = /(?:^|; )csrf=([^;]+)/.exec(cookie)?.[1]
        const header = token === false ? undefined : (token ?? own)
        try {
          const response = await fetch(url, {
            method: 'POST',
            credentials: 'include',
            headers: { 'content-type': 'application/json', ...(header && { 'x-csrf-token': header }) },
            body,
          })
          return { status: response.status, ...((await response.json()) as object) }
        } catch {
          return { status: 0, failed: true }
        }
      },
      [`${server.app.url}/graphql`, JSON.stringify({ query, variables }), csrf] as const,
    )
  const signIn = (at = page) => ask(LOGIN, { variables: { input: { username: user.username, password: TEST_PASSWORD } }, at })

  it('goes on by cookies that scripts cannot read', async () => {
    expect((await signIn()).data?.login.viewer.id).toBe(user.id)
    expect(await page.evaluate('document.cookie')).toMatch(/^csrf=[\w-]{43}$/)
    const cookies = await context.cookies()
    expect(
      cookies
        .filter(({ httpOnly }) => httpOnly)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['access', 'device', 'refresh'])
    expect(cookies.every(({ sameSite }) => sameSite === 'Strict')).toBe(true)
    expect((await ask(ME)).data?.me.id).toBe(user.id)
  })

  it('changes something with the CSRF token, and not without', async () => {
    await signIn()
    expect((await ask(CHANGES, { csrf: false })).status).toBe(403)
    expect((await ask(CHANGES)).data?.beginTotp.secret).toBeTruthy()
  })

  it('is renewed by the refresh cookie; two tabs that do so at once both stay in (SECURITY S2)', async () => {
    await signIn()
    await context.clearCookies({ name: 'access' })
    expect((await ask(ME)).data?.me).toBeNull()
    const second = await context.newPage()
    await second.goto(`${server.app.url}/account`)
    const answers = await Promise.all([ask(REFRESH), ask(REFRESH, { at: second })])
    expect(answers.map(({ data }) => data?.refreshSession?.viewer.id)).toEqual([user.id, user.id])
    expect((await ask(ME)).data?.me.id).toBe(user.id)
    expect((await ask(REFRESH, { at: second })).data?.refreshSession.viewer.id).toBe(user.id)
  })

  it('ends with the cookies', async () => {
    await signIn()
    expect((await ask('mutation { logout }')).data?.logout).toBe(true)
    expect((await context.cookies()).map(({ name }) => name)).toEqual(['device'])
    expect((await ask(ME)).data?.me).toBeNull()
  })

  it('works from a listed front end of another origin', async () => {
    const app = await context.newPage()
    await app.goto(listed.origin)
    const { data } = await signIn(app)
    expect((await ask(ME, { at: app })).data?.me.id).toBe(user.id)
    expect((await ask(CHANGES, { at: app, csrf: data?.login.csrfToken })).data?.beginTotp.secret).toBeTruthy()
    expect((await ask(CHANGES, { at: app, csrf: false })).status).toBe(403)
  })

  it('is not open to a foreign page, even on the same site with the cookies (SECURITY S8)', async () => {
    const { data } = await signIn()
    const evil = await context.newPage()
    await evil.goto(foreign.origin)
    for (const query of [ME, CHANGES, REFRESH])
      expect(await ask(query, { at: evil, csrf: data?.login.csrfToken })).toMatchObject({ failed: true })
    // A form needs no permission to be sent.
    await evil.evaluate(async (url) => {
      const body = '{"query":"mutation { logoutEverywhere }"}'
      const send = (type: string) =>
        fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', headers: { 'content-type': type }, body })
      await Promise.allSettled(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'].map(send))
    }, `${server.app.url}/graphql`)
    expect((await ask(ME)).data?.me.id).toBe(user.id)
  })

  it('begins with the page that the printed link opens', async () => {
    const empty = await TestServer.start()
    const set = await context.newPage()
    const misdeeds = misdeedsOf(set, empty.app.url)
    await set.goto(`${empty.app.url}/account#set-up=${await empty.app.newSetUpToken()}`)
    expect(set.url()).toBe(`${empty.app.url}/account`)
    await set.getByLabel('First and last name').fill('Ada Quist')
    await set.getByLabel('Name to sign in with').fill('ada')
    await set.getByLabel('Password').fill('password')
    await set.getByRole('button').click()
    await set.getByText('must have at least 15 characters').waitFor()
    await set.getByLabel('Password').fill('a heron beside the slow canal')
    await set.getByRole('button').click()
    await set.getByText('You sign in as: ada').waitFor()
    expect((await empty.signIn('ada', 'a heron beside the slow canal')).errors).toBeUndefined()
    expect(misdeeds).toEqual([])
    await empty.stop()
  })
})
