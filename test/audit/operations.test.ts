import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import { TrailTable } from '../../src/audit/trail-table.js'
import { verifyTrail } from '../../src/audit/verify.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Doctor } from '../../src/modules/doctors/doctor.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { TEST_PASSWORD } from '../factories/clinic.js'
import { TestServer, type Answer } from '../support/server.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>
interface Event {
  action: string
  outcome: string
  user: string | null
  patients: string[]
  sections: string[]
  entity: string | null
  facts: Record<string, unknown> | null
}

/** Stand for what must never be in the trail. */
const CANARY = { name: 'Canaryname', phone: '+49 30 777 000 111', reason: 'Canary reason of a visit', password: 'canary password 99' }

describe('the events that operations leave (RULES S1, SECURITY P1)', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  const ask = {} as Record<Role, Ask>
  let patient: Patient
  let other: Patient
  let doctor: Doctor

  beforeAll(async () => {
    server = await TestServer.start()
    const { make } = server
    accounts = await server.accounts()
    for (const role of Object.values(Role)) ask[role] = server.as(accounts[role])
    doctor = make.doctor()
    patient = make.patient({ firstName: CANARY.name, lastName: CANARY.name, birthDate: '1971-02-03', phone: CANARY.phone })
    other = make.patient()
    const appointment = make.appointment({ patient, doctor, reason: CANARY.reason })
    make.record({ patient, appointment, author: doctor })
    make.allergy(patient)
    make.appointment({ patient: other, doctor })
    await make.save()
  })
  afterAll(() => server.stop())

  let seen = 0
  beforeEach(async () => {
    // A first request opens the session; what it leaves is not what is tested.
    for (const role of Object.values(Role)) await ask[role]('{ me { id } }')
    seen = await last()
  })

  const last = async (): Promise<number> => Number((await server.sql('select coalesce(max(seq), 0) as seq from audit_event'))[0]?.['seq'])
  const events = async (): Promise<Event[]> =>
    (await server.sql(
      `select action, outcome, user_id as "user", patient_ids::text[] as patients, sections, entity, facts from audit_event where seq > $1 order by seq`,
      [seen],
    )) as unknown as Event[]
  const id = (role: Role): string => accounts[role].id

  const CHART = `query ($id: ID!) { patient(id: $id) { firstName allergies { substance } appointments { edges { node { doctor { fullName } medicalRecords { findings vitals { value } } } } } } }`

  it('a chart: one read, with the patient and the parts that were read', async () => {
    const { errors } = await ask.DOCTOR(CHART, { id: patient.id })
    expect(errors).toBeUndefined()
    expect(await events()).toEqual([
      {
        action: 'READ',
        outcome: 'SUCCESS',
        user: id(Role.DOCTOR),
        patients: [patient.id],
        sections: ['Allergy', 'Appointment', 'MedicalRecord', 'Patient', 'Vital'],
        entity: null,
        facts: null,
      },
    ])
  })

  it('a list: one read with all its patients, of this page and no other', async () => {
    const { data } = await ask.OWNER('{ patients(first: 2) { edges { node { id } } } }')
    const shown = data?.patients.edges.map((edge: any) => edge.node.id) as string[]
    const [event, ...more] = await events()
    expect(more).toEqual([])
    expect(event?.patients.toSorted()).toEqual(shown.toSorted())
    expect(event?.sections).toEqual(['Patient'])
  })

  it('patients who are reached over another row', async () => {
    await ask.OWNER('query ($id: ID!) { doctor(id: $id) { appointments { edges { node { startsAt } } } } }', { id: doctor.id })
    const [event] = await events()
    expect(event?.patients.toSorted()).toEqual([patient.id, other.id].toSorted())
    expect(event?.sections).toEqual(['Appointment'])
  })

  it('a search: which filters, not what was looked for', async () => {
    await ask.REGISTRATION_CLERK(`{ patients(filter: { search: "${CANARY.name}", birthDate: "1971-02-03" }) { edges { node { id } } } }`)
    expect((await events()).map(({ action, facts, patients }) => ({ action, facts, patients }))).toEqual([
      { action: 'SEARCH', facts: { filters: ['patients.birthDate', 'patients.search'] }, patients: [] },
      { action: 'READ', facts: null, patients: [patient.id] },
    ])
  })

  it('a search that finds nothing', async () => {
    await ask.REGISTRATION_CLERK('{ patients(filter: { search: "Nobodyofthatname" }) { totalCount edges { node { id } } } }')
    expect((await events()).map(({ action }) => action)).toEqual(['SEARCH'])
  })

  it('a refused field: its name in the schema, whatever the client called it', async () => {
    await ask.ANALYST(
      `query ($id: ID!) { ${CANARY.name}: patient(id: $id) { id ...Rest } } fragment Rest on Patient { secret: firstName phone }`,
      { id: patient.id },
    )
    const [read, denial, ...more] = await events()
    expect(more).toEqual([])
    expect(read?.action).toBe('READ')
    expect(denial).toMatchObject({
      action: 'DENIED',
      outcome: 'DENIED',
      user: id(Role.ANALYST),
      facts: { fields: ['patient.firstName', 'patient.phone'], codes: ['FORBIDDEN'] },
    })
  })

  it('what was refused is not counted as read', async () => {
    await ask.REGISTRATION_CLERK(
      'query ($id: ID!) { patient(id: $id) { id conditions { code } medicalRecords { edges { node { id } } } } }',
      { id: patient.id },
    )
    const [read] = await events()
    expect(read?.sections).toEqual(['Patient'])
  })

  it('a row outside of the own ones, and one that does not exist, alike', async () => {
    await ask.PATIENT('query ($id: ID!) { patient(id: $id) { id } }', { id: patient.id })
    await ask.PATIENT('query ($id: ID!) { patient(id: $id) { id } }', { id: '018f0000-0000-7000-8000-0000000000ff' })
    const [foreign, missing, ...more] = await events()
    expect(more).toEqual([])
    expect(foreign).toEqual(missing)
    expect(foreign).toMatchObject({ action: 'DENIED', facts: { fields: ['patient'], codes: ['NOT_FOUND'] }, patients: [] })
  })

  it.each([
    '{ me { username roles capabilities } }',
    '{ doctors { edges { node { fullName } } } }',
    '{ __typename }',
    '{ locations { name } }',
  ])('nothing for what concerns no patient: %s', async (query) => {
    await ask.DOCTOR(query)
    expect(await events()).toEqual([])
  })

  it('a sign-in and one that failed, with the account and not the name that was tried', async () => {
    const { username } = accounts[Role.DOCTOR]
    await server.signIn(username, TEST_PASSWORD)
    await server.signIn(username, CANARY.password)
    await server.signIn(CANARY.name, CANARY.password)
    const found = await events()
    expect(found.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'SIGN_IN SUCCESS',
      'SIGN_IN_FAILED DENIED',
      'SIGN_IN_FAILED DENIED',
    ])
    expect(found[0]?.user).toBe(id(Role.DOCTOR))
    const subjects = await server.sql('select subject_user_id from audit_event where seq > $1 order by seq', [seen])
    expect(subjects.map((row) => row['subject_user_id'])).toEqual([null, id(Role.DOCTOR), null])
  })

  it('staff who are entered, changed, given a role and deactivated', async () => {
    const run = async (mutation: string, input: unknown): Promise<any> => {
      const { data, errors } = await ask.OWNER(mutation, { input })
      expect(errors).toBeUndefined()
      return Object.values(data ?? {})[0]
    }
    const { id: staffId, version } = await run('mutation ($input: CreateStaffInput!) { createStaff(input: $input) { id version } }', {
      fullName: CANARY.name,
      phone: CANARY.phone,
      username: 'new-nurse',
      roles: ['STAFF'],
    })
    const changed = await run('mutation ($input: UpdateStaffInput!) { updateStaff(input: $input) { version } }', {
      id: staffId,
      version,
      phone: '+49 1',
      jobTitle: CANARY.reason,
    })
    await run('mutation ($input: SetStaffRolesInput!) { setStaffRoles(input: $input) { version } }', {
      id: staffId,
      version: changed.version,
      roles: ['STAFF', 'CASHIER'],
    })
    await ask.OWNER('mutation ($id: ID!) { deactivateStaff(id: $id) { active } }', { id: staffId })
    const found = await events()
    expect(found.map(({ action, sections, facts }) => ({ action, sections: sections.toSorted(), facts }))).toEqual([
      { action: 'CREATE', sections: [], facts: null },
      { action: 'RIGHTS_CHANGED', sections: [], facts: { added: ['STAFF'] } },
      { action: 'UPDATE', sections: ['jobTitle', 'phone'], facts: null },
      { action: 'RIGHTS_CHANGED', sections: [], facts: { added: ['CASHIER'], removed: [] } },
      { action: 'RIGHTS_CHANGED', sections: [], facts: { active: false } },
    ])
    expect(new Set(found.map(({ user, entity }) => `${user} ${entity}`))).toEqual(new Set([`${id(Role.OWNER)} Staff`]))
  })

  it('a change that was refused leaves the refusal and nothing else', async () => {
    await ask.DOCTOR('mutation ($id: ID!) { deactivateStaff(id: $id) { id } }', { id: patient.id })
    await ask.OWNER('mutation ($id: ID!) { deactivateStaff(id: $id) { id } }', { id: patient.id })
    expect((await events()).map(({ action, facts }) => ({ action, facts }))).toEqual([
      { action: 'DENIED', facts: { fields: ['deactivateStaff'], codes: ['FORBIDDEN'] } },
      { action: 'DENIED', facts: { fields: ['deactivateStaff'], codes: ['NOT_FOUND'] } },
    ])
  })

  it('a chart opened in an emergency, with the patient and never the reason', async () => {
    const { errors } = await ask.DOCTOR('mutation ($input: BreakGlassInput!) { breakGlass(input: $input) { id } }', {
      input: { patientId: patient.id, reason: CANARY.reason, hours: 1 },
    })
    expect(errors).toBeUndefined()
    expect(await events()).toContainEqual(expect.objectContaining({ action: 'BREAK_GLASS', patients: [patient.id], entity: 'BreakGlass' }))
  })

  it('reading the trail itself', async () => {
    await ask.OWNER('{ auditEvents(first: 1) { edges { node { action } } } }')
    expect((await events()).map(({ action, sections }) => ({ action, sections }))).toEqual([{ action: 'READ', sections: ['AuditEvent'] }])
  })

  it('who, in which roles, from where, in which request', async () => {
    const response = await fetch(`${server.app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'request-of-this-test' },
      body: JSON.stringify({
        query: 'mutation ($input: LoginInput!) { login(input: $input) { viewer { patient { firstName } } } }',
        variables: { input: { username: accounts[Role.PATIENT].username, password: TEST_PASSWORD } },
      }),
    })
    expect(response.headers.get('x-request-id')).toBe('request-of-this-test')
    const rows = await server.sql(
      'select action, user_id, roles, request_id, remote_address from audit_event where seq > $1 order by seq',
      [seen],
    )
    expect(rows.map((row) => row['action'])).toEqual(['SIGN_IN', 'READ'])
    expect(rows[1]).toEqual({
      action: 'READ',
      user_id: id(Role.PATIENT),
      roles: ['PATIENT'],
      request_id: 'request-of-this-test',
      remote_address: '127.0.0.1',
    })
  })

  it('reads the same edge by edge as in one statement', async () => {
    const slow = await TestServer.start({ on: server, plans: false })
    try {
      for (const query of [
        CHART,
        'query ($id: ID!) { patient(id: $id) { accessLog(first: 1) { edges { node { id } } } conditions { code } appointments(first: 1) { totalCount } } }',
      ]) {
        seen = await last()
        await ask.DOCTOR(query, { id: patient.id })
        const planned = await events()
        seen = await last()
        await slow.as(accounts[Role.DOCTOR])(query, { id: patient.id })
        expect(await events()).toEqual(planned)
      }
    } finally {
      await slow.stop()
    }
  })

  it('nothing that a person wrote or is called, no password and no token (SECURITY P7)', async () => {
    const rows = await server.sql(`select coalesce(string_agg(audit_line(e), ' '), '') as trail from audit_event e`)
    const trail = String(rows[0]?.['trail'])
    expect(trail.length).toBeGreaterThan(1000)
    for (const canary of [...Object.values(CANARY), '777 000', '1971-02-03', TEST_PASSWORD, 'eyJ', 'user-', 'Salbutamol', 'Chest clear'])
      expect(trail.toLowerCase()).not.toContain(canary.toLowerCase())
  })

  it('and all of it in one chain', async () => {
    const { problem } = await TrailTable.open(server.database.url, (table) => verifyTrail(table))
    expect(problem).toBeNull()
  })
})
