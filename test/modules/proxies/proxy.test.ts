import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Actor } from '../../../src/access/actor.js'
import { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

const GRANT =
  'mutation ($input: GrantProxyInput!) { grantProxy(input: $input) { id holderName relationship scope active validTo revokedAt patient { id } } }'
const REVOKE = 'mutation ($id: ID!) { revokeProxy(id: $id) { id active revokedAt } }'
const CHART = 'query ($id: ID!) { patient(id: $id) { firstName birthDate allergies { substance } appointments { totalCount } } }'
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()

describe('proxies (RULES P6)', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let clerk: Ask

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    clerk = server.as(accounts.REGISTRATION_CLERK)
  })
  afterAll(() => server.stop())

  const holder = async (): Promise<{ user: User; ask: Ask }> => {
    const user = await server.make.user(server.hasher, [Role.PATIENT], { patient: server.make.patient() })
    await server.make.save()
    return { user, ask: server.as(user) }
  }
  const child = async (): Promise<Patient> => {
    const patient = server.make.patient({ firstName: 'Child' })
    server.make.allergy(patient)
    server.make.appointment({ patient })
    await server.make.save()
    return patient
  }
  const grant = (patient: Patient, user: User, more: object = {}, as = clerk): Promise<Answer> =>
    as(GRANT, { input: { patientId: patient.id, holderUsername: user.username, scope: 'READ', validTo: inDays(30), ...more } })

  it('see the chart of the patient as their own, on every instance, and nobody else’s', async () => {
    const [{ user, ask }, patient, other] = [await holder(), await child(), await child()]
    expect(codesOf(await ask(CHART, { id: patient.id }))).toEqual(['NOT_FOUND'])
    const { data, errors } = await grant(patient, user, { relationship: 'mother' })
    expect(errors).toBeUndefined()
    expect(data?.grantProxy).toMatchObject({
      holderName: user.displayName,
      relationship: 'mother',
      scope: 'READ',
      active: true,
      patient: { id: patient.id },
    })
    const chart = await ask(CHART, { id: patient.id })
    expect(chart.errors).toBeUndefined()
    expect(chart.data?.patient).toMatchObject({ firstName: 'Child', birthDate: '1980-05-17', appointments: { totalCount: 1 } })
    expect(codesOf(await ask(CHART, { id: other.id }))).toEqual(['NOT_FOUND'])
    expect((await ask('{ patients { totalCount } me { patient { id } } }')).data).toEqual({
      patients: { totalCount: 2 },
      me: { patient: { id: user.patient!.id } },
    })
  })

  it('lose it at once when revoked, and within a second elsewhere', async () => {
    const [{ user, ask }, patient] = [await holder(), await child()]
    const { data } = await grant(patient, user)
    const other = await TestServer.start({ on: server })
    try {
      expect((await other.as(user)(CHART, { id: patient.id })).errors).toBeUndefined()
      const revoked = await clerk(REVOKE, { id: data?.grantProxy.id })
      expect(revoked.data?.revokeProxy).toMatchObject({ active: false, revokedAt: expect.any(String) })
      expect(codesOf(await ask(CHART, { id: patient.id }))).toEqual(['NOT_FOUND'])
      await new Promise((resolve) => setTimeout(resolve, 1000))
      expect(codesOf(await other.as(user)(CHART, { id: patient.id }))).toEqual(['NOT_FOUND'])
      expect(await clerk(REVOKE, { id: data?.grantProxy.id })).toEqual(revoked)
    } finally {
      await other.stop()
    }
  })

  it('begin and end by themselves', async () => {
    const [{ user, ask }, patient] = [await holder(), await child()]
    await grant(patient, user, { validFrom: inDays(1), validTo: inDays(2) })
    expect(codesOf(await ask(CHART, { id: patient.id }))).toEqual(['NOT_FOUND'])
    await server.sql("update patient_proxy set valid_from = now() - interval '1 hour' where holder_id = $1", [user.id])
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect((await ask(CHART, { id: patient.id })).errors).toBeUndefined()
    await server.sql('update patient_proxy set valid_to = now() where holder_id = $1', [user.id])
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(codesOf(await ask(CHART, { id: patient.id }))).toEqual(['NOT_FOUND'])
  })

  it('leave an event when they are granted and when they are revoked', async () => {
    const [{ user }, patient] = [await holder(), await child()]
    const { data } = await grant(patient, user)
    const about = {
      userId: accounts.REGISTRATION_CLERK.id,
      entityId: data?.grantProxy.id,
      subjectUserId: user.id,
      patientIds: [patient.id],
    }
    expect(await server.lastEvent('RIGHTS_CHANGED')).toMatchObject({ ...about, facts: { scope: 'READ' } })
    await clerk(REVOKE, { id: data?.grantProxy.id })
    expect(await server.lastEvent('RIGHTS_CHANGED')).toMatchObject({ ...about, facts: { revoked: true } })
  })

  it('act for the patient only with the scope to', () => {
    const actor = new Actor({
      userId: '1',
      username: 'x',
      roles: [Role.PATIENT],
      staffId: null,
      doctorId: null,
      patientIds: ['own', 'read', 'book'],
      readOnlyPatientIds: ['read'],
    })
    expect(['own', 'book', 'read', 'other'].map((id) => actor.actsForPatient(id))).toEqual([true, true, false, false])
  })

  it('are listed for the patient and the front desk, not for the care team', async () => {
    const [{ user }, patient] = [await holder(), await child()]
    await grant(patient, user)
    const list = 'query ($id: ID!) { patient(id: $id) { proxies { holderName scope active } } }'
    expect((await clerk(list, { id: patient.id })).data?.patient.proxies).toEqual([
      { holderName: user.displayName, scope: 'READ', active: true },
    ])
    for (const role of [Role.DOCTOR, Role.STAFF, Role.CASHIER, Role.PHARMACIST, Role.ANALYST]) {
      expect(codesOf(await server.as(accounts[role])(list, { id: patient.id }))).toEqual(['FORBIDDEN'])
    }
    const self = await server.make.user(server.hasher, [Role.PATIENT], { patient })
    await server.make.save()
    expect((await server.as(self)(list, { id: patient.id })).data?.patient.proxies).toHaveLength(1)
  })

  it.each(Object.values(Role).filter((role) => ![Role.OWNER, Role.ADMIN, Role.REGISTRATION_CLERK].includes(role)))(
    'are not granted or revoked by %s',
    async (role) => {
      const [{ user }, patient] = [await holder(), await child()]
      const { data } = await grant(patient, user)
      const as = server.as(accounts[role])
      expect(codesOf(await grant(patient, user, {}, as))).toEqual(['FORBIDDEN'])
      expect(codesOf(await as(REVOKE, { id: data?.grantProxy.id }))).toEqual(['FORBIDDEN'])
    },
  )

  it('are refused where they make no sense', async () => {
    const [{ user }, patient] = [await holder(), await child()]
    expect(codesOf(await grant(patient, user, { patientId: '018f0000-0000-7000-8000-0000000000ff' }))).toEqual(['NOT_FOUND'])
    expect(codesOf(await grant(patient, user, { patientId: 'nobody' }))).toEqual(['NOT_FOUND'])
    expect(codesOf(await grant(patient, user, { validTo: inDays(-1) }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await grant(patient, user, { validFrom: inDays(3), validTo: inDays(2) }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await grant(patient, user, { holderUsername: 'nobody' }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await grant(patient, user, { holderUsername: accounts.DOCTOR.username }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await grant(user.patient!.unwrap(), user))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await clerk(REVOKE, { id: '018f0000-0000-7000-8000-0000000000ff' }))).toEqual(['NOT_FOUND'])
  })

  it('are not granted to oneself: the desk would open charts for its own account', async () => {
    const user = await server.make.user(server.hasher, [Role.REGISTRATION_CLERK, Role.PATIENT], {
      staff: server.make.staff(),
      patient: server.make.patient(),
    })
    await server.make.save()
    expect(codesOf(await grant(await child(), user, {}, server.as(user)))).toEqual(['FORBIDDEN'])
  })

  it('are granted once for a time, however often it is asked at once', async () => {
    const [{ user }, patient] = [await holder(), await child()]
    const answers = await Promise.all(Array.from({ length: 6 }, () => grant(patient, user)))
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
    expect(answers.flatMap(codesOf)).toEqual(Array.from({ length: 5 }, () => 'CONFLICT'))
  })
})
