import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startMini, type Mini } from './clinic-in-miniature.js'

let server: Mini
beforeAll(async () => {
  server = await startMini({ NODE_ENV: 'production', DEMO: false })
})
afterAll(() => server.close())

const LOGIN =
  'mutation($u: String!, $p: String!) { login(input: { username: $u, password: $p }) { accessToken viewer { displayName roles } } }'

describe('in production, a stranger', () => {
  it('can sign in', async () => {
    const answer = await server.post({ query: LOGIN, variables: { u: 'doctor', p: 'demo clinic 2026' } })
    expect(answer.json).toMatchObject({ data: { login: { accessToken: 'token-of-doctor' } } })
  })

  it.each([
    ['a query of the schema', getIntrospectionQuery()],
    ['a valid query', '{ patient(id: 1) { id } }'],
    ['a field that does not exist', '{ nothing }'],
    ['a type that does not exist', 'query($x: Nothing) { __typename }'],
    ['a wrong selection below login', 'mutation { login(input: { username: "a", password: "b" }) { viewer { patient { id } } } }'],
    ['a wrong input of login', 'mutation { login(input: { user: "a" }) { accessToken } }'],
    ['one type by name', '{ __type(name: "Patient") { name } }'],
  ])('gets one and the same answer for %s (SECURITY D5)', async (_name, query) => {
    const answer = await server.post({ query })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect(answer.json).toEqual({
      errors: [{ message: 'Sign in first: there is no valid access token.', extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })

  it('does not profit from what somebody signed in has asked before', async () => {
    const query = '{ me { username } }'
    expect((await server.post({ query }, { authorization: 'Bearer doctor' })).status).toBe(200)
    expect((await server.post({ query })).status).toBe(401)
  })

  it('finds no IDE', async () => {
    expect((await server.get('/ide')).status).toBe(404)
    expect((await server.get('/ide/assets/graphiql.js')).status).toBe(404)
    expect((await server.get('/graphql', { headers: { accept: 'text/html' } })).status).toBe(405)
  })
})

describe('in production, somebody signed in', () => {
  it('may read the schema and is told what is wrong with a document', async () => {
    const authorization = 'Bearer doctor'
    expect((await server.post({ query: getIntrospectionQuery() }, { authorization })).status).toBe(200)
    const answer = await server.post({ query: '{ nothing }' }, { authorization })
    expect(answer.json.errors?.[0]?.message).toContain('nothing')
  })
})

describe('outside production, a stranger', () => {
  it('may read the schema', async () => {
    const development = await startMini({ NODE_ENV: 'development' })
    const answer = await development.post({ query: getIntrospectionQuery() })
    await development.close()
    expect(answer.json.data).toHaveProperty('__schema')
  })
})
