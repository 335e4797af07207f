import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import type { Doctor } from '../../src/modules/doctors/doctor.entity.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { RecordStatus } from '../../src/modules/records/medical-record.entity.js'
import { AppointmentStatus } from '../../src/modules/scheduling/appointment-status.js'
import { codesOf, TestServer, type Answer } from '../support/server.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

const MONTH = 30 * 86_400_000
const ago = (months: number): Date => new Date(Date.now() - months * MONTH)
const UPDATE =
  'mutation ($input: UpdateClinicSettingsInput!) { updateClinicSettings(input: $input) { version doctorScope careRelationMonths } }'
const LIST = '{ patients(first: 100) { totalCount edges { node { id } } } }'

describe('the reach of doctors', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let admin: Ask
  let doctor: Doctor
  let ask: Ask
  const patients: Record<string, Patient> = {}

  beforeAll(async () => {
    server = await TestServer.start()
    const { make } = server
    accounts = await server.accounts()
    admin = server.as(accounts.ADMIN)
    const staff = make.staff()
    doctor = make.doctor({ staff })
    const other = make.doctor()
    const user = await make.user(server.hasher, [Role.DOCTOR], { staff })
    await make.save()
    ask = server.as(user)
    const patient = (name: string): Patient => (patients[name] = make.patient({ lastName: name, phone: '+49 30 700100' }))
    make.appointment({ patient: patient('seen'), doctor, startsAt: ago(5) })
    make.appointment({ patient: patient('coming'), doctor, startsAt: ago(-2), status: AppointmentStatus.BOOKED })
    make.appointment({ patient: patient('long ago'), doctor, startsAt: ago(14) })
    make.appointment({ patient: patient('by mistake'), doctor, startsAt: ago(1), status: AppointmentStatus.ENTERED_IN_ERROR })
    make.record({ patient: patient('written about'), author: doctor, occurredAt: ago(7) })
    make.record({ patient: patient('written about by mistake'), author: doctor, occurredAt: ago(1), status: RecordStatus.ENTERED_IN_ERROR })
    make.plan(patient('planned for'), { doctor })
    make.plan(patient("another's"), { doctor: other })
    const stranger = patients["another's"]!
    make.record({ patient: stranger, author: other, appointment: make.appointment({ patient: stranger, doctor: other }) })
    make.allergy(stranger)
    make.condition(stranger)
    make.identifier(stranger)
    make.contact(stranger)
    make.prescription(stranger)
    make.procedure(stranger, { treatmentPlan: make.plan(stranger, { doctor: other }) })
    await make.save()
  })
  afterAll(() => server.stop())

  const settings = async (input: object): Promise<Answer> => {
    const { data } = await admin('{ clinicSettings { version } }')
    return admin(UPDATE, { input: { version: data?.clinicSettings.version, ...input } })
  }
  const listed = async (as: Ask): Promise<string[]> => {
    const { data, errors } = await as(LIST)
    expect(errors).toBeUndefined()
    expect(data?.patients.totalCount).toBe(data?.patients.edges.length)
    const ids = data?.patients.edges.map((edge: any) => edge.node.id)
    return Object.keys(patients).filter((name) => ids.includes(patients[name]!.id))
  }
  /** An account with these roles beside the doctor's. */
  const doctorWho = async (...roles: Role[]): Promise<{ ask: Ask; user: User }> => {
    const staff = server.make.staff()
    const user = await server.make.user(server.hasher, [Role.DOCTOR, ...roles], { staff })
    server.make.doctor({ staff })
    await server.make.save()
    return { ask: server.as(user), user }
  }

  it('is every patient, until the management sets otherwise', async () => {
    expect((await admin('{ clinicSettings { doctorScope careRelationMonths } }')).data?.clinicSettings).toEqual({
      doctorScope: 'ALL_PATIENTS',
      careRelationMonths: 12,
    })
    expect(await listed(ask)).toEqual(Object.keys(patients))
  })

  it('is set by the management alone, within bounds, each version once', async () => {
    for (const role of Object.values(Role).filter((role) => role !== Role.OWNER && role !== Role.ADMIN)) {
      expect(codesOf(await server.as(accounts[role])(UPDATE, { input: { version: 1 } }))).toEqual(['FORBIDDEN'])
      expect(codesOf(await server.as(accounts[role])('{ clinicSettings { version } }'))).toEqual(['FORBIDDEN'])
    }
    expect(codesOf(await settings({ careRelationMonths: 0 }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await settings({ careRelationMonths: 121 }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await admin(UPDATE, { input: { version: 77, careRelationMonths: 6 } }))).toEqual(['STALE_VERSION'])
  })

  it('leaves an event when it is changed', async () => {
    await settings({ careRelationMonths: 12, doctorScope: 'ALL_PATIENTS' })
    expect(await server.lastEvent('RIGHTS_CHANGED')).toMatchObject({
      userId: accounts.ADMIN.id,
      entity: 'ClinicSettings',
      facts: { doctorScope: 'ALL_PATIENTS', careRelationMonths: 12 },
    })
  })

  describe('bounded to patients in their care', () => {
    beforeAll(async () => {
      await settings({ doctorScope: 'CARE_RELATION' })
    })

    it('is those with an appointment, a record or a plan of theirs, not too long ago', async () => {
      expect(await listed(ask)).toEqual(['seen', 'coming', 'written about', 'planned for'])
    })

    it('grows and shrinks with the months', async () => {
      await settings({ careRelationMonths: 24 })
      expect(await listed(ask)).toEqual(['seen', 'coming', 'long ago', 'written about', 'planned for'])
      await settings({ careRelationMonths: 6 })
      expect(await listed(ask)).toEqual(['seen', 'coming', 'planned for'])
      await settings({ careRelationMonths: 12 })
    })

    it('bites within a second on another instance (SECURITY A7)', async () => {
      const other = await TestServer.start({ on: server })
      try {
        const { user } = await doctorWho()
        const elsewhere = other.as(user)
        await settings({ doctorScope: 'ALL_PATIENTS' })
        await new Promise((resolve) => setTimeout(resolve, 1000))
        expect(await listed(elsewhere)).toEqual(Object.keys(patients))
        await settings({ doctorScope: 'CARE_RELATION' })
        await new Promise((resolve) => setTimeout(resolve, 1000))
        expect(await listed(elsewhere)).toEqual([])
      } finally {
        await other.stop()
      }
    })

    it('holds on every way through the graph, for rows, counts and cursors (SECURITY A3)', async () => {
      const stranger = patients["another's"]!.id
      const everything = await admin(
        `query ($id: ID!) { patient(id: $id) {
          appointments { edges { cursor node { id } } } medicalRecords { edges { node { id } } } treatmentPlans { edges { node { id } } } prescriptions { edges { node { id } } }
        } }`,
        { id: stranger },
      )
      const chart = everything.data?.patient
      const ids = [
        stranger,
        ...['appointments', 'medicalRecords', 'treatmentPlans', 'prescriptions'].flatMap((list) =>
          chart[list].edges.map((edge: any) => edge.node.id),
        ),
      ]
      expect(ids.length).toBeGreaterThan(5)
      const { data } = await ask(
        `query ($after: String, $id: ID!) {
          doctors(first: 100) { edges { node { appointments { totalCount edges { node { id patient { id } medicalRecords { id } } } } } } }
          appointments(first: 100) { totalCount edges { node { id patient { id allergies { id } } } } }
          of: appointments(filter: { patientId: $id }) { totalCount edges { node { id } } }
          beyond: appointments(first: 100, after: $after) { edges { node { id } } }
        }`,
        { after: chart.appointments.edges[0].cursor, id: stranger },
      )
      for (const id of ids) expect(JSON.stringify(data)).not.toContain(id)
      expect(data?.of).toEqual({ totalCount: 0, edges: [] })
      expect(data?.beyond.edges).toEqual([])
      expect(data?.appointments.totalCount).toBe(data?.appointments.edges.length)
      for (const [field, id] of [
        ['patient', stranger],
        ['appointment', ids[1]],
        ['medicalRecord', ids.find((each) => chart.medicalRecords.edges.some((edge: any) => edge.node.id === each))],
        ['treatmentPlan', chart.treatmentPlans.edges[0].node.id],
        ['prescription', chart.prescriptions.edges[0].node.id],
      ] as const) {
        expect(codesOf(await ask(`query ($id: ID!) { ${field}(id: $id) { id } }`, { id }))).toEqual(['NOT_FOUND'])
      }
    })

    it('leaves those unbounded who also hold a role that sees all', async () => {
      expect(await listed((await doctorWho(Role.ADMIN)).ask)).toEqual(Object.keys(patients))
      expect(await listed((await doctorWho(Role.STAFF)).ask)).toEqual(Object.keys(patients))
    })

    it('adds to what another role sees no more than the doctor may: names of all for the till, charts of those in care', async () => {
      const { ask: both, user } = await doctorWho(Role.CASHIER)
      const [theirs] = await server.sql('select d.id from doctor d join user_account u on u.staff_id = d.staff_id where u.id = $1', [
        user.id,
      ])
      const { make } = server
      make.appointment({ patient: patients['seen']!, doctor: theirs!['id'] as never, startsAt: ago(3) })
      await make.save()
      expect(await listed(both)).toEqual(Object.keys(patients))
      for (const plans of [true, false]) {
        const other = await TestServer.start({ on: server, plans })
        try {
          const query =
            'query ($id: ID!) { patient(id: $id) { mrn lastName birthDate medicalRecords { edges { node { findings } } } contacts { phone } identifiers { value } } }'
          const known = await other.as(user)(query, { id: patients['seen']!.id })
          expect(known.errors).toBeUndefined()
          const unknown = await other.as(user)(query, { id: patients["another's"]!.id })
          expect(unknown.data?.patient).toEqual({
            mrn: patients["another's"]!.mrn,
            lastName: "another's",
            birthDate: null,
            medicalRecords: null,
            contacts: null,
            identifiers: null,
          })
          expect(new Set(codesOf(unknown))).toEqual(new Set(['FORBIDDEN']))
          const phone = await other.as(user)('{ patients(filter: { phone: "700100" }) { totalCount } }')
          expect(codesOf(phone)).toEqual(['FORBIDDEN'])
          const name = await other.as(user)('{ patients(filter: { search: "another" }, orderBy: NAME) { totalCount } }')
          expect(name.errors).toBeUndefined()
        } finally {
          await other.stop()
        }
      }
    })

    it('tells an analyst who is also a doctor no names but of those in care, and sorts by none (SECURITY A4)', async () => {
      const { ask: both } = await doctorWho(Role.ANALYST)
      expect(await listed(both)).toEqual(Object.keys(patients))
      const { data } = await both(
        '{ patients(first: 100) { edges { node { mrn lastName birthYear conditions { code } medicalRecords { edges { node { findings } } } } } } }',
      )
      for (const { node } of data?.patients.edges ?? []) {
        expect(node.mrn).toBe('withheld')
        expect(node.lastName).toBeNull()
        for (const edge of node.medicalRecords.edges) expect(edge.node.findings).toBeNull()
      }
      expect(codesOf(await both('{ patients(orderBy: NAME) { totalCount } }'))).toEqual(['FORBIDDEN'])
      expect(codesOf(await both('{ patients(filter: { search: "seen" }) { totalCount } }'))).toEqual(['FORBIDDEN'])
    })

    it('is nobody for an account that no doctor stands behind', async () => {
      const user = await server.make.user(server.hasher, [Role.DOCTOR], { staff: server.make.staff() })
      await server.make.save()
      expect(await listed(server.as(user))).toEqual([])
    })
  })
})
