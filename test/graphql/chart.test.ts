import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { AppointmentStatus } from '../../src/modules/scheduling/appointment-status.js'
import { TestServer, type Answer } from '../support/server.js'

const CHART = `
  fragment chart on Patient {
    id mrn firstName lastName birthDate sex
    allergies { substance criticality }
    conditions { code display }
    appointments(first: 100) {
      totalCount
      edges { node { id startsAt status allowedTransitions
        doctor { id fullName }
        medicalRecords { id findings diagnoses { code } vitals { code value unit } currentMedications { name } author { fullName } }
        procedures { name price { amount currency } }
      } }
    }
    treatmentPlans { edges { node { id procedures { name } doctor { fullName } } } }
    prescriptions { edges { node { items { medicationName } prescriber { fullName } } } }
  }`
/** Edges of the fragment: what it may cost in statements, besides the root. */
const CHART_EDGES = 16

const ONE = `query ($id: ID!) { patient(id: $id) { ...chart } } ${CHART}`
const MANY = `query { patients(first: 50, orderBy: NEWEST) { edges { node { ...chart } } } } ${CHART}`

describe('the chart', () => {
  let server: TestServer
  let ask: (query: string, variables?: Record<string, unknown>) => Promise<Answer>
  let doctor: User
  let small: Patient
  let large: Patient

  const fill = (patient: Patient, appointments: number): void => {
    const { make } = server
    const doctors = [make.doctor(), make.doctor()]
    make.allergy(patient)
    make.condition(patient)
    const plan = make.plan(patient, { doctor: doctors[0]! })
    make.prescription(patient, { prescriber: doctors[0]!, treatmentPlan: plan })
    for (let number = 0; number < appointments; number += 1) {
      const appointment = make.appointment({ patient, doctor: doctors[number % 2]! })
      make.record({ patient, appointment, author: doctors[0]! })
      make.procedure(patient, { appointment, treatmentPlan: plan })
    }
  }

  beforeAll(async () => {
    server = await TestServer.start()
    small = server.make.patient({ firstName: 'Ada', lastName: 'Lovelace' })
    fill(small, 1)
    for (let number = 0; number < 50; number += 1) fill((large = server.make.patient()), 200)
    await server.make.save()
    doctor = (await server.accounts())[Role.DOCTOR]
    ask = server.as(doctor)
  }, 240_000)
  afterAll(() => server.stop())

  it('is read in one request', async () => {
    const { data, errors } = await ask(ONE, { id: small.id })
    expect(errors).toBeUndefined()
    expect(data?.patient).toMatchObject({ firstName: 'Ada', lastName: 'Lovelace', birthDate: '1980-05-17', sex: 'FEMALE', mrn: small.mrn })
    const [edge] = data?.patient.appointments.edges
    expect(edge.node).toMatchObject({
      status: 'COMPLETED',
      allowedTransitions: ['ENTERED_IN_ERROR'],
      doctor: { fullName: expect.stringContaining('Dr.') },
      medicalRecords: [
        {
          findings: 'Chest clear.',
          diagnoses: [{ code: 'J45.9' }],
          vitals: [{ code: '8867-4', value: '72', unit: '/min' }],
          currentMedications: [{ name: 'Salbutamol 100 µg' }],
        },
      ],
      procedures: [{ price: { amount: '12.50', currency: 'EUR' } }],
    })
    expect(edge.node.startsAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(data?.patient.appointments.totalCount).toBe(1)
    expect(data?.patient.prescriptions.edges[0].node.items).toEqual([{ medicationName: 'Salbutamol 100 µg' }])
  })

  it('takes one statement, for one patient with one appointment and for fifty with 200 each', async () => {
    expect(await server.countStatements(() => ask(ONE, { id: small.id }))).toBe(1)
    expect(await server.countStatements(() => ask(MANY.replaceAll('first: 100', 'first: 20')))).toBe(1)
  })

  it('takes as many statements edge by edge for fifty patients as for one, should there be no plan', async () => {
    const unplanned = await TestServer.start({ plans: false, on: server })
    const askUnplanned = unplanned.as(doctor)
    const forOne = await unplanned.countStatements(() => askUnplanned(ONE, { id: small.id }))
    let answer: Answer | undefined
    const forMany = await unplanned.countStatements(async () => (answer = await askUnplanned(MANY.replaceAll('first: 100', 'first: 20'))))
    await unplanned.stop()
    expect(answer?.errors).toBeUndefined()
    const patients = answer?.data?.patients.edges
    expect(patients).toHaveLength(50)
    expect(patients.filter((edge: any) => edge.node.appointments.totalCount === 200).length).toBeGreaterThanOrEqual(49)
    expect(forMany).toBe(forOne)
    expect(forOne).toBeLessThanOrEqual(CHART_EDGES + 2)
  })

  it('can be walked the other way round', async () => {
    const { data, errors } = await ask(
      `query ($id: ID!) { patient(id: $id) { prescriptions { edges { node { patient { id } treatmentPlan { patient { id } prescriptions { id } } } } }
        medicalRecords { edges { node { patient { id } appointment { patient { id } doctor { appointments(first: 1) { totalCount } } } } } } } }`,
      { id: small.id },
    )
    expect(errors).toBeUndefined()
    expect(data?.patient.prescriptions.edges[0].node).toMatchObject({
      patient: { id: small.id },
      treatmentPlan: { patient: { id: small.id } },
    })
    expect(data?.patient.medicalRecords.edges[0].node.appointment).toMatchObject({
      patient: { id: small.id },
      doctor: { appointments: { totalCount: 1 } },
    })
  })

  it('pages a list below each parent forwards and backwards without gaps or repeats', async () => {
    const { id } = large
    const page = async (args: string): Promise<{ starts: string[]; pageInfo: Record<string, any> }> => {
      const answer = await ask(
        `query ($id: ID!) { patient(id: $id) { appointments(${args}) { edges { node { startsAt } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
        { id },
      )
      const { edges, pageInfo } = answer.data?.patient.appointments
      return { starts: edges.map((edge: any) => edge.node.startsAt), pageInfo }
    }
    const seen: string[] = []
    let after = ''
    for (;;) {
      const { starts, pageInfo } = await page(`first: 70${after}`)
      seen.push(...starts)
      if (!pageInfo['hasNextPage']) break
      after = `, after: "${pageInfo['endCursor']}"`
    }
    expect(seen).toHaveLength(200)
    expect(new Set(seen).size).toBe(200)
    expect(seen).toEqual(seen.toSorted().toReversed())

    const last = await page('last: 30')
    expect(last.starts).toEqual(seen.slice(-30))
    expect(last.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false })
    const before = await page(`last: 30, before: "${last.pageInfo['startCursor']}"`)
    expect(before.starts).toEqual(seen.slice(-60, -30))
  })

  it('filters lists by doctor, time and status', async () => {
    const from = '2024-01-02T00:00:00Z'
    const { data, errors } = await ask(
      `query ($from: DateTime!, $status: [AppointmentStatus!]) { none: appointments(filter: { status: $status }) { totalCount } some: appointments(filter: { from: $from }, orderBy: EARLIEST_FIRST, first: 1) { edges { node { startsAt } } } }`,
      { from, status: [AppointmentStatus.NO_SHOW] },
    )
    expect(errors).toBeUndefined()
    expect(data?.none.totalCount).toBe(0)
    expect(data?.some.edges[0].node.startsAt >= '2024-01-02').toBe(true)
  })

  it.each([
    ['first: 0', 'first'],
    ['first: -1', 'first'],
    ['first: 101', 'first'],
    ['last: 101', 'last'],
    ['first: 1, last: 1', 'last'],
    ['after: "not a cursor"', 'after'],
  ])('refuses the page arguments %s and names the field (SECURITY D4)', async (args, field) => {
    const { data, errors } = await ask(`query { patients(${args}) { edges { node { id } } } }`)
    expect(data?.patients ?? null).toBeNull()
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field }] })
  })

  it('refuses a filter by what is no id and names the field', async () => {
    const { errors } = await ask('query { appointments(filter: { doctorId: "42" }) { totalCount } }')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'filter.doctorId' }] })
  })

  it.each(['00000000-0000-7000-8000-000000000000', 'not-an-id'])('answers NOT_FOUND for the id %s', async (id) => {
    const { data, errors } = await ask('query ($id: ID!) { patient(id: $id) { id } }', { id })
    expect(data?.patient).toBeNull()
    expect(errors?.[0]?.extensions['code']).toBe('NOT_FOUND')
  })
})
