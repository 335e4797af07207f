import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { codesOf, TestServer, type Answer } from '../support/server.js'

describe('when the audit trail cannot be written (SECURITY P6)', () => {
  let server: TestServer
  let patient: Patient
  let doctor: (query: string, variables?: Record<string, unknown>) => Promise<Answer>
  let owner: typeof doctor
  let analyst: typeof doctor

  beforeAll(async () => {
    server = await TestServer.start()
    const accounts = await server.accounts()
    ;[doctor, owner, analyst] = [Role.DOCTOR, Role.OWNER, Role.ANALYST].map((role) => server.as(accounts[role])) as [
      typeof doctor,
      typeof doctor,
      typeof doctor,
    ]
    patient = server.make.patient({ firstName: 'Canaryname' })
    await server.make.save()
    for (const ask of [doctor, owner, analyst]) await ask('{ me { id } }')
  })
  afterAll(() => server.stop())

  const withoutTrail = async (run: () => Promise<void>): Promise<void> => {
    await server.sql('revoke execute on function audit_append(jsonb) from clinic_app')
    try {
      await run()
    } finally {
      await server.sql('grant execute on function audit_append(jsonb) to clinic_app')
    }
  }
  const READ = 'query ($id: ID!) { patient(id: $id) { id firstName } doctors { edges { node { fullName } } } }'

  it('a read answers a typed error and no data', async () => {
    await withoutTrail(async () => {
      const answer = await doctor(READ, { id: patient.id })
      expect(answer.status).toBe(503)
      expect(codesOf(answer)).toEqual(['UNAVAILABLE'])
      expect(answer.data).toBeUndefined()
      expect(JSON.stringify(answer)).not.toContain('Canaryname')
    })
    expect((await doctor(READ, { id: patient.id })).data?.patient.firstName).toBe('Canaryname')
  })

  it('so does a search, and a request with a refusal in it', async () => {
    await withoutTrail(async () => {
      for (const answer of [
        await owner('{ patients(filter: { search: "Nobodyofthatname" }) { totalCount } }'),
        await analyst(
          '{ me { id } doctors { edges { node { fullName appointments { edges { node { id } } } } } } auditEvents { totalCount } }',
        ),
      ]) {
        expect(codesOf(answer)).toEqual(['UNAVAILABLE'])
        expect(answer.data).toBeUndefined()
      }
    })
  })

  it('what concerns no patient is answered', async () => {
    await withoutTrail(async () => {
      const answer = await doctor('{ me { username } doctors { edges { node { fullName } } } }')
      expect(answer.errors).toBeUndefined()
    })
  })

  it('a change is made together with its event, which finds its place in the chain later', async () => {
    await withoutTrail(async () => {
      const answer = await owner('mutation { createStaff(input: { fullName: "Somebody New", roles: [] }) { id } }')
      expect(answer.errors).toBeUndefined()
      expect(await server.sql("select from audit_event where action = 'CREATE'")).toEqual([])
      expect(await server.sql('select from audit_outbox')).toHaveLength(1)
    })
    await doctor(READ, { id: patient.id })
    expect(await server.sql("select entity from audit_event where action = 'CREATE'")).toEqual([{ entity: 'Staff' }])
  })

  it('a change whose event cannot be kept is not made', async () => {
    await server.sql('revoke insert on audit_outbox from clinic_app')
    await server.sql('revoke insert (id, event) on audit_outbox from clinic_app')
    try {
      const answer = await owner('mutation { createStaff(input: { fullName: "Never Entered", roles: [] }) { id } }')
      expect(codesOf(answer)).toEqual(['INTERNAL'])
      expect(await server.sql("select from staff where full_name = 'Never Entered'")).toEqual([])
    } finally {
      await server.sql('grant insert (id, event) on audit_outbox to clinic_app')
    }
  })

  it('an answer waits for its event: while the trail is locked, nothing is given out', async () => {
    const holder = new pg.Client({ connectionString: server.database.url })
    await holder.connect()
    try {
      await holder.query('begin')
      await holder.query('select pg_advisory_xact_lock(7263602)')
      let answered = false
      const answer = doctor(READ, { id: patient.id }).then((given) => {
        answered = true
        return given
      })
      await expect.poll(async () => (await server.sql("select from pg_locks where locktype = 'advisory' and not granted")).length).toBe(1)
      expect(answered).toBe(false)
      await holder.query('commit')
      expect((await answer).data?.patient.firstName).toBe('Canaryname')
    } finally {
      await holder.end()
    }
  })
})
