import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import { letterTo } from '../../support/mailbox.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

const OPEN =
  'mutation ($input: BreakGlassInput!) { breakGlass(input: $input) { id by reason startsAt endsAt active verdict patient { id lastName } } }'
const REVIEW =
  'mutation ($id: ID!, $verdict: BreakGlassVerdict!, $note: String) { reviewBreakGlass(id: $id, verdict: $verdict, note: $note) { id verdict reviewNote reviewerName active } }'
const USES =
  'query ($filter: BreakGlassFilter) { breakGlassUses(first: 100, filter: $filter) { totalCount edges { node { id by reason verdict patient { id } } } } }'
const CHART =
  'query ($id: ID!) { patient(id: $id) { lastName birthDate breakGlass { by endsAt } medicalRecords { totalCount edges { node { findings } } } } }'
const REASON = 'Unconscious in the waiting room'

describe('break-glass (RULES S3, SECURITY A8)', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'clinic-break-glass-'))
  let server: TestServer
  let accounts: Record<Role, User>
  let doctor: Ask
  let owner: Ask
  let admin: Ask

  beforeAll(async () => {
    server = await TestServer.start({ settings: { CLINIC_DATA_DIR: dataDir } })
    accounts = await server.accounts()
    doctor = server.as(accounts.DOCTOR)
    owner = server.as(accounts.OWNER)
    admin = server.as(accounts.ADMIN)
    await server.sql("update clinic_setting set doctor_scope = 'CARE_RELATION'")
  })
  afterAll(async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const foreign = async (): Promise<Patient> => {
    const patient = server.make.patient()
    server.make.record({ patient, findings: 'Pale.' })
    await server.make.save()
    return patient
  }
  const open = (patient: Patient, more: object = {}, as = doctor): Promise<Answer> =>
    as(OPEN, { input: { patientId: patient.id, reason: REASON, hours: 2, ...more } })
  const opened = async (patient: Patient, as = doctor): Promise<string> => (await open(patient, {}, as)).data?.breakGlass.id

  it('opens one chart to one account for some hours, with a banner, from the next request on', async () => {
    const [patient, other] = [await foreign(), await foreign()]
    expect(codesOf(await doctor(CHART, { id: patient.id }))).toEqual(['NOT_FOUND'])
    const { data, errors } = await open(patient)
    expect(errors).toBeUndefined()
    expect(data?.breakGlass).toMatchObject({
      by: accounts.DOCTOR.displayName,
      reason: REASON,
      active: true,
      verdict: null,
      patient: { id: patient.id, lastName: patient.lastName },
    })
    expect(Date.parse(data?.breakGlass.endsAt) - Date.parse(data?.breakGlass.startsAt)).toBe(2 * 3_600_000)
    const chart = await doctor(CHART, { id: patient.id })
    expect(chart.errors).toBeUndefined()
    expect(chart.data?.patient).toMatchObject({
      birthDate: '1980-05-17',
      breakGlass: { by: accounts.DOCTOR.displayName, endsAt: data?.breakGlass.endsAt },
      medicalRecords: { totalCount: 1, edges: [{ node: { findings: 'Pale.' } }] },
    })
    expect(codesOf(await doctor(CHART, { id: other.id }))).toEqual(['NOT_FOUND'])
    const colleague = await server.make.user(server.hasher, [Role.DOCTOR], { staff: server.make.staff() })
    await server.make.save()
    expect(codesOf(await server.as(colleague)(CHART, { id: patient.id }))).toEqual(['NOT_FOUND'])
  })

  it('finds the patient by the number on the wristband too', async () => {
    const patient = await foreign()
    const { data } = await doctor(OPEN, { input: { mrn: patient.mrn, reason: REASON, hours: 1 } })
    expect(data?.breakGlass.patient.id).toBe(patient.id)
  })

  it('ends by itself, banner and all', async () => {
    const patient = await foreign()
    const id = await opened(patient)
    await server.sql("update break_glass set starts_at = now() - interval '2 hours', ends_at = now() where id = $1", [id])
    expect(codesOf(await doctor(CHART, { id: patient.id }))).toEqual(['NOT_FOUND'])
    expect(
      (await admin('query ($id: ID!) { patient(id: $id) { breakGlass { by } } }', { id: patient.id })).data?.patient.breakGlass,
    ).toBeNull()
  })

  it.each([
    [{ reason: '' }, 'input.reason'],
    [{ reason: 'emergency' }, 'input.reason'],
    [{ reason: `         .         ` }, 'input.reason'],
    [{ hours: 0 }, 'input.hours'],
    [{ hours: 5 }, 'input.hours'],
    [{ mrn: '90000001' }, 'input.patientId'],
    [{ patientId: null }, 'input.patientId'],
  ])('is refused without a reason, a sensible time, and one patient: %j', async (input, field) => {
    const patient = await foreign()
    const { errors } = await open(patient, input)
    expect(codesOf({ errors })).toEqual(['BAD_USER_INPUT'])
    expect(errors?.[0]?.extensions['fields']).toEqual([expect.objectContaining({ field })])
    expect(codesOf(await doctor(CHART, { id: patient.id }))).toEqual(['NOT_FOUND'])
  })

  it('is refused for a patient who is not there, and leaves nothing', async () => {
    const before = await server.sql('select count(*)::int as n from break_glass')
    expect(codesOf(await doctor(OPEN, { input: { patientId: '018f0000-0000-7000-8000-0000000000ff', reason: REASON, hours: 1 } }))).toEqual(
      ['NOT_FOUND'],
    )
    expect(codesOf(await doctor(OPEN, { input: { patientId: 'nobody', reason: REASON, hours: 1 } }))).toEqual(['NOT_FOUND'])
    expect(codesOf(await doctor(OPEN, { input: { mrn: '00000000', reason: REASON, hours: 1 } }))).toEqual(['NOT_FOUND'])
    expect(await server.sql('select count(*)::int as n from break_glass')).toEqual(before)
  })

  it('cannot be longer than four hours in the database either', async () => {
    const id = await opened(await foreign())
    await expect(
      server.sql("update break_glass set ends_at = starts_at + interval '4 hours 1 second' where id = $1", [id]),
    ).rejects.toThrow(/break_glass_length/)
  })

  it('leaves an event, without the reason, and one for the review (SECURITY P1, P7)', async () => {
    const patient = await foreign()
    const id = await opened(patient)
    expect(await server.lastEvent('BREAK_GLASS')).toMatchObject({
      userId: accounts.DOCTOR.id,
      entityId: id,
      patientIds: [patient.id],
      facts: { hours: 2 },
    })
    expect(JSON.stringify(await server.lastEvent('BREAK_GLASS'))).not.toContain(REASON)
    await owner(REVIEW, { id, verdict: 'JUSTIFIED', note: 'Well done' })
    const reviewed = await server.lastEvent('BREAK_GLASS_REVIEWED')
    expect(reviewed).toMatchObject({
      userId: accounts.OWNER.id,
      entityId: id,
      subjectUserId: accounts.DOCTOR.id,
      patientIds: [patient.id],
      facts: { verdict: 'JUSTIFIED' },
    })
    expect(JSON.stringify(reviewed)).not.toContain('Well done')
  })

  it.each(Object.values(Role).filter((role) => role !== Role.DOCTOR && role !== Role.STAFF))('is refused to %s', async (role) => {
    expect(codesOf(await open(await foreign(), {}, server.as(accounts[role])))).toEqual(['FORBIDDEN'])
  })

  it('is told to every owner, who finds it among the notices until they have read it', async () => {
    const patient = await foreign()
    const id = await opened(patient)
    const list =
      '{ notices(first: 100, filter: { unread: true }) { totalCount edges { node { id kind readAt breakGlass { id by patient { id } } } } } }'
    const mine = async (): Promise<any> =>
      (await owner(list)).data?.notices.edges.map((edge: any) => edge.node).find((node: any) => node.breakGlass.id === id)
    const notice = await mine()
    expect(notice).toMatchObject({
      kind: 'BREAK_GLASS',
      readAt: null,
      breakGlass: { by: accounts.DOCTOR.displayName, patient: { id: patient.id } },
    })
    for (const role of Object.values(Role).filter((role) => role !== Role.OWNER)) {
      const as = server.as(accounts[role])
      expect((await as(list)).data?.notices.totalCount).toBe(0)
      expect(codesOf(await as('mutation ($id: ID!) { markNoticeRead(id: $id) { id } }', { id: notice.id }))).toEqual(['NOT_FOUND'])
    }
    const read = await owner('mutation ($id: ID!) { markNoticeRead(id: $id) { id readAt } }', { id: notice.id })
    expect(read.data?.markNoticeRead.readAt).toEqual(expect.any(String))
    expect(await mine()).toBeUndefined()
  })

  it('is told to the owners by mail, which names nobody', async () => {
    await server.sql('update staff set email = $1 where id = $2', ['owner@mail.test', accounts.OWNER.staff!.id])
    const patient = await foreign()
    await opened(patient)
    const letter = await letterTo(server, 'owner@mail.test')
    expect(letter).toContain('in an emergency')
    for (const secret of [patient.id, patient.lastName, patient.mrn, REASON, accounts.DOCTOR.displayName])
      expect(letter).not.toContain(secret)
  })

  it.each(['patientId', 'userId'])('is not filtered by a %s that is no id: the error names the field', async (field) => {
    const { errors } = await server.as(accounts[Role.OWNER])(
      'query ($filter: BreakGlassFilter) { breakGlassUses(filter: $filter) { totalCount } }',
      { filter: { [field]: 'x' } },
    )
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: `filter.${field}` }] })
  })

  it('is listed in full for those who review it, and for others their own', async () => {
    const patient = await foreign()
    const id = await opened(patient)
    const byStaff = await opened(patient, server.as(accounts.STAFF))
    const of = async (as: Ask, filter: object): Promise<string[]> => {
      const { data, errors } = await as(USES, { filter })
      expect(errors).toBeUndefined()
      expect(data?.breakGlassUses.totalCount).toBe(data?.breakGlassUses.edges.length)
      return data?.breakGlassUses.edges.map((edge: any) => edge.node.id)
    }
    expect((await of(admin, { patientId: patient.id })).toSorted()).toEqual([id, byStaff].toSorted())
    expect(await of(admin, { patientId: patient.id, userId: accounts.STAFF.id })).toEqual([byStaff])
    expect(await of(doctor, { patientId: patient.id })).toEqual([id])
    expect(await of(admin, { from: new Date(Date.now() + 60_000).toISOString() })).toEqual([])
    await owner(REVIEW, { id, verdict: 'JUSTIFIED' })
    expect(await of(admin, { patientId: patient.id, reviewed: true })).toEqual([id])
    expect(await of(admin, { patientId: patient.id, reviewed: false })).toEqual([byStaff])
    for (const role of [Role.REGISTRATION_CLERK, Role.PHARMACIST, Role.CASHIER, Role.ANALYST, Role.PATIENT]) {
      expect(codesOf(await server.as(accounts[role])('{ breakGlassUses { totalCount } }'))).toEqual(['FORBIDDEN'])
    }
  })

  describe('the review', () => {
    it('says whether there was a need, once', async () => {
      const id = await opened(await foreign())
      const { data } = await owner(REVIEW, { id, verdict: 'JUSTIFIED', note: ' Saved a life. ' })
      expect(data?.reviewBreakGlass).toEqual({
        id,
        verdict: 'JUSTIFIED',
        reviewNote: 'Saved a life.',
        reviewerName: accounts.OWNER.displayName,
        active: true,
      })
      expect(codesOf(await admin(REVIEW, { id, verdict: 'NOT_JUSTIFIED' }))).toEqual(['CONFLICT'])
    })

    it('happens once when two review at the same time', async () => {
      const id = await opened(await foreign())
      const answers = await Promise.all([owner, admin, owner, admin].map((as) => as(REVIEW, { id, verdict: 'JUSTIFIED' })))
      expect(answers.flatMap(codesOf)).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT'])
    })

    it('closes the chart at once when there was none', async () => {
      const patient = await foreign()
      const id = await opened(patient)
      expect((await owner(REVIEW, { id, verdict: 'NOT_JUSTIFIED' })).data?.reviewBreakGlass).toMatchObject({
        verdict: 'NOT_JUSTIFIED',
        active: false,
      })
      expect(codesOf(await doctor(CHART, { id: patient.id }))).toEqual(['NOT_FOUND'])
    })

    it('is nobody’s own business', async () => {
      const user = await server.make.user(server.hasher, [Role.OWNER, Role.DOCTOR], { staff: server.make.staff() })
      await server.make.save()
      const id = await opened(await foreign(), server.as(user))
      expect(codesOf(await server.as(user)(REVIEW, { id, verdict: 'JUSTIFIED' }))).toEqual(['FORBIDDEN'])
      await expect(
        server.sql("update break_glass set verdict = 'JUSTIFIED', reviewed_at = now(), reviewed_by_id = user_id where id = $1", [id]),
      ).rejects.toThrow(/break_glass_review/)
      expect((await owner(REVIEW, { id, verdict: 'JUSTIFIED' })).errors).toBeUndefined()
    })

    it.each(Object.values(Role).filter((role) => role !== Role.OWNER && role !== Role.ADMIN))('is refused to %s', async (role) => {
      const id = await opened(await foreign())
      expect(codesOf(await server.as(accounts[role])(REVIEW, { id, verdict: 'JUSTIFIED' }))).toEqual(['FORBIDDEN'])
    })

    it('of something that is not there is NOT_FOUND', async () => {
      expect(codesOf(await owner(REVIEW, { id: '018f0000-0000-7000-8000-0000000000ff', verdict: 'JUSTIFIED' }))).toEqual(['NOT_FOUND'])
    })
  })
})
