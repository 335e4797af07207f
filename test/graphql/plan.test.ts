import fc from 'fast-check'
import { buildSchema } from 'graphql'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Role } from '../../src/access/roles.js'
import { HOUR } from '../../src/clock.js'
import { cursorOf } from '../../src/graphql/loaders/page.js'
import { Planner, type Plan } from '../../src/graphql/plan/planner.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { RecordStatus } from '../../src/modules/records/medical-record.entity.js'
import { AppointmentStatus } from '../../src/modules/scheduling/appointment-status.js'
import { randomQuery, type Values } from '../support/random-query.js'
import { codesOf, TestServer, type Answer } from '../support/server.js'

/** Random documents per role (`RANDOM_DOCUMENTS` sets another number); with the seed fixed, a failure can be run again. */
const DOCUMENTS = Number(process.env['RANDOM_DOCUMENTS'] ?? 250)
const SEED = 20_261_120

describe('a plan', () => {
  let planned: TestServer
  let unplanned: TestServer
  let accounts: Record<Role, User>
  let patient: Patient
  let values: Values

  beforeAll(async () => {
    planned = await TestServer.start()
    unplanned = await TestServer.start({ plans: false, on: planned })
    const { make } = planned
    accounts = await planned.accounts()
    const doctors = [make.doctor(), make.doctor()]
    const ids: string[] = doctors.map(({ id }) => id)
    const people = [
      accounts[Role.PATIENT].patient!.unwrap(),
      ...Array.from({ length: 4 }, () => make.patient({ phone: '+49 30 555 0100' })),
    ]
    patient = people[1]!
    for (const each of people) {
      make.allergy(each, { reactions: ['Hives', 'a "quoted" word'] })
      make.condition(each, { onsetDate: '2020-02-02' })
      make.contact(each)
      make.identifier(each)
      const plan = make.plan(each, { doctor: doctors[0]! })
      for (let number = 0; number < 4; number += 1) {
        const status = [AppointmentStatus.COMPLETED, AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW, AppointmentStatus.COMPLETED][
          number
        ]!
        const appointment = make.appointment({
          patient: each,
          doctor: doctors[number % 2]!,
          status,
          reason: number === 1 ? null : 'Über “Husten”\n\u2028ä',
        })
        const record = make.record({
          patient: each,
          appointment,
          author: doctors[0]!,
          status: number === 3 ? RecordStatus.DRAFT : RecordStatus.SIGNED,
        })
        make.procedure(each, { appointment, treatmentPlan: plan, ...(number === 2 && { price: null }) })
        ids.push(appointment.id, record.id)
      }
      const prescription = make.prescription(each, { treatmentPlan: plan, prescriber: doctors[1]! })
      ids.push(each.id, plan.id, prescription.id)
    }
    make.appointment({ patient, doctor: doctors[0]!, startsAt: new Date(), status: AppointmentStatus.BOOKED })
    await make.save()
    values = {
      without: ['auditEvents', 'accessLog', 'sessions'],
      ids: [...ids, 'no-id'],
      cursors: [...ids.slice(0, 12).map(cursorOf), 'none'],
      texts: ['First', '555', 'Last1', '1980-05-17', 'x'],
    }
  })
  afterAll(async () => {
    await unplanned.stop()
    await planned.stop()
  })

  const both = async (who: Role | User, query: string, variables: Record<string, unknown> = {}): Promise<[Answer, Answer]> => {
    const user = typeof who === 'string' ? accounts[who] : who
    return Promise.all([planned.as(user)(query, variables), unplanned.as(user)(query, variables)])
  }

  /** Request ids differ by nature, and errors come in the order in which statements were answered. */
  const comparable = ({ errors, ...answer }: Answer): string => {
    const sorted = errors?.map((error) => JSON.stringify(error, (key, value: unknown) => (key === 'requestId' ? 'id' : value))).toSorted()
    return JSON.stringify({ ...answer, errors: sorted })
  }

  it.each(Object.values(Role))(
    'gives the answer that the loaders give, byte for byte, to random documents: %s',
    async (role) => {
      const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))
      await fc.assert(
        fc.asyncProperty(randomQuery(schema, values, 7), async (query) => {
          const [byPlan, byLoaders] = await both(role, query)
          expect(comparable(byPlan)).toBe(comparable(byLoaders))
        }),
        { numRuns: DOCUMENTS, seed: SEED },
      )
    },
    120_000 + DOCUMENTS * 200,
  )

  it.each([Role.ANALYST, Role.CASHIER, Role.PATIENT])(
    'gives the answer that the loaders give to a doctor bounded to patients in their care who is also: %s',
    async (role) => {
      const { make } = planned
      const staff = make.staff()
      const doctor = make.doctor({ staff })
      const own = make.patient()
      const user = await make.user(planned.hasher, [Role.DOCTOR, role], { staff, ...(role === Role.PATIENT && { patient: own }) })
      for (const each of [own, patient]) make.allergy(each)
      // Neither at the same time as another visit of the patient.
      make.appointment({ patient, doctor, startsAt: new Date(Date.now() + HOUR * (2 + Object.values(Role).indexOf(role))) })
      await make.save()
      const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))
      await planned.sql("update clinic_setting set doctor_scope = 'CARE_RELATION'")
      try {
        await fc.assert(
          fc.asyncProperty(randomQuery(schema, values, 7), async (query) => {
            const [byPlan, byLoaders] = await both(user, query)
            expect(comparable(byPlan)).toBe(comparable(byLoaders))
          }),
          { numRuns: DOCUMENTS, seed: SEED },
        )
      } finally {
        await planned.sql("update clinic_setting set doctor_scope = 'ALL_PATIENTS'")
      }
    },
    120_000 + DOCUMENTS * 200,
  )

  it('reads the whole tree with one statement, the second and the tenth time too', async () => {
    const query = `query ($id: ID!, $first: Int) { patient(id: $id) { allergies { substance } appointments(first: $first) { totalCount edges { node { doctor { fullName } medicalRecords { vitals { value } } } } } } }`
    for (let time = 0; time < 10; time += 1) {
      expect(await planned.countStatements(() => planned.as(accounts[Role.DOCTOR])(query, { id: patient.id, first: 1 + (time % 3) }))).toBe(
        1,
      )
    }
  })

  it('follows variables, directives and aliases of the same list with other arguments', async () => {
    const query = `query ($id: ID!, $first: Int, $with: Boolean!, $status: [AppointmentStatus!]) { patient(id: $id) {
      lastName @include(if: $with)
      one: appointments(first: $first, filter: { status: $status }) { edges { node { id } } pageInfo { hasNextPage } }
      two: appointments(last: 1) { totalCount edges { node { startsAt patient { id } } cursor } }
    } }`
    for (const variables of [
      { first: 1, with: true, status: ['COMPLETED'] },
      { first: 2, with: false, status: null },
      { first: 100, with: true, status: [] },
    ]) {
      const [byPlan, byLoaders] = await both(Role.DOCTOR, query, { id: patient.id, ...variables })
      expect(byPlan.errors).toBeUndefined()
      expect(comparable(byPlan)).toBe(comparable(byLoaders))
    }
  })

  it('leaves a branch with wrong arguments to fail in its own place', async () => {
    const query = `query ($id: ID!) { patient(id: $id) { lastName appointments(first: 500) { totalCount } treatmentPlans(first: 1) { totalCount } } }`
    const { data, errors } = await planned.as(accounts[Role.DOCTOR])(query, { id: patient.id })
    expect(errors).toMatchObject([{ path: ['patient', 'appointments'], extensions: { code: 'BAD_USER_INPUT' } }])
    expect(data?.patient.lastName).toBe(patient.lastName)
    expect(data?.patient.treatmentPlans.totalCount).toBe(1)
  })

  it('is not made for a tree that is too large, which loaders then read', async () => {
    const wide = Array.from(
      { length: 25 },
      (_each, index) => `w${index}: appointments(first: 1) { edges { node { doctor { id } } } }`,
    ).join(' ')
    const [byPlan, byLoaders] = await both(Role.DOCTOR, `{ patients(first: 1) { edges { node { id ${wide} } } } }`)
    expect(comparable(byPlan)).toBe(comparable(byLoaders))
    expect(byPlan.errors).toBeUndefined()
  })

  it('reads what fields with a resolver of their own are made from', async () => {
    const staff = planned.as(accounts[Role.ADMIN])
    const { make } = planned
    const today = make.appointment({
      patient: make.patient(),
      doctor: make.doctor(),
      startsAt: new Date(),
      status: AppointmentStatus.BOOKED,
    })
    await make.save()
    const doctorId = today.doctor.id
    const changes = [
      await staff('mutation ($input: CheckInInput!) { checkIn(input: $input) { __typename } }', { input: { appointmentId: today.id } }),
      await staff('mutation ($input: AddTimeOffInput!) { addTimeOff(input: $input) { id } }', {
        input: { doctorId, startsAt: '2030-01-01T00:00:00Z', endsAt: '2030-01-02T00:00:00Z', kind: 'TRAINING' },
      }),
    ]
    expect(changes.flatMap(codesOf)).toEqual([])
    for (const [query, id] of [
      ['query ($id: ID!) { appointment(id: $id) { queueEntries { status position estimatedWaitMinutes } } }', today.id],
      ['query ($id: ID!) { doctor(id: $id) { timeOff(first: 5) { edges { node { startsAt affectedAppointments { id } } } } } }', doctorId],
    ] as const) {
      const [byPlan, byLoaders] = await both(Role.OWNER, query, { id })
      expect(comparable(byPlan)).toBe(comparable(byLoaders))
      expect(byPlan.errors).toBeUndefined()
      expect(JSON.stringify(byPlan.data)).toMatch(/position":1|affectedAppointments":\[/)
    }
  })

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('tells its lists from what every object has: %s', async (alias) => {
    const wrong = `query ($id: ID!) { patient(id: $id) { lastName ${alias}: appointments(first: 500) { totalCount } one: appointments(first: 1) { totalCount } } }`
    const { data, errors } = await planned.as(accounts[Role.DOCTOR])(wrong, { id: patient.id })
    expect(errors).toMatchObject([{ path: ['patient', alias], extensions: { code: 'BAD_USER_INPUT' } }])
    expect(data?.patient).toMatchObject({ lastName: patient.lastName, one: { totalCount: expect.any(Number) } })
    for (const query of [
      `query ($id: ID!) { ${alias}: patient(id: $id) { ${alias}: allergies { ${alias}: substance } a: appointments(first: 1) { ${alias}: edges { node { ${alias}: doctor { ${alias}: fullName } } } } } }`,
      // What is called `length` here must not be found in the list that is called `__proto__`.
      `query ($id: ID!) { patient(id: $id) { ${alias}: allergies { substance } length: appointments(first: 500) { totalCount } } }`,
    ]) {
      const [byPlan, byLoaders] = await both(Role.DOCTOR, query, { id: patient.id })
      expect(comparable(byPlan)).toBe(comparable(byLoaders))
      expect(JSON.stringify(byPlan.data)).toContain(`"${alias}":[{`)
    }
  })

  it('withholds who a patient is from a doctor in whose care they are not, though another role shows the row: SECURITY A4', async () => {
    const { make } = planned
    const staff = make.staff()
    const doctor = make.doctor({ staff })
    const user = await make.user(planned.hasher, [Role.DOCTOR, Role.ANALYST], { staff })
    const [known, stranger] = [make.patient(), make.patient()]
    make.appointment({ patient: known, doctor, startsAt: new Date() })
    await make.save()
    await planned.sql("update clinic_setting set doctor_scope = 'CARE_RELATION'")
    try {
      const query = `query ($a: ID!, $b: ID!) { a: patient(id: $a) { id mrn birthYear } b: patient(id: $b) { id mrn birthYear } }`
      for (const server of [planned, unplanned]) {
        const { data, errors } = await server.as(user)(query, { a: known.id, b: stranger.id })
        expect(errors).toBeUndefined()
        expect([data?.a.mrn, data?.b.mrn]).toEqual([known.mrn, 'withheld'])
      }
    } finally {
      await planned.sql("update clinic_setting set doctor_scope = 'ALL_PATIENTS'")
    }
  })

  it('keeps no more statements than a few, whatever pages clients ask for', async () => {
    const made = vi.spyOn(Planner.prototype, 'plan')
    await planned.as(accounts[Role.DOCTOR])('{ patients(first: 1) { edges { node { id } } } }')
    const plan = made.mock.results.at(-1)?.value as Plan
    made.mockRestore()
    const pageOf = (limit: number) =>
      plan.page(() => 'all', undefined, { filters: [], order: [], backward: false, cursor: false, limit }, `limit ${limit}`)
    const first = pageOf(1)
    expect(pageOf(1)).toBe(first)
    for (let limit = 2; limit < 150; limit += 1) pageOf(limit)
    const last = pageOf(150)
    expect(pageOf(150)).toBe(last)
    expect(pageOf(1)).not.toBe(first)
    expect(pageOf(1).statement.text).toBe(first.statement.text)
  })
})
