import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Role } from '../../src/access/roles.js'
import { LIVE_LIMITS } from '../../src/http/live-endpoint.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { CookieClient } from '../support/cookie-client.js'
import { watch, type LiveCredentials, type Watch } from '../support/live-client.js'
import { codesOf, TestServer } from '../support/server.js'
import { TEST_PASSWORD } from '../factories/clinic.js'

const SUBSCRIPTION = 'subscription { appointmentChanged { id } }'

let server: TestServer
let user: User
let token: string
const open: Watch[] = []

beforeAll(async () => {
  server = await TestServer.start({ settings: { ALLOWED_ORIGINS: 'https://app.clinic.test' } })
  user = await server.make.user(server.hasher, [Role.STAFF], { staff: server.make.staff() })
  await server.make.save()
  token = await server.tokenOf(user)
}, 60_000)

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

afterAll(() => server.stop())

async function begin(credentials: LiveCredentials, query = SUBSCRIPTION, variables?: Record<string, unknown>): Promise<Watch> {
  const one = await watch(server.app.url, credentials, query, variables)
  open.push(one)
  return one
}

/** A socket without the client library. */
async function socket(headers: Record<string, string> = {}): Promise<WebSocket> {
  const raw = new WebSocket(`${server.app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers })
  await new Promise((resolve, reject) => raw.once('open', resolve).once('error', reject))
  return raw
}

const closeOf = (raw: WebSocket): Promise<number> => new Promise((resolve) => raw.once('close', resolve))

async function acknowledged(): Promise<WebSocket> {
  const raw = await socket()
  raw.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }))
  await new Promise((resolve) => raw.once('message', resolve))
  return raw
}

describe('who may connect', () => {
  it('nobody without a token', async () => {
    expect(await (await begin({})).untilEnded()).toMatchObject({ code: 4401 })
  })

  it('nobody with a token that does not hold', async () => {
    expect(await (await begin({ token: `${token}x` })).untilEnded()).toMatchObject({ code: 4401 })
  })

  it('a browser with its cookies, from our own page or a listed one, and from no other (SECURITY S8)', async () => {
    const browser = new CookieClient(server.app.url)
    await browser.send('mutation ($input: LoginInput!) { login(input: $input) { viewer { id } } }', {
      variables: { input: { username: user.username, password: TEST_PASSWORD } },
    })
    const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    for (const origin of [server.app.url, 'https://app.clinic.test']) {
      expect((await begin({ headers: { cookie, origin } })).ended).toBeUndefined()
    }
    for (const origin of ['https://evil.test', 'null']) {
      expect(await (await begin({ headers: { cookie, origin } })).untilEnded()).toMatchObject({ code: 4403 })
    }
  })

  it('a client of another origin that has a token of its own', async () => {
    expect((await begin({ token, headers: { origin: 'https://elsewhere.test' } })).ended).toBeUndefined()
  })

  it('no more than a number of connections of one account', async () => {
    const all = await Promise.all(Array.from({ length: LIVE_LIMITS.connectionsPerUser }, () => begin({ token })))
    expect(all.every(({ ended }) => ended === undefined)).toBe(true)
    expect(await (await begin({ token })).untilEnded()).toMatchObject({ code: 4429 })
  })
})

describe('what may be asked', () => {
  it.each([
    ['a query', '{ me { username } }', 'BAD_REQUEST'],
    ['a mutation', 'mutation { logout }', 'BAD_REQUEST'],
    ['what does not fit the schema', 'subscription { appointmentChanged { nothing } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['what is not GraphQL', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['two fields at once', 'subscription { appointmentChanged { id } b: appointmentChanged { id } }', 'TOO_EXPENSIVE'],
    ['an id that is none', 'subscription { appointmentChanged(doctorId: "x") { id } }', 'BAD_USER_INPUT'],
    [
      'more rows than an operation may hold',
      `subscription { appointmentChanged { patient { appointments(first: 100) { edges { node { patient {
        appointments(first: 100) { edges { node { patient { appointments(first: 100) { totalCount edges { node { id } } } } } } } } } } } } } }`,
      'TOO_EXPENSIVE',
    ],
  ])('not %s', async (_name, query, code) => {
    const errors = (await (await begin({ token }, query)).untilEnded()) as never
    expect(codesOf({ errors })).toEqual([code])
  })

  it('names wrong variables without their values', async () => {
    const query = 'subscription ($id: ID!) { appointmentChanged(doctorId: $id) { id } }'
    const errors = (await (await begin({ token }, query, { id: { secret: 'canary' } })).untilEnded()) as never
    expect(codesOf({ errors })).toEqual(['BAD_USER_INPUT'])
    expect(JSON.stringify(errors)).not.toContain('canary')
  })

  it('no subscription by POST', async () => {
    const { errors } = await server.send(SUBSCRIPTION, {}, token)
    expect(codesOf({ errors })).toEqual(['BAD_REQUEST'])
  })

  it('no more than a number of subscriptions on one connection', async () => {
    const raw = await acknowledged()
    const answers: { id: string; type: string }[] = []
    raw.on('message', (data) => answers.push(JSON.parse(String(data)) as never))
    for (let id = 0; id <= LIVE_LIMITS.subscriptionsPerConnection; id++)
      raw.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query: SUBSCRIPTION } }))
    await expect.poll(() => answers.length).toBe(1)
    expect(answers[0]).toMatchObject({ id: String(LIVE_LIMITS.subscriptionsPerConnection), type: 'error' })
    raw.terminate()
  })
})

describe('a socket', () => {
  it('is closed when its message is too large', async () => {
    const raw = await acknowledged()
    raw.send(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(LIVE_LIMITS.message) } }))
    expect(await closeOf(raw)).toBe(1009)
  })

  it('is closed when it floods the server with messages', async () => {
    const raw = await acknowledged()
    for (let sent = 0; sent <= LIVE_LIMITS.messagesPer10s; sent++) raw.send('{"type":"ping"}')
    expect(await closeOf(raw)).toBe(1008)
  })

  it.each([
    ['what is no message', 'hello', 4400],
    ['a subscription before it has said who it is', JSON.stringify({ id: '1', type: 'subscribe', payload: { query: SUBSCRIPTION } }), 4401],
  ])('is closed on %s', async (_name, message, code) => {
    const raw = await socket()
    raw.send(message)
    expect(await closeOf(raw)).toBe(code)
  })

  it('is not to be had elsewhere', async () => {
    const raw = new WebSocket(`${server.app.url.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws')
    const status = await new Promise((resolve) => raw.once('unexpected-response', (_request, response) => resolve(response.statusCode)))
    expect(status).toBe(404)
  })

  it('does not get in the way of clients that offer another protocol', async () => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, connection: 'Upgrade', upgrade: 'h2c' }
    const call = request(`${server.app.url}/graphql`, { method: 'POST', headers })
    const [response] = (await once(call.end('{"query":"{ me { username } }"}'), 'response')) as [IncomingMessage]
    expect(await json(response)).toEqual({ data: { me: { username: user.username } } })
  })

  it('gets a farewell when the server stops (SECURITY R1)', async () => {
    const leaving = await TestServer.start({ on: server })
    const one = await watch(leaving.app.url, { token }, SUBSCRIPTION)
    await leaving.stop()
    expect(await one.untilEnded()).toMatchObject({ code: 1001 })
  })
})
