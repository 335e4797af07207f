import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CHART_BY_ID_QUERY, CHART_QUERY, LOGIN_MUTATION } from '../../src/http/example-queries.js'
import { startMini, type Mini } from './clinic-in-miniature.js'

let server: Mini
beforeAll(async () => {
  server = await startMini()
})
afterAll(() => server.close())

const many = (count: number, text: (index: number) => string): string => Array.from({ length: count }, (_, index) => text(index)).join(' ')
const nested = (levels: number): string => 'deep {'.repeat(levels) + ' name ' + '}'.repeat(levels)
const page = (field: string, size: number | string, inner: string): string => `${field}(first: ${size}) { edges { node { ${inner} } } }`

describe('what a front end needs passes the limits', () => {
  it.each([
    ['the chart in the IDE', CHART_QUERY, {}],
    ['fifty charts', CHART_QUERY, { patients: 50 }],
    ['the chart by id', CHART_BY_ID_QUERY, { id: 'p1' }],
    ['signing in', LOGIN_MUTATION, { username: 'doctor', password: 'demo clinic 2026' }],
    [
      'introspection',
      getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true, specifiedByUrl: true, oneOf: true }),
      {},
    ],
    [
      'a hundred patients with allergies and ten appointments',
      `{ ${page('patients', 100, `id allergies { substance } ${page('appointments', 10, 'id doctor { fullName }')}`)} }`,
      {},
    ],
    [
      'back and forth through the graph',
      `{ ${page('patients', 2, page('appointments', 5, `doctor { ${page('appointments', 5, `patient { ${page('medicalRecords', 2, 'diagnoses { code }')} }`)} }`))} }`,
      {},
    ],
    ['thirty root fields', `{ ${many(30, (index) => `p${index}: patient(id: ${index}) { id }`)} }`, {}],
  ])('%s', async (_name, query, variables) => {
    const answer = await server.post({ query, variables })
    expect(answer.json.errors).toBeUndefined()
    expect(answer.status).toBe(200)
  })
})

describe('a document beyond the limits is refused before anything runs (SECURITY D3)', () => {
  const fragments = many(20, (index) => `fragment f${index} on Deep { a: deep { ...f${index + 1} } b: deep { ...f${index + 1} } }`)
  it.each([
    ['its text', `{ __typename } # ${'x'.repeat(50_000)}`],
    ['its tokens', `{ ${many(4_001, () => 'a')} }`],
    ['its depth', `{ ${nested(19)} }`],
    [
      'its depth through fragments',
      `{ deep { ...a } } fragment a on Deep { ${nested(9)} ...b } fragment b on Deep { deep { ...c } } fragment c on Deep { ${nested(18)} }`,
    ],
    ['its aliases', `{ deep { ${many(61, (index) => `a${index}: name`)} } }`],
    ['aliases of __typename', `{ deep { ${many(61, (index) => `a${index}: __typename`)} } }`],
    ['its root fields', `{ ${many(31, (index) => `a${index}: __typename`)} }`],
    [
      'root fields in fragments',
      `{ ...a ...b } fragment a on Query { ${many(20, (index) => `a${index}: __typename`)} } fragment b on Query { ${many(20, (index) => `b${index}: __typename`)} }`,
    ],
    ['its mutations', `mutation { ${many(11, (index) => `a${index}: save`)} }`],
    ['the same field over and over', `{ deep { ${many(201, () => 'name')} } }`],
    ['fragments that multiply', `{ deep { ...f0 } } ${fragments} fragment f20 on Deep { name }`],
    ['the schema over and over', `{ ${many(4, (index) => `a${index}: __schema { types { name } }`)} }`],
    ['its directives', `{ __typename ${many(6, () => '@include(if: true)')} }`],
  ])('for %s', async (_name, query) => {
    const answer = await server.post({ query })
    expect(answer.status).toBe(400)
    expect(answer.json.errors).toHaveLength(1)
    expect(answer.json.errors?.[0]?.extensions).toMatchObject({ code: 'TOO_EXPENSIVE', limit: expect.any(Number) as number })
  })

  it('also when empty fragments multiply without a single field', async () => {
    const query = `{ ...f0 } ${many(30, (index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`)} fragment f30 on Query { ...gone }`
    expect((await server.post({ query })).status).toBe(400)
  })

  it('and fragments that go round in circles', async () => {
    const answer = await server.post({
      query: '{ deep { ...a } } fragment a on Deep { deep { ...b } } fragment b on Deep { deep { ...a } }',
    })
    expect(answer.status).toBe(400)
    expect(answer.json.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED')
  })
})

describe('an operation whose answer may hold too many rows is refused (SECURITY D3, D4)', () => {
  const cube = (size: number | string) =>
    page('patients', size, page('appointments', size, `doctor { ${page('appointments', size, 'id')} }`))

  it('with its cost and the limit', async () => {
    const answer = await server.post({ query: `{ ${cube(100)} }` })
    expect(answer.status).toBe(400)
    expect(answer.json.errors?.[0]?.extensions).toMatchObject({ code: 'TOO_EXPENSIVE', limit: 100_000 })
    expect(answer.json.errors?.[0]?.extensions['cost']).toBeGreaterThan(1_000_000)
  })

  it('by the page sizes in its variables, each time', async () => {
    const query = `query($size: Int) { ${cube('$size')} }`
    expect((await server.post({ query, variables: { size: 5 } })).status).toBe(200)
    expect((await server.post({ query, variables: { size: 100 } })).status).toBe(400)
    expect((await server.post({ query, variables: { size: 5 } })).status).toBe(200)
  })

  it('by pages in fragments, and by what is left out', async () => {
    const query = `query($all: Boolean!) { patients(first: 100) { edges { node { ...p @include(if: $all) } } } }
      fragment p on Patient { ${page('appointments', 100, `doctor { ${page('appointments', 100, 'id')} }`)} }`
    expect((await server.post({ query, variables: { all: true } })).status).toBe(400)
    expect((await server.post({ query, variables: { all: false } })).status).toBe(200)
  })

  it('also beside a field whose argument is broken', async () => {
    const answer = await server.post({ query: `query($id: ID = "x") { patient(id: $id) { id } ${cube(100)} }`, variables: { id: null } })
    expect(answer.json.data).toBeUndefined()
  })

  it('also when a page size is out of bounds', async () => {
    const answer = await server.post({ query: `{ ${cube(2_000_000_000)} }` })
    expect(answer.json.errors?.[0]?.extensions['code']).toBe('TOO_EXPENSIVE')
  })
})
