import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Role } from '../../src/access/roles.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { Answers, AnswerText } from '../../src/graphql/plan/answers.js'
import { codesOf, TestServer } from '../support/server.js'

describe('an answer that is written', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let patient: Patient
  let own: Patient
  const written = vi.spyOn(Answers.prototype, 'write')

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    own = accounts[Role.PATIENT].patient!.unwrap()
    patient = server.make.patient({ lastName: 'O’Hara "Quote" \\ \u2028 \u0001', phone: null })
    for (const each of [patient, own]) {
      server.make.allergy(each, { reactions: ['Hives', 'a "quoted" word', ''] })
      server.make.appointment({ patient: each, doctor: server.make.doctor(), reason: null })
    }
    await server.make.save()
  })
  afterAll(() => server.stop())

  /** The answer, whether it was written, and how many statements it took. */
  const ask = async (role: Role, query: string, variables: Record<string, unknown> = {}) => {
    const send = server.as(accounts[role])
    await send('{ me { id } }')
    written.mockClear()
    let answer: Awaited<ReturnType<typeof send>> | undefined
    const statements = await server.countStatements(async () => (answer = await send(query, variables)))
    return { answer: answer!, statements, wasWritten: (await written.mock.results[0]?.value) instanceof AnswerText }
  }

  it('holds texts of any kind, lists, empty values and type names', async () => {
    const query = `query ($id: ID!) { p: patient(id: $id) { __typename id lastName phone birthDate sex address { city }
      allergies { __typename reactions recordedAt } appointments(first: 1) { __typename totalCount pageInfo { hasNextPage endCursor } edges { cursor node { reason startsAt allowedTransitions doctor { fullName } } } } } }`
    const { answer, wasWritten, statements } = await ask(Role.DOCTOR, query, { id: patient.id })
    expect(answer.errors).toBeUndefined()
    expect(wasWritten).toBe(true)
    expect(statements).toBe(1)
    expect(answer.data?.p).toMatchObject({
      __typename: 'Patient',
      id: patient.id,
      lastName: patient.lastName,
      phone: null,
      address: null,
      allergies: [{ __typename: 'Allergy', reactions: ['Hives', 'a "quoted" word', ''] }],
      appointments: {
        __typename: 'AppointmentConnection',
        totalCount: 1,
        pageInfo: { hasNextPage: false },
        edges: [{ node: { reason: null } }],
      },
    })
  })

  it('is not written when a field is refused: the others are answered, from the same read', async () => {
    const query = 'query ($id: ID!) { patient(id: $id) { lastName allergies { substance } accessLog(first: 1) { totalCount } } }'
    const { answer, wasWritten, statements } = await ask(Role.REGISTRATION_CLERK, query, { id: patient.id })
    expect(wasWritten).toBe(false)
    expect(statements).toBe(1)
    expect(codesOf(answer)).toContain('FORBIDDEN')
    expect(answer.data?.patient.lastName).toBe(patient.lastName)
  })

  it('is written for patients from their own rows, and not found for those of others', async () => {
    const query =
      'query ($id: ID!) { patient(id: $id) { lastName allergies { substance } appointments(first: 1) { edges { node { reason } } } } }'
    const mine = await ask(Role.PATIENT, query, { id: own.id })
    expect(mine).toMatchObject({ wasWritten: true, statements: 1, answer: { data: { patient: { lastName: own.lastName } } } })
    const foreign = await ask(Role.PATIENT, query, { id: patient.id })
    expect(codesOf(foreign.answer)).toEqual(['NOT_FOUND'])
    expect(foreign.answer.data).toEqual({ patient: null })
  })

  it('is left to graphql-js for wrong arguments, missing variables and fields that resolvers make', async () => {
    const wrong = await ask(Role.DOCTOR, '{ patients(first: 500) { edges { node { id } } } }')
    expect(codesOf(wrong.answer)).toEqual(['BAD_USER_INPUT'])
    const missing = await ask(Role.DOCTOR, 'query ($id: ID!) { patient(id: $id) { id } }')
    expect(codesOf(missing.answer)).toEqual(['BAD_USER_INPUT'])
    const resolved = await ask(Role.DOCTOR, '{ me { id sessions { current } } }')
    expect(resolved).toMatchObject({ wasWritten: false, answer: { data: { me: { id: accounts[Role.DOCTOR].id } } } })
  })

  it('takes several root fields, and leaves none out', async () => {
    const query = `query ($id: ID!) { me { username capabilities } patient(id: $id) { id } again: patient(id: $id) { lastName } patients(first: 1) { totalCount edges { node { id } } } }`
    const { answer, wasWritten } = await ask(Role.OWNER, query, { id: patient.id })
    expect(wasWritten).toBe(true)
    expect(Object.keys(answer.data ?? {})).toEqual(['me', 'patient', 'again', 'patients'])
    expect(answer.data?.patients.edges).toHaveLength(1)
  })

  it('of the own account is read as often as the account is, not at every request', async () => {
    const send = server.as(accounts[Role.STAFF])
    const statements = await server.countStatements(async () => {
      for (let time = 0; time < 20; time += 1) await send('{ me { displayName } }')
    })
    expect(statements).toBeLessThan(20)
  })

  it('keeps directives on root fields in force', async () => {
    const query = 'query ($id: ID!, $with: Boolean!) { patient(id: $id) @include(if: $with) { id } me { id } }'
    const { answer } = await ask(Role.DOCTOR, query, { id: patient.id, with: false })
    expect(answer.data).toEqual({ me: { id: accounts[Role.DOCTOR].id } })
  })
})
