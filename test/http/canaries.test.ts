import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { TEST_PASSWORD } from '../factories/clinic.js'
import { TestServer } from '../support/server.js'

/** Values that stand for patient data and secrets: none may be found outside of the answers that were asked for them. */
const CANARY = {
  name: 'Zqcanaryname',
  phone: '+49 30 777 000 222',
  mail: 'zqcanary@mail.test',
  finding: 'Zqcanary finding of a visit',
  reason: 'Zqcanary reason of a visit',
  password: 'zqcanary password 77',
  username: 'zqcanary-user',
}

describe('no value of a patient and no secret (SECURITY P7)', () => {
  const log: string[] = []
  let server: TestServer
  let accounts: Record<Role, User>
  let patient: Patient

  beforeAll(async () => {
    server = await TestServer.start({ log })
    accounts = await server.accounts()
    const { make } = server
    patient = make.patient({ firstName: CANARY.name, lastName: CANARY.name, phone: CANARY.phone, email: CANARY.mail })
    const appointment = make.appointment({ patient, reason: CANARY.reason })
    make.record({ patient, appointment, findings: CANARY.finding })
    await make.save()
  })
  afterAll(() => server.stop())

  const CHART =
    'query ($id: ID!) { patient(id: $id) { firstName phone email appointments { edges { node { reason } } } medicalRecords { edges { node { findings } } } } }'
  const CREATE = 'mutation ($input: CreateStaffInput!) { createStaff(input: $input) { id } }'
  const staff = { fullName: CANARY.name, phone: CANARY.phone, email: CANARY.mail, username: CANARY.username, roles: [Role.STAFF] }

  it('is in the log, the audit trail or an error, after calls that succeed and calls that fail', async () => {
    const owner = server.as(accounts.OWNER)
    const analyst = server.as(accounts.ANALYST)
    const shown = await owner(CHART, { id: patient.id })
    for (const value of [CANARY.name, CANARY.phone, CANARY.mail, CANARY.finding, CANARY.reason])
      expect(JSON.stringify(shown)).toContain(value)
    expect((await owner(CREATE, { input: staff })).errors).toBeUndefined()
    expect((await server.signIn(accounts.OWNER.username)).errors).toBeUndefined()
    const failures = [
      // A unique violation, whose detail holds the value.
      owner(CREATE, { input: staff }),
      owner(CREATE, { input: { ...staff, roles: [CANARY.name] } }),
      owner(CREATE, { input: { ...staff, nickname: CANARY.name } }),
      owner(`{ patient(id: "${patient.id}", nickname: "${CANARY.name}") { id } }`),
      owner(`{ patients(filter: { search: ${CANARY.name} }) { totalCount } }`),
      owner('query ($id: ID!) { patient(id: $id) { id } }', { id: CANARY.name }),
      owner('mutation ($input: BreakGlassInput!) { breakGlass(input: $input) { id } }', {
        input: { patientId: randomUUID(), reason: CANARY.reason, hours: 99 },
      }),
      analyst(CHART, { id: patient.id }),
      analyst(`{ patients(filter: { search: "${CANARY.name}" }) { totalCount } }`),
      server.signIn(CANARY.username, CANARY.password),
      server.signIn(accounts.OWNER.username, CANARY.password),
      server.send(CHART, { id: patient.id }, CANARY.password),
    ]
    for (const [index, failure] of (await Promise.all(failures)).entries()) {
      expect({ index, failed: failure.errors !== undefined, leaks: leaksOf(JSON.stringify(failure.errors)) }).toEqual({
        index,
        failed: true,
        leaks: [],
      })
    }
    const outside = await fetch(`${server.app.url}/${CANARY.name}?q=${CANARY.username}`, { headers: { 'user-agent': CANARY.mail } })
    expect(leaksOf(await outside.text())).toEqual([])

    // A database that does not answer as it should, in the middle of it.
    await server.sql('alter table allergy rename to allergy_away')
    expect(
      leaksOf(JSON.stringify(await owner(`query ($id: ID!) { patient(id: $id) { allergies { substance } } }`, { id: patient.id }))),
    ).toEqual([])
    await server.sql('alter table allergy_away rename to allergy')

    expect(log.length).toBeGreaterThan(failures.length)
    expect(leaksOf(log.join(''))).toEqual([])
    const [trail] = await server.sql(`select string_agg(audit_line(e), ' ') as text from audit_event e`)
    expect(String(trail?.['text'])).toContain(patient.id)
    expect(leaksOf(String(trail?.['text']))).toEqual([])
  })

  const leaksOf = (text: string): string[] =>
    [...Object.values(CANARY), TEST_PASSWORD, '777 000', 'eyJ'].filter((value) => text.toLowerCase().includes(value.toLowerCase()))
})
