import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import { makeChart } from '../../support/populated-clinic.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'
import { everyRow } from './every-row.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

const PREVIEW = `query ($winner: ID!, $loser: ID!) { previewPatientMerge(winnerId: $winner, loserId: $loser) {
  winner { id } loser { id } moves { kind count } differences { field winnerValue loserValue }
  overlaps { winnerAppointment { id } loserAppointment { id } } bothHaveAccounts } }`
const MERGE =
  'mutation ($input: MergePatientsInput!) { mergePatients(input: $input) { id version movedRows reason mergedByName winner { id firstName phone } loser { id mergedInto { id } } } }'
const UNMERGE = 'mutation ($input: UnmergePatientsInput!) { unmergePatients(input: $input) { id version undoneAt undoReason } }'
const REASON = 'Same passport, seen at the desk'

describe('merging two records of one person (RULES P4)', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let admin: Ask

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    admin = server.as(accounts.ADMIN)
    await admin('{ me { id } }')
  })
  afterAll(() => server.stop())

  const two = async (winner: object = {}, loser: object = {}): Promise<[Patient, Patient]> => {
    const made: [Patient, Patient] = [server.make.patient(winner), server.make.patient(loser)]
    await server.make.save()
    return made
  }
  const inputOf = async (winner: Patient, loser: Patient, more: object = {}): Promise<Record<string, unknown>> => {
    const rows = await server.sql('select id, version from patient where id in ($1, $2)', [winner.id, loser.id])
    const version = (id: string): unknown => rows.find((row) => row['id'] === id)?.['version']
    const versions = { winnerVersion: version(winner.id), loserVersion: version(loser.id) }
    return { winnerId: winner.id, loserId: loser.id, ...versions, reason: REASON, ...more }
  }
  const merge = async (winner: Patient, loser: Patient, more: object = {}): Promise<any> => {
    const { data, errors } = await admin(MERGE, { input: await inputOf(winner, loser, more) })
    expect(errors).toBeUndefined()
    return data?.mergePatients
  }
  const unmerge = (mergeId: string, version: number): Promise<Answer> =>
    admin(UNMERGE, { input: { mergeId, version, reason: 'Two people after all' } })

  const everything = (): Promise<Record<string, unknown>> => everyRow(server)
  const charts = async (): Promise<[Patient, Patient]> => {
    const doctor = server.make.doctor()
    const pair = [
      server.make.patient({ allergyStatus: 'NONE_KNOWN' as never }),
      server.make.patient({ firstName: 'Other', allergyStatus: 'RECORDED' as never }),
    ] as [Patient, Patient]
    for (const [index, each] of pair.entries())
      makeChart(server.make, each, doctor, { by: accounts.DOCTOR, granted: accounts.OWNER, holder: accounts.PATIENT }, index)
    await server.make.user(server.hasher, [Role.PATIENT], { patient: pair[1] })
    await server.make.save()
    return pair
  }

  it('knows what to do with every table that refers to a patient, and each of them refuses a merged one', async () => {
    const references = await server.sql(
      `select t.relname || '.' || a.attname as name,
        exists (select from pg_index i where i.indrelid = t.oid and (i.indisunique or i.indisexclusion) and a.attnum = any (i.indkey::int2[])) as exclusive,
        exists (select from pg_attribute x where x.attrelid = t.oid and x.attname = 'id' and format_type(x.atttypid, null) = 'uuid') as "hasId",
        exists (select from pg_trigger g where g.tgrelid = t.oid and g.tgname = 'patient_not_merged') as guarded
       from pg_constraint c join pg_class t on t.oid = c.conrelid join unnest(c.conkey) k(n) on true
         join pg_attribute a on a.attrelid = t.oid and a.attnum = k.n
       where c.contype = 'f' and c.confrelid = 'patient'::regclass`,
    )
    const { COLLIDING, KEPT } = await import('../../../src/modules/merging/patient-references.js')
    const own = [...KEPT, 'patient.merged_into_id']
    const problems = references.flatMap(({ name: column, exclusive, hasId, guarded }) => {
      const name = String(column)
      return [
        // Name the column in `patient-references.ts`, and say there what happens when both have a row.
        ...(exclusive && !COLLIDING.has(name) && !KEPT.has(name) ? [`${name} can collide`] : []),
        ...(hasId ? [] : [`${name}: the table has no id`]),
        // The migration that makes the table ends with: select clinic_guard_merged_patients();
        ...(guarded || own.includes(name) ? [] : [`${name} takes rows of merged patients`]),
      ]
    })
    expect(problems).toEqual([])
    expect(references.length).toBeGreaterThan(12)
  })

  it('moves everything of the one to the other, and undone gives back exactly what was there', async () => {
    const [winner, loser] = await charts()
    const before = await everything()
    const preview = (await admin(PREVIEW, { winner: winner.id, loser: loser.id })).data?.previewPatientMerge
    expect(preview.moves).toEqual(
      expect.arrayContaining([
        { kind: 'Appointment', count: 1 },
        { kind: 'MedicalRecord', count: 2 },
        { kind: 'User', count: 1 },
        { kind: 'PatientProxy', count: 1 },
      ]),
    )
    expect(preview.differences.map(({ field }: any) => field)).toEqual(['FIRST_NAME', 'LAST_NAME'])
    expect(await everything()).toEqual(before)

    const merged = await merge(winner, loser, { takeFromLoser: ['FIRST_NAME'] })
    expect(merged).toMatchObject({
      winner: { firstName: 'Other' },
      loser: { mergedInto: { id: winner.id } },
      mergedByName: accounts.ADMIN.displayName,
    })
    expect(merged.movedRows).toBe(preview.moves.reduce((sum: number, { count }: any) => sum + count, 0))
    const after = await everything()
    for (const [table, rows] of Object.entries(after)) {
      const left = (rows as Record<string, unknown>[]).filter((row) => row['patient_id'] === loser.id)
      expect({ table, left }).toEqual({ table, left: [] })
      expect({ table, count: (rows as unknown[]).length }).toEqual({ table, count: (before[table] as unknown[]).length })
    }
    // An allergy of the one is an allergy of the person.
    const [status] = await server.sql('select allergy_status from patient where id = $1', [winner.id])
    expect(status).toEqual({ allergy_status: 'RECORDED' })
    expect(await server.lastEvent('MERGE')).toMatchObject({ entity: 'PatientMerge', entityId: merged.id })

    expect((await unmerge(merged.id, merged.version)).data?.unmergePatients).toMatchObject({ undoneAt: expect.any(String) })
    expect(await everything()).toEqual(before)
    expect(await server.lastEvent('UNMERGE')).toMatchObject({ facts: { left: 0 } })
    expect(codesOf(await unmerge(merged.id, merged.version + 1))).toEqual(['INVALID_TRANSITION'])
    // And can be done anew.
    expect((await merge(winner, loser)).id).not.toBe(merged.id)
  })

  it('leaves the loser readable, out of lists and searches, and closed for writing', async () => {
    const [winner, loser] = await two({ lastName: 'Xavieri' }, { lastName: 'Bortolucci' })
    await merge(winner, loser)
    const clerk = server.as(accounts.REGISTRATION_CLERK)
    const find = async (filter: object): Promise<string[]> =>
      (await clerk('query ($f: PatientFilter) { patients(filter: $f) { edges { node { id } } } }', { f: filter })).data?.patients.edges.map(
        ({ node }: any) => node.id,
      )
    expect(await find({ search: 'Bortolucci' })).toEqual([])
    expect(await find({ mrn: loser.mrn })).toEqual([])
    expect(await find({ search: 'Bortolucci', includeMerged: true })).toEqual([loser.id])
    const chart = await clerk('query ($id: ID!) { patient(id: $id) { lastName mergedInto { lastName } } }', { id: loser.id })
    expect(chart.data?.patient).toEqual({ lastName: 'Bortolucci', mergedInto: { lastName: 'Xavieri' } })
    const UPDATE = 'mutation ($input: UpdatePatientInput!) { updatePatient(input: $input) { id } }'
    expect(codesOf(await clerk(UPDATE, { input: { id: loser.id, version: 2, phone: '030 1234' } }))).toEqual(['CONFLICT'])
    const GRANT = 'mutation ($input: GrantProxyInput!) { grantProxy(input: $input) { id } }'
    const grant = { patientId: loser.id, holderUsername: accounts.PATIENT.username, scope: 'READ', validTo: '2099-01-01T00:00:00Z' }
    expect(codesOf(await clerk(GRANT, { input: grant }))).toEqual(['CONFLICT'])
    const doctor = server.make.doctor()
    const location = server.make.location()
    await server.make.save()
    const booking = `insert into appointment (id, patient_id, doctor_id, location_id, starts_at, ends_at, status) values (gen_random_uuid(), $1, $2, $3, now(), now() + interval '1 hour', 'BOOKED')`
    await expect(server.sql(booking, [loser.id, doctor.id, location.id])).rejects.toMatchObject({ code: 'CL001' })
    await expect(server.sql(booking, [winner.id, doctor.id, location.id])).resolves.toEqual([])
  })

  it('lets the account of the loser see the winner when both have one', async () => {
    const [winner, loser] = await two({ firstName: 'Winner' })
    const [first, second] = [
      await server.make.user(server.hasher, [Role.PATIENT], { patient: winner }),
      await server.make.user(server.hasher, [Role.PATIENT], { patient: loser }),
    ]
    await server.make.save()
    expect((await admin(PREVIEW, { winner: winner.id, loser: loser.id })).data?.previewPatientMerge.bothHaveAccounts).toBe(true)
    const merged = await merge(winner, loser)
    const see = async (user: User): Promise<unknown> =>
      (await server.as(user)('query ($id: ID!) { patient(id: $id) { firstName } }', { id: winner.id })).data?.patient
    expect([await see(first), await see(second)]).toEqual([{ firstName: 'Winner' }, { firstName: 'Winner' }])
    await unmerge(merged.id, merged.version)
    expect([await see(first), await see(second)]).toEqual([{ firstName: 'Winner' }, null])
  })

  it('refuses active appointments at the same time, unless a reason is given (RULES A2)', async () => {
    const [winner, loser] = await two()
    const startsAt = new Date(Date.now() + 86_400_000)
    const [one, other] = [winner, loser].map((patient) => server.make.appointment({ patient, startsAt, status: AppointmentStatus.BOOKED }))
    await server.make.save()
    const { data } = await admin(PREVIEW, { winner: winner.id, loser: loser.id })
    expect(data?.previewPatientMerge.overlaps).toEqual([{ winnerAppointment: { id: one!.id }, loserAppointment: { id: other!.id } }])
    expect(codesOf(await admin(MERGE, { input: await inputOf(winner, loser) }))).toEqual(['CONFLICT'])
    const merged = await merge(winner, loser, { overlapReason: 'Will be called about it' })
    const reasons = async (): Promise<unknown[]> =>
      server.sql('select patient_id, patient_overlap_reason as reason from appointment where id in ($1, $2) order by id', [
        one!.id,
        other!.id,
      ])
    expect(await reasons()).toEqual([
      { patient_id: winner.id, reason: null },
      { patient_id: winner.id, reason: 'Will be called about it' },
    ])
    expect((await unmerge(merged.id, merged.version)).errors).toBeUndefined()
    expect(await reasons()).toEqual([
      { patient_id: winner.id, reason: null },
      { patient_id: loser.id, reason: null },
    ])
  })

  it('keeps what was changed or entered since when it is undone', async () => {
    const [winner, loser] = await two({ phone: '030 1111' }, { phone: '030 2222' })
    const merged = await merge(winner, loser, { takeFromLoser: ['PHONE'] })
    expect(merged.winner.phone).toBe('030 2222')
    await server.sql("update patient set phone = '030 3333' where id = $1", [winner.id])
    const since = server.make.contact(winner)
    await server.make.save()
    expect((await unmerge(merged.id, merged.version)).errors).toBeUndefined()
    expect(await server.sql('select phone from patient where id = $1', [winner.id])).toEqual([{ phone: '030 3333' }])
    expect(await server.sql('select patient_id from patient_contact where id = $1', [since.id])).toEqual([{ patient_id: winner.id }])
    expect(await server.lastEvent('UNMERGE')).toMatchObject({ facts: { restored: 0, left: 1 } })
  })

  it('chains point to the last record and are undone from the end', async () => {
    const [a, b] = await two()
    const [c, d] = await two()
    server.make.contact(a)
    await server.make.save()
    const first = await merge(b, a)
    const second = await merge(c, b)
    const into = async (): Promise<unknown[]> =>
      (await server.sql('select merged_into_id as into from patient where id in ($1, $2) order by id', [a.id, b.id])).map(
        (row) => row['into'],
      )
    expect(await into()).toEqual([c.id, c.id])
    expect(codesOf(await admin(MERGE, { input: await inputOf(d, b) }))).toEqual(['CONFLICT'])
    expect(codesOf(await admin(MERGE, { input: await inputOf(b, d) }))).toEqual(['CONFLICT'])
    expect(codesOf(await unmerge(first.id, first.version))).toEqual(['CONFLICT'])
    expect((await unmerge(second.id, second.version)).errors).toBeUndefined()
    expect(await into()).toEqual([b.id, null])
    expect((await unmerge(first.id, first.version)).errors).toBeUndefined()
    expect(await into()).toEqual([null, null])
    expect(await server.sql('select count(*)::int as count from patient_contact where patient_id = $1', [a.id])).toEqual([{ count: 1 }])
  })

  it('runs once for many requests at the same time, whichever of the two they let go on', async () => {
    const [a, b] = await two()
    const inputs = await Promise.all([inputOf(a, b), inputOf(b, a)])
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => admin(MERGE, { input: inputs[index % 2] })))
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
    expect(new Set(answers.flatMap(codesOf))).toEqual(new Set(['CONFLICT']))
  })

  it('leaves nothing behind at the loser that was written meanwhile', async () => {
    const [winner, loser] = await two()
    const clerk = server.as(accounts.REGISTRATION_CLERK)
    const ADD = 'mutation ($input: AddPatientContactInput!) { addPatientContact(input: $input) { id } }'
    const writes = Array.from({ length: 16 }, (_, index) =>
      index % 2 === 0
        ? clerk(ADD, { input: { patientId: loser.id, fullName: 'Meanwhile', phone: '030 1234' } })
        : server
            .sql("insert into patient_contact (id, patient_id, full_name, phone) values (gen_random_uuid(), $1, 'x', '1234')", [loser.id])
            .catch((error: { code: string }) => {
              if (error.code !== 'CL001') throw error
            }),
    )
    const [merged] = await Promise.all([inputOf(winner, loser).then((input) => admin(MERGE, { input })), ...writes])
    expect(merged.errors).toBeUndefined()
    expect(await server.sql('select count(*)::int as count from patient_contact where patient_id = $1', [loser.id])).toEqual([{ count: 0 }])
  })

  it('is refused for stale versions, one record, unknown records, a short reason and those who may not', async () => {
    const [winner, loser] = await two()
    const input = await inputOf(winner, loser)
    const codes = async (more: object, as = admin): Promise<unknown[]> => codesOf(await as(MERGE, { input: { ...input, ...more } }))
    expect(await codes({ winnerVersion: 7 })).toEqual(['STALE_VERSION'])
    expect(await codes({ loserVersion: 7 })).toEqual(['STALE_VERSION'])
    expect(await codes({ loserId: winner.id })).toEqual(['BAD_USER_INPUT'])
    expect(await codes({ loserId: '018f0000-0000-7000-8000-0000000000ff' })).toEqual(['NOT_FOUND'])
    expect(await codes({ reason: 'same' })).toEqual(['BAD_USER_INPUT'])
    for (const role of [Role.DOCTOR, Role.REGISTRATION_CLERK, Role.STAFF])
      expect(await codes({}, server.as(accounts[role]))).toEqual(['FORBIDDEN'])
  })

  describe('proposals of the front desk', () => {
    const PROPOSE =
      'mutation ($input: ProposePatientMergeInput!) { proposePatientMerge(input: $input) { id version status proposedByName allowedTransitions } }'
    const REJECT =
      'mutation ($input: RejectPatientMergeProposalInput!) { rejectPatientMergeProposal(input: $input) { status decisionReason allowedTransitions } }'
    const LIST = '{ patientMergeProposals(filter: { status: [PROPOSED] }) { edges { node { id winner { id } loser { id } } } } }'
    const propose = (winner: Patient, loser: Patient): Promise<Answer> =>
      server.as(accounts.REGISTRATION_CLERK)(PROPOSE, { input: { winnerId: winner.id, loserId: loser.id, reason: REASON } })

    it('are made once per pair, listed, and accepted by the merge', async () => {
      const [winner, loser] = await two()
      const { data } = await propose(winner, loser)
      expect(data?.proposePatientMerge).toMatchObject({ status: 'PROPOSED', allowedTransitions: ['ACCEPTED', 'REJECTED'] })
      expect(codesOf(await propose(loser, winner))).toEqual(['CONFLICT'])
      const { id } = data?.proposePatientMerge
      expect((await admin(LIST)).data?.patientMergeProposals.edges).toEqual([
        { node: { id, winner: { id: winner.id }, loser: { id: loser.id } } },
      ])
      const [other, another] = await two()
      expect(codesOf(await admin(MERGE, { input: await inputOf(other, another, { proposalId: id }) }))).toEqual(['BAD_USER_INPUT'])
      const merged = await merge(winner, loser, { proposalId: id })
      expect(await server.sql('select status, merge_id from patient_merge_proposal where id = $1', [id])).toEqual([
        { status: 'ACCEPTED', merge_id: merged.id },
      ])
      expect(codesOf(await propose(winner, loser))).toEqual(['CONFLICT'])
    })

    it('are rejected with a reason, once, and not by the front desk', async () => {
      const [winner, loser] = await two()
      const { id, version } = (await propose(winner, loser)).data?.proposePatientMerge
      const input = { id, version, reason: 'Twins', notDuplicates: true }
      expect(codesOf(await server.as(accounts.REGISTRATION_CLERK)(REJECT, { input }))).toEqual(['FORBIDDEN'])
      expect((await admin(REJECT, { input })).data?.rejectPatientMergeProposal).toEqual({
        status: 'REJECTED',
        decisionReason: 'Twins',
        allowedTransitions: [],
      })
      expect(codesOf(await admin(REJECT, { input: { ...input, version: version + 1 } }))).toEqual(['INVALID_TRANSITION'])
      expect(await server.sql('select count(*)::int as count from patient_distinction')).toEqual([{ count: 1 }])
    })

    it('are rejected together with what is remembered of the two, or not at all', async () => {
      const [winner, loser] = await two()
      const { id, version } = (await propose(winner, loser)).data?.proposePatientMerge
      const input = { id, version, reason: 'Twins', notDuplicates: true }
      await server.sql(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$`)
      await server.sql('create trigger refused before insert on patient_distinction for each row execute function refuse()')
      const events = async (): Promise<unknown> =>
        (
          await server.sql("select count(*)::int as count from audit_event where entity = 'PatientMergeProposal' and entity_id = $1", [id])
        )[0]
      const before = await events()
      expect(codesOf(await admin(REJECT, { input }))).toEqual(['INTERNAL'])
      expect(await server.sql('select status, version from patient_merge_proposal where id = $1', [id])).toEqual([
        { status: 'PROPOSED', version },
      ])
      expect(await events()).toEqual(before)
      await server.sql('drop function refuse cascade')
      expect((await admin(REJECT, { input })).data?.rejectPatientMergeProposal).toMatchObject({ status: 'REJECTED' })
    })
  })
})
