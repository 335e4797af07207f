import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { TreatmentPlanStatus } from '../../src/modules/plans/treatment-plan.entity.js'
import { RecordStatus, type MedicalRecord } from '../../src/modules/records/medical-record.entity.js'
import type { Appointment } from '../../src/modules/scheduling/appointment.entity.js'
import { AppointmentStatus } from '../../src/modules/scheduling/appointment-status.js'
import { TestServer, type Answer } from '../support/server.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

describe('row scope', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  const ask = {} as Record<Role, Ask>
  let own: Patient
  let other: Patient
  let ownAppointment: Appointment
  let otherAppointment: Appointment
  let otherRecord: MedicalRecord
  let draft: MedicalRecord

  beforeAll(async () => {
    server = await TestServer.start()
    const { make } = server
    accounts = await server.accounts()
    for (const role of Object.values(Role)) ask[role] = server.as(accounts[role])
    own = accounts[Role.PATIENT].patient!.unwrap()
    other = make.patient({ firstName: 'Zebulon', lastName: 'Foreigner', birthDate: '1971-02-03', phone: '+49 171 9876543' })
    const doctor = make.doctor()
    ownAppointment = make.appointment({ patient: own, doctor })
    otherAppointment = make.appointment({ patient: other, doctor, reason: 'Private matter' })
    make.record({ patient: own, appointment: ownAppointment, author: doctor })
    draft = make.record({ patient: own, appointment: ownAppointment, status: RecordStatus.DRAFT, findings: 'Not for the patient yet.' })
    otherRecord = make.record({ patient: other, appointment: otherAppointment, author: doctor })
    for (const patient of [own, other]) {
      make.allergy(patient)
      make.condition(patient)
      make.contact(patient)
      make.identifier(patient)
      make.procedure(patient, { treatmentPlan: make.plan(patient) })
      make.plan(patient, { status: TreatmentPlanStatus.DRAFT })
      make.prescription(patient)
    }
    make.appointment({ patient: other, doctor, startsAt: new Date(), status: AppointmentStatus.BOOKED })
    await make.save()
  })
  afterAll(() => server.stop())

  const code = (answer: Answer): unknown => answer.errors?.[0]?.extensions['code']

  describe('of a patient', () => {
    it.each([
      ['patient', () => other.id],
      ['appointment', () => otherAppointment.id],
      ['medicalRecord', () => otherRecord.id],
      ['medicalRecord', () => draft.id],
    ])("answers for another's %s as for one that does not exist (SECURITY A6)", async (field, id) => {
      const foreign = await ask.PATIENT(`query ($id: ID!) { ${field}(id: $id) { id } }`, { id: id() })
      const missing = await ask.PATIENT(`query ($id: ID!) { ${field}(id: $id) { id } }`, { id: '018f0000-0000-7000-8000-0000000000ff' })
      expect(code(foreign)).toBe('NOT_FOUND')
      expect({ ...foreign, errors: foreign.errors?.map(({ message }) => message) }).toEqual({
        ...missing,
        errors: missing.errors?.map(({ message }) => message),
      })
    })

    it('holds on every way through the graph: patient, appointment, doctor, appointments (SECURITY A3)', async () => {
      const { data, errors } = await ask.PATIENT(
        `query ($id: ID!, $foreign: ID!) {
          patient(id: $id) { id appointments { edges { node { doctor { appointments { totalCount edges { node { patient { id } medicalRecords { id } } } } } } } } }
          patients { totalCount edges { node { id } } }
          appointments { totalCount edges { node { patient { id } } } }
          filtered: appointments(filter: { patientId: $foreign }) { totalCount edges { node { id } } }
          doctors { edges { node { appointments { totalCount edges { node { patient { id } } } } } } }
        }`,
        { id: own.id, foreign: other.id },
      )
      expect(errors).toBeUndefined()
      const answer = JSON.stringify(data)
      expect(answer).not.toContain(other.id)
      expect(answer).not.toContain(draft.id)
      expect(data?.patients.totalCount).toBe(1)
      expect(data?.appointments.totalCount).toBe(1)
      expect(data?.filtered).toEqual({ totalCount: 0, edges: [] })
      expect(data?.patient.appointments.edges[0].node.doctor.appointments.totalCount).toBe(1)
    })

    it('shows the own chart without drafts', async () => {
      const { data, errors } = await ask.PATIENT(
        `query ($id: ID!) { patient(id: $id) { firstName birthDate allergies { substance } conditions { display } contacts { phone } identifiers { value }
          medicalRecords { edges { node { status findings } } } treatmentPlans { totalCount edges { node { status procedures { name } } } } prescriptions { edges { node { items { medicationName } } } } } }`,
        { id: own.id },
      )
      expect(errors).toBeUndefined()
      expect(data?.patient.medicalRecords.edges).toEqual([{ node: { status: 'SIGNED', findings: 'Chest clear.' } }])
      expect(data?.patient.treatmentPlans.totalCount).toBe(1)
      expect(data?.patient.allergies).toHaveLength(1)
    })

    it('does not move with a cursor of a foreign row', async () => {
      const staff = await ask.DOCTOR('query ($id: ID!) { patient(id: $id) { appointments { edges { cursor } } } }', { id: other.id })
      const cursor = staff.data?.patient.appointments.edges[0].cursor
      const { data, errors } = await ask.PATIENT(`query ($after: String) { appointments(after: $after) { edges { node { id } } } }`, {
        after: cursor,
      })
      expect(errors).toBeUndefined()
      expect(data?.appointments.edges).toEqual([])
    })
  })

  describe('of an analyst', () => {
    it('has rows and counts, and nothing that names a person', async () => {
      const { data, errors } = await ask.ANALYST(
        'query { patients { totalCount edges { node { id mrn sex birthYear conditions { code } medicalRecords { edges { node { diagnoses { code } vitals { value } } } } } } } appointments { totalCount } }',
      )
      expect(errors).toBeUndefined()
      expect(data?.patients.totalCount).toBe(2)
      expect(data?.patients.edges.map((edge: any) => edge.node.mrn)).toEqual(['withheld', 'withheld'])
      expect(data?.appointments.totalCount).toBe(3)
    })

    it.each(['firstName', 'lastName', 'birthDate', 'phone', 'email', 'address { line }', 'contacts { fullName }', 'identifiers { value }'])(
      'is refused %s',
      async (field) => {
        const { data, errors } = await ask.ANALYST(`query { patients(first: 1) { edges { node { id ${field} } } } }`)
        expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN')
        expect(data?.patients.edges[0].node.id).toBeTruthy()
      },
    )

    it.each([
      'medicalRecords { edges { node { findings } } }',
      'medicalRecords { edges { node { subjective } } }',
      'appointments { edges { node { id } } }',
      'prescriptions { edges { node { id } } }',
    ])('is refused free text and counted rows: %s', async (field) => {
      const { errors } = await ask.ANALYST(`query ($id: ID!) { patient(id: $id) { ${field} } }`, { id: other.id })
      expect(code({ status: 200, errors: errors ?? [] })).toBe('FORBIDDEN')
    })

    it.each([
      'filter: { search: "Zebulon" }',
      'filter: { birthDate: "1971-02-03" }',
      'filter: { phone: "9876543" }',
      'filter: { mrn: "90000001" }',
      'orderBy: NAME',
      'orderBy: BIRTH_DATE',
    ])('cannot learn hidden fields by filtering or sorting: %s (SECURITY A4)', async (args) => {
      const { data, errors } = await ask.ANALYST(`query { patients(${args}) { totalCount } }`)
      expect(data?.patients).toBeNull()
      expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN')
    })
  })

  it("shows the till today's appointments with names, and nothing of what they are about", async () => {
    const { data, errors } = await ask.CASHIER(
      'query { appointments { totalCount edges { node { status patient { firstName lastName } } } } }',
    )
    expect(errors).toBeUndefined()
    expect(data?.appointments).toEqual({
      totalCount: 1,
      edges: [{ node: { status: 'BOOKED', patient: { firstName: 'Zebulon', lastName: 'Foreigner' } } }],
    })
    const refused = await ask.CASHIER('query { appointments { edges { node { reason patient { birthDate } } } } }')
    expect(refused.errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN', 'FORBIDDEN'])
    const past = await ask.CASHIER('query ($id: ID!) { appointment(id: $id) { id } }', { id: otherAppointment.id })
    expect(code(past)).toBe('NOT_FOUND')
  })

  it('shows the front desk demographics but no diagnosis, note or identity number (SECURITY A4)', async () => {
    const { data, errors } = await ask.REGISTRATION_CLERK(
      'query ($id: ID!) { patient(id: $id) { phone identifiers { type value } conditions { code } medicalRecords { edges { node { id } } } appointments { edges { node { medicalRecords { id } } } } } }',
      { id: other.id },
    )
    expect(data?.patient.phone).toBe('+49 171 9876543')
    expect(data?.patient.identifiers).toEqual([{ type: 'NATIONAL_ID', value: null }])
    expect(data?.patient.conditions).toBeNull()
    expect(data?.patient.medicalRecords).toBeNull()
    expect(new Set(errors?.map(({ extensions }) => extensions['code']))).toEqual(new Set(['FORBIDDEN']))
  })

  it('shows the pharmacy names, allergies and prescriptions', async () => {
    const { data, errors } = await ask.PHARMACIST(
      'query ($id: ID!) { patient(id: $id) { lastName allergies { substance } prescriptions { edges { node { items { medicationName } } } } } }',
      { id: other.id },
    )
    expect(errors).toBeUndefined()
    expect(data?.patient.prescriptions.edges).toHaveLength(1)
    expect(code(await ask.PHARMACIST('query ($id: ID!) { patient(id: $id) { birthDate } }', { id: other.id }))).toBe('FORBIDDEN')
  })
})
