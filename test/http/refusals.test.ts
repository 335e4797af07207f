import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startMini, type Answer, type Mini } from './clinic-in-miniature.js'

let server: Mini
beforeAll(async () => {
  server = await startMini()
})
afterAll(() => server.close())

const codeOf = (answer: Answer): unknown => answer.json.errors?.[0]?.extensions['code']

/** Sends bytes as they are and gives what comes back. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket
      .on('data', (chunk) => (received += chunk.toString()))
      .on('close', () => resolve(received))
      .on('error', reject)
  })
}

describe('headers (SECURITY D10)', () => {
  it.each(['/graphql', '/health/live', '/nothing'])('of %s let nothing be cached, framed, sniffed or run', async (path) => {
    const { headers } = await server.get(path)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(Number(/max-age=(\d+)/.exec(headers.get('strict-transport-security') ?? '')?.[1])).toBeGreaterThanOrEqual(31_536_000)
    expect(headers.get('x-powered-by')).toBeNull()
  })

  it('repeat a well-formed request id and replace any other', async () => {
    const given = await server.post({ query: '{ __typename }' }, { 'x-request-id': 'proxy-1234.abc' })
    expect(given.headers.get('x-request-id')).toBe('proxy-1234.abc')
    for (const bad of ['short', 'with space and more', 'x'.repeat(65), '<script>alert(1)</script>']) {
      const made = await server.post({ query: '{ __typename }' }, { 'x-request-id': bad })
      expect(made.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
    }
  })
})

describe('routes and methods (SECURITY D11)', () => {
  it.each([
    '/',
    '/.git/config',
    '/.env',
    '/metrics',
    '/graphql/',
    '/GRAPHQL',
    '/ide/assets/package.json',
    '/ide/assets/__proto__',
    '/ide/..%2f..%2fpackage.json',
    '/health',
    '/%E0%A4%A',
  ])('there is nothing at %s', async (path) => {
    const answer = await server.get(path)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(codeOf(answer)).toMatch(/NOT_FOUND|BAD_REQUEST/)
  })

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is refused everywhere', async (method) => {
    for (const path of ['/graphql', '/ide', '/health/live', '/health/ready']) {
      const answer = await server.get(path, { method })
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toMatch(/GET|POST/)
      expect(codeOf(answer)).toBe('BAD_REQUEST')
    }
  })

  it.each(['TRACE /graphql', 'TRACE /', 'CONNECT example.org:443', 'QUERY /graphql'])('%s is refused', async (line) => {
    expect(await raw(`${line} HTTP/1.1\r\nHost: clinic\r\nConnection: close\r\n\r\n`)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/)
  })

  it('something that is not HTTP is refused with a code', async () => {
    const answer = await raw('hello\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('"code":"BAD_REQUEST"')
  })

  it('headers beyond all measure are refused with a code', async () => {
    const answer = await raw(`GET /health/live HTTP/1.1\r\nHost: clinic\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect(answer).toContain('"code":"BAD_REQUEST"')
  })
})

describe('bodies', () => {
  const query = '{"query":"{ __typename }"}'

  it.each([
    ['not JSON', '{"query": "{ __typename }', 400],
    ['empty', '', 400],
    ['a word', '"query"', 400],
    ['no query', '{"variables": {}}', 400],
    ['a query that is no text', '{"query": 7}', 400],
    ['variables that are a list', '{"query": "{ __typename }", "variables": []}', 400],
    ['more than a megabyte', JSON.stringify({ query: '{ __typename }', variables: { a: 'x'.repeat(1_000_001) } }), 413],
  ])('%s is refused with a code', async (_name, body, status) => {
    const answer = await server.post(body)
    expect(answer.status).toBe(status)
    expect(codeOf(answer)).toBe('BAD_REQUEST')
  })

  it.each([
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; charset=utf-7',
    'application/json; charset=latin1',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'message/rfc822',
    'nonsense',
  ])('type %s is refused', async (type) => {
    const answer = await server.post(query, { 'content-type': type })
    expect(answer.status).toBe(415)
    expect(codeOf(answer)).toBe('BAD_REQUEST')
  })

  it('without a type is refused', async () => {
    const answer = await server.get('/graphql', { method: 'POST', body: Buffer.from(query) })
    expect(answer.status).toBe(415)
  })

  it('compressed is refused', async () => {
    const answer = await server.post(query, { 'content-encoding': 'gzip' })
    expect(answer.status).toBe(415)
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'application/json;charset="UTF-8"'])('type %s is taken', async (type) => {
    expect((await server.post(query, { 'content-type': type })).status).toBe(200)
  })
})

describe('health', () => {
  it('is live as long as the process runs', async () => {
    expect(await server.get('/health/live')).toMatchObject({ status: 200, json: { status: 'live' } })
  })

  it('is ready while every check passes, and says no more than their names', async () => {
    expect((await server.get('/health/ready')).json).toEqual({ status: 'ready', checks: { database: true, accepting: true } })
    server.checks['database'] = false
    const away = await server.get('/health/ready')
    server.checks['database'] = true
    expect(away.status).toBe(503)
    expect(away.json).toMatchObject({ status: 'not ready', checks: { database: false, accepting: true } })
    expect(codeOf(away)).toBe('UNAVAILABLE')
  })

  it('is not ready when a check throws, and does not say why', async () => {
    const broken = await startMini(
      {},
      { readiness: async () => Promise.reject(new Error('password authentication failed for user "clinic"')) },
    )
    const answer = await broken.get('/health/ready')
    await broken.close()
    expect(answer.status).toBe(503)
    expect(answer.text).not.toContain('password')
  })
})
