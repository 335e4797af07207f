import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CANARY, FAILURES, startMini, type Mini } from './clinic-in-miniature.js'

let server: Mini
beforeAll(async () => {
  server = await startMini()
})
afterAll(() => server.close())

const fail = (how: string) => server.post({ query: 'query($how: String!) { fails(how: $how) }', variables: { how } })

describe('errors are typed and silent (SECURITY D8)', () => {
  it.each(Object.keys(FAILURES))('no value leaves the server or reaches its log when a resolver fails: %s', async (how) => {
    const before = server.log.length
    const answer = await fail(how)
    expect(answer.text + [...answer.headers].join()).not.toContain(CANARY)
    expect(server.log.slice(before).join('')).not.toContain(CANARY)
    expect(answer.text).not.toMatch(/stack|node_modules|\.ts|insert into|duplicate key/)
  })

  it('lets a typed error pass', async () => {
    const answer = await fail('typed')
    expect(answer.json.errors?.[0]).toMatchObject({ path: ['fails'], extensions: { code: 'NOT_FOUND' } })
  })

  it.each(['plain', 'graphql', 'bug', 'unique', 'wrapped'])('masks what nobody foresaw: %s', async (how) => {
    const answer = await fail(how)
    const [error] = answer.json.errors ?? []
    expect(error?.message).toBe('Something failed on our side; quote the request id.')
    expect(error?.extensions).toEqual({ code: 'INTERNAL', requestId: answer.headers.get('x-request-id') })
  })

  it('logs where a masked error was thrown, and the rule of the database that was broken', async () => {
    const { headers } = await fail('unique')
    const line = server.log
      .map((text) => JSON.parse(text) as Record<string, unknown>)
      .find((entry) => entry['requestId'] === headers.get('x-request-id') && 'err' in entry)
    expect(line).toMatchObject({ field: 'fails', err: { type: 'Error', code: '23505', constraint: 'patient_email', table: 'patient' } })
    expect(JSON.stringify(line)).toContain('clinic-in-miniature')
  })

  it('masks a null where the schema promises a value', async () => {
    const answer = await server.post({ query: '{ required { name } }' })
    expect(answer.json).toMatchObject({ data: { required: null }, errors: [{ extensions: { code: 'INTERNAL' } }] })
    expect(answer.text).not.toContain('non-nullable')
  })

  it.each(['refused', 'shutdown', 'full', 'pool', 'readTimeout'])('says to try again when the database is away: %s', async (how) => {
    const answer = await fail(how)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('2')
    expect(answer.json.errors?.[0]?.extensions['code']).toBe('UNAVAILABLE')
  })

  it('keeps the answers of the others when one field is unavailable', async () => {
    const answer = await server.post({ query: '{ fails(how: "pool") patient(id: 1) { lastName } }' })
    expect(answer.status).toBe(200)
    expect(answer.json.data).toEqual({ fails: null, patient: { lastName: 'Ostrowski' } })
  })

  it('says to try again when the caller cannot even be looked up', async () => {
    const lost = await startMini({}, { createContext: async () => Promise.reject(new Error('Connection terminated unexpectedly')) })
    const answer = await lost.post({ query: '{ __typename }' })
    await lost.close()
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('2')
    expect(answer.json.errors?.[0]?.extensions['code']).toBe('UNAVAILABLE')
  })

  it('masks a failure while the caller is looked up', async () => {
    const lost = await startMini({}, { createContext: async () => Promise.reject(new Error(CANARY)) })
    const answer = await lost.post({ query: '{ __typename }' })
    await lost.close()
    expect(answer.status).toBe(500)
    expect(answer.json.errors?.[0]?.extensions['code']).toBe('INTERNAL')
    expect(answer.text + lost.log.join('')).not.toContain(CANARY)
  })
})

describe('wrong input', () => {
  const search = (input: unknown) => server.post({ query: 'query($input: SearchInput!) { search(input: $input) }', variables: { input } })

  it.each([
    ['a missing field', {}, 'input.name', 'is required'],
    ['a null', { name: null }, 'input.name', 'must not be null'],
    ['a wrong scalar', { name: 'x', born: CANARY }, 'input.born', 'must be a valid LocalDate'],
    ['a wrong enum', { name: 'x', sex: CANARY }, 'input.sex', 'must be one of FEMALE, MALE, OTHER, UNKNOWN'],
    ['a wrong element', { name: 'x', tags: ['a', { [CANARY]: 1 }] }, 'input.tags.1', 'must be a valid String'],
    ['a text for an object', { name: 'x', nested: CANARY }, 'input.nested', 'must be an object'],
    ['a number that is none', { name: 'x', nested: { count: CANARY } }, 'input.nested.count', 'must be a valid Int'],
    ['an unknown field', { name: 'x', colour: CANARY }, 'input.colour', 'is not known here'],
    ['no object', CANARY, 'input', 'must be an object'],
  ])('in variables is explained by field, without its value: %s', async (_name, input, field, message) => {
    const answer = await search(input)
    expect(answer.status).toBe(400)
    expect(answer.json.errors).toEqual([
      { message: `${field}: ${message}`, extensions: { code: 'BAD_USER_INPUT', fields: [{ field, message }] } },
    ])
    expect(answer.text + server.log.join('')).not.toContain(CANARY)
  })

  it('lists everything that is wrong at once', async () => {
    const { json } = await search({ born: 1, sex: 2, nested: {} })
    expect(json.errors).toHaveLength(1)
    expect(json.errors?.[0]?.extensions['fields']).toHaveLength(4)
  })

  it('in abundance is still one typed answer', async () => {
    const answer = await search({ name: 'x', tags: Array.from({ length: 500 }, () => ({})) })
    expect(answer.status).toBe(400)
    expect(answer.json.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT')
    expect(answer.json.errors?.[0]?.extensions['fields']).toHaveLength(50)
  })

  it.each([
    ['a text', `{ search(input: { name: 7, born: "${CANARY}" }) }`],
    ['an enum', `{ search(input: { name: "x", sex: ${CANARY.replaceAll('-', '_')} }) }`],
    ['an object', `{ search(input: { name: { a: "${CANARY}" } }) }`],
    ['a list', `{ patients(first: ["${CANARY}"]) { totalCount } }`],
    ['an unknown field', `{ search(input: { name: "x", colour: "${CANARY}" }) }`],
  ])('in the document is not repeated: %s', async (_name, query) => {
    const answer = await server.post({ query })
    expect(answer.status).toBe(400)
    expect(answer.json.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED')
    expect(answer.text).not.toContain(CANARY)
    expect(answer.text).not.toContain(CANARY.replaceAll('-', '_'))
  })

  it('that a validator refused is told by field, without the object it refused', async () => {
    const answer = await fail('validator')
    expect(answer.json.errors?.[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      fields: [{ field: 'input.name', message: 'must be shorter' }],
    })
  })

  it('suggests no names of the schema', async () => {
    const answer = await server.post({ query: '{ patientz { id } }' })
    expect(answer.json.errors?.[0]?.message).toBe('Cannot query field "patientz" on type "Query".')
  })

  it('that is not GraphQL has its own code', async () => {
    const answer = await server.post({ query: '{ patient(' })
    expect(answer.status).toBe(400)
    expect(answer.json.errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_PARSE_FAILED' })
  })

  it('asks for documents themselves, not for hashes of them', async () => {
    const answer = await server.post({ extensions: { persistedQuery: { version: 1, sha256Hash: 'abc' } } })
    expect(answer.json.errors?.[0]?.extensions['code']).toBe('PERSISTED_QUERY_NOT_SUPPORTED')
  })
})

describe('the request line of the log', () => {
  it('names the request, its operation and who asked, and nothing of what was asked', async () => {
    const before = server.log.length
    const query = 'query ChartOf($id: ID!) { patient(id: $id) { lastName } }'
    const answer = await server.post({ query, variables: { id: CANARY } }, { authorization: 'Bearer doctor', 'user-agent': CANARY })
    await server.get(`/${CANARY}?name=${CANARY}`)
    const lines = server.log.slice(before)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      requestId: answer.headers.get('x-request-id'),
      method: 'POST',
      path: '/graphql',
      status: 200,
      operationName: 'ChartOf',
      userId: 'doctor',
    })
    expect(lines.join('')).not.toContain(CANARY)
    expect(lines.join('')).not.toContain('Ostrowski')
  })
})
