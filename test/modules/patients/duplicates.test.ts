import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

const CREATE = `mutation ($input: CreatePatientInput!) { createPatient(input: $input) {
  __typename ... on Patient { id } ... on PossibleDuplicates { candidates { score patient { id lastName } } } } }`
const OF = 'query ($id: ID!) { duplicateCandidates(patientId: $id) { score patient { id } } }'
const LIST = `query ($first: Int, $after: String) { likelyDuplicates(first: $first, after: $after) {
  next entries { patient { id } candidates { score patient { id } } } } }`

describe('likely duplicates (RULES P3)', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let clerk: Ask
  const anna = {
    firstName: 'Anna',
    lastName: 'Schmidt',
    birthDate: '1971-02-03',
    sex: 'FEMALE',
    email: 'anna@example.org',
    phone: '+49 30 5550 1234',
  }

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    clerk = server.as(accounts.REGISTRATION_CLERK)
  })
  afterAll(() => server.stop())

  const create = async (input: object, as = clerk): Promise<any> => {
    const { data, errors } = await as(CREATE, { input })
    expect(errors).toBeUndefined()
    return data?.createPatient
  }

  it('are answered with their score, and registered only when all of them are named', async () => {
    const first = await create(anna)
    expect(first.__typename).toBe('Patient')
    const again = { ...anna, firstName: 'ánna', email: null, phone: '030 5550-1234' }
    const asked = await create(again)
    expect(asked).toEqual({ __typename: 'PossibleDuplicates', candidates: [{ score: 21, patient: { id: first.id, lastName: 'Schmidt' } }] })
    expect((await create({ ...again, confirmNotDuplicateOf: [accounts.PATIENT.patient!.id] })).__typename).toBe('PossibleDuplicates')
    const second = await create({ ...again, confirmNotDuplicateOf: [first.id] })
    expect(second.__typename).toBe('Patient')
    const third = await create({ ...again, confirmNotDuplicateOf: [first.id] })
    expect(new Set(third.candidates.map(({ patient }: any) => patient.id))).toEqual(new Set([first.id, second.id]))
    // Of the two it was said that they are two people.
    expect((await clerk(OF, { id: second.id })).data?.duplicateCandidates).toEqual([])
  })

  it('sound alike, have another e-mail address or another birth date; strangers and namesakes are none', async () => {
    const base = {
      firstName: 'Peter',
      lastName: 'Meyer',
      birthDate: '1960-06-06',
      sex: 'MALE',
      email: 'peter@example.org',
      phone: '030 777 8888',
    }
    await create(base)
    const scoreOf = async (change: object): Promise<unknown> =>
      (await create({ ...base, ...change })).candidates?.map((each: any) => each.score)
    const other = { email: null, phone: null }
    expect(await scoreOf({ ...other, firstName: 'Piet', lastName: 'Meier' })).toEqual([14])
    expect(await scoreOf({ ...other, email: 'PETER@example.org', birthDate: '1960-06-07' })).toEqual([20])
    expect(await scoreOf({ ...other, phone: '777 88 88', birthDate: '1961-06-06' })).toEqual([15])
    expect((await create({ ...base, ...other, firstName: 'Ahmet', lastName: 'Yilmaz' })).__typename).toBe('Patient')
    expect((await create({ ...base, ...other, birthDate: '1930-01-01' })).__typename).toBe('Patient')
  })

  it('are found by the second of two desks that register one person at once', async () => {
    const input = { firstName: 'Twice', lastName: 'Entered', birthDate: '1988-08-08', sex: 'OTHER' }
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(input)))
    expect(answers.filter(({ __typename }) => __typename === 'Patient')).toHaveLength(1)
  })

  it('leave the key of the request free until it is confirmed (SECURITY C4)', async () => {
    const input = { firstName: 'Key', lastName: 'Holder', birthDate: '1990-09-09', sex: 'MALE' }
    const first = await create(input)
    const keyed = { ...input, idempotencyKey: 'k' }
    expect((await create(keyed)).__typename).toBe('PossibleDuplicates')
    const confirmed = { ...keyed, confirmNotDuplicateOf: [first.id] }
    const { id } = await create(confirmed)
    expect((await create(confirmed)).id).toBe(id)
  })

  it('outside of a bounded doctor’s reach are not told, and stand on the front desk’s list', async () => {
    const input = { firstName: 'Hidden', lastName: 'Person', birthDate: '1955-05-05', sex: 'FEMALE' }
    const first = await create(input)
    await server.sql("update clinic_setting set doctor_scope = 'CARE_RELATION'")
    try {
      const second = await create(input, server.as(accounts.DOCTOR))
      expect(second.__typename).toBe('Patient')
      const { data } = await clerk(LIST, { first: 50 })
      expect(data?.likelyDuplicates.entries).toContainEqual({
        patient: { id: second.id },
        candidates: [{ score: 20, patient: { id: first.id } }],
      })
      const MARK = 'mutation ($a: ID!, $b: ID!) { markNotDuplicates(patientId: $a, otherId: $b) { id } }'
      for (const _ of [1, 2]) expect((await clerk(MARK, { a: first.id, b: second.id })).errors).toBeUndefined()
      const later = await clerk(LIST, { first: 50 })
      expect(JSON.stringify(later.data)).not.toContain(second.id)
    } finally {
      await server.sql("update clinic_setting set doctor_scope = 'ALL_PATIENTS'")
    }
  })

  it('of the whole clinic are listed part by part', async () => {
    for (const _ of [1, 2, 3]) server.make.patient({ firstName: 'List', lastName: 'Ed', birthDate: '1944-04-04' })
    await server.make.save()
    const found: string[] = []
    let after: string | null = null
    do {
      const { data, errors }: Answer = await clerk(LIST, { first: 1, after })
      expect(errors).toBeUndefined()
      found.push(...data?.likelyDuplicates.entries.map((entry: any) => entry.patient.id))
      after = data?.likelyDuplicates.next
    } while (after !== null)
    expect(new Set(found).size).toBe(found.length)
    expect(found.length).toBeGreaterThanOrEqual(2)
    expect(codesOf(await clerk(LIST, { first: 51 }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await clerk(LIST, { first: 1, after: 'x' }))).toEqual(['BAD_USER_INPUT'])
  })

  it('leave a search in the trail, with the patients that were shown (SECURITY P1)', async () => {
    const made = server.make.patient({ firstName: 'Seen', lastName: 'Twice', birthDate: '1933-03-03' })
    const other = server.make.patient({ firstName: 'Seen', lastName: 'Twice', birthDate: '1933-03-03' })
    await server.make.save()
    await clerk(OF, { id: made.id })
    expect(await server.lastEvent('SEARCH')).toMatchObject({ facts: { filters: ['duplicateCandidates'] } })
    expect(await server.lastEvent('READ')).toMatchObject({ patientIds: [other.id] })
  })
})
