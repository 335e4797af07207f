import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

const RECORD = `mutation ($input: RecordAllergyInput!) { recordAllergy(input: $input) {
  id version substance code criticality reactions clinicalStatus verificationStatus allowedTransitions patient { allergyStatus } } }`
const CHANGE = `mutation ($input: UpdateAllergyInput!) { updateAllergy(input: $input) {
  version criticality clinicalStatus verificationStatus allowedTransitions allowedVerifications
  statusHistory { kind fromStatus toStatus reason byName } patient { allergyStatus } } }`
const NONE = 'mutation ($id: ID!) { recordNoKnownAllergies(patientId: $id) { allergyStatus } }'
const CONDITION = `mutation ($input: RecordConditionInput!) { recordCondition(input: $input) {
  id version display clinicalStatus verificationStatus onsetDate allowedTransitions medicalRecord { id } } }`
const MOVE = `mutation ($input: UpdateConditionStatusInput!) { updateConditionStatus(input: $input) {
  version clinicalStatus verificationStatus abatementDate statusHistory { kind fromStatus toStatus reason } } }`

describe('allergies and conditions (RULES P5)', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let doctor: (query: string, variables?: Record<string, unknown>) => Promise<Answer>

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    doctor = server.as(accounts.DOCTOR)
  })
  afterAll(() => server.stop())

  const patient = async (): Promise<string> => {
    const { id } = server.make.patient()
    await server.make.save()
    return id
  }

  it('an allergy is recorded with criticality and reactions, once', async () => {
    const patientId = await patient()
    const input = { patientId, substance: 'Penicillin', codeSystem: 'RXNORM', code: '70618', criticality: 'HIGH', reactions: ['Hives'] }
    const { data, errors } = await doctor(RECORD, { input })
    expect(errors).toBeUndefined()
    expect(data?.recordAllergy).toMatchObject({
      substance: 'Penicillin',
      criticality: 'HIGH',
      reactions: ['Hives'],
      clinicalStatus: 'ACTIVE',
      verificationStatus: 'CONFIRMED',
      allowedTransitions: ['INACTIVE', 'RESOLVED'],
      patient: { allergyStatus: 'RECORDED' },
    })
    expect(codesOf(await doctor(RECORD, { input }))).toEqual(['CONFLICT'])
    expect(codesOf(await doctor(NONE, { id: patientId }))).toEqual(['CONFLICT'])
  })

  it('with a key is recorded once for many requests (SECURITY C4)', async () => {
    const input = { patientId: await patient(), substance: 'Latex', idempotencyKey: 'latex' }
    const answers = await Promise.all(Array.from({ length: 8 }, () => doctor(RECORD, { input })))
    expect(new Set(answers.map(({ data }) => data?.recordAllergy.id)).size).toBe(1)
  })

  it('"no known allergies" is a fact of its own, and gives way to an allergy', async () => {
    const patientId = await patient()
    const status = async (): Promise<unknown> =>
      (await doctor('query ($id: ID!) { patient(id: $id) { allergyStatus } }', { id: patientId })).data?.patient.allergyStatus
    expect(await status()).toBe('NOT_ASKED')
    expect((await doctor(NONE, { id: patientId })).data?.recordNoKnownAllergies.allergyStatus).toBe('NONE_KNOWN')
    await doctor(RECORD, { input: { patientId, substance: 'Nuts', confirmed: false } })
    expect(await status()).toBe('RECORDED')
  })

  it('a refuted allergy stays readable with its reason, counts no more, and the question is open again', async () => {
    const patientId = await patient()
    const { id } = (await doctor(RECORD, { input: { patientId, substance: 'Pollen' } })).data?.recordAllergy
    expect(codesOf(await doctor(CHANGE, { input: { id, version: 1, verificationStatus: 'REFUTED' } }))).toEqual(['BAD_USER_INPUT'])
    const { data, errors } = await doctor(CHANGE, { input: { id, version: 1, verificationStatus: 'REFUTED', reason: 'Test negative' } })
    expect(errors).toBeUndefined()
    expect(data?.updateAllergy).toMatchObject({
      verificationStatus: 'REFUTED',
      allowedTransitions: [],
      allowedVerifications: ['UNCONFIRMED', 'CONFIRMED', 'ENTERED_IN_ERROR'],
      statusHistory: [
        {
          kind: 'VERIFICATION',
          fromStatus: 'CONFIRMED',
          toStatus: 'REFUTED',
          reason: 'Test negative',
          byName: accounts.DOCTOR.displayName,
        },
      ],
      patient: { allergyStatus: 'NOT_ASKED' },
    })
    expect((await doctor(NONE, { id: patientId })).errors).toBeUndefined()
    expect((await doctor(RECORD, { input: { patientId, substance: 'pollen' } })).errors).toBeUndefined()
    // The trail holds no reason (SECURITY P7).
    expect(JSON.stringify(await server.lastEvent('UPDATE'))).not.toContain('negative')
  })

  it('an allergy moves only where the table says', async () => {
    const { id } = (await doctor(RECORD, { input: { patientId: await patient(), substance: 'Cats' } })).data?.recordAllergy
    const to = (version: number, more: object) => doctor(CHANGE, { input: { id, version, ...more } })
    expect((await to(1, { clinicalStatus: 'RESOLVED', criticality: 'LOW' })).data?.updateAllergy).toMatchObject({
      clinicalStatus: 'RESOLVED',
      criticality: 'LOW',
    })
    expect(codesOf(await to(2, { clinicalStatus: 'INACTIVE' }))).toEqual(['INVALID_TRANSITION'])
    expect(codesOf(await to(1, { criticality: 'HIGH' }))).toEqual(['STALE_VERSION'])
    expect((await to(2, { verificationStatus: 'ENTERED_IN_ERROR', reason: 'Wrong patient' })).errors).toBeUndefined()
    expect(codesOf(await to(3, { verificationStatus: 'CONFIRMED' }))).toEqual(['INVALID_TRANSITION'])
    expect(codesOf(await to(3, { clinicalStatus: 'ACTIVE' }))).toEqual(['INVALID_TRANSITION'])
  })

  it.each([
    ['substance', { substance: '' }],
    ['code', { code: '1' }],
    ['onsetDate', { onsetDate: '1970-01-01' }],
    ['onsetDate', { onsetDate: '2999-01-01' }],
    ['reactions', { reactions: Array.from({ length: 21 }, () => 'x') }],
  ])('refuses a wrong %s', async (field, wrong) => {
    const answer = await doctor(RECORD, { input: { patientId: await patient(), substance: 'X', ...wrong } })
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: `input.${field}` }] })
  })

  it('a condition is recorded, ends and comes again', async () => {
    const patientId = await patient()
    const input = { patientId, display: 'Asthma', codeSystem: 'ICD_10_CM', code: 'J45.9', onsetDate: '1999-01-01' }
    const made = (await doctor(CONDITION, { input })).data?.recordCondition
    expect(made).toMatchObject({
      clinicalStatus: 'ACTIVE',
      verificationStatus: 'CONFIRMED',
      allowedTransitions: ['INACTIVE', 'REMISSION', 'RESOLVED'],
    })
    const move = (version: number, more: object) => doctor(MOVE, { input: { id: made.id, version, ...more } })
    expect((await move(1, { clinicalStatus: 'RESOLVED', abatementDate: '2020-01-01' })).data?.updateConditionStatus).toMatchObject({
      clinicalStatus: 'RESOLVED',
      abatementDate: '2020-01-01',
    })
    expect(codesOf(await move(2, { clinicalStatus: 'ACTIVE' }))).toEqual(['INVALID_TRANSITION'])
    expect((await move(2, { clinicalStatus: 'RECURRENCE', reason: 'Attack' })).data?.updateConditionStatus).toMatchObject({
      abatementDate: null,
      statusHistory: [
        { kind: 'CLINICAL', fromStatus: 'RESOLVED', toStatus: 'RECURRENCE', reason: 'Attack' },
        { kind: 'CLINICAL', fromStatus: 'ACTIVE', toStatus: 'RESOLVED', reason: null },
      ],
    })
    expect(codesOf(await move(3, { clinicalStatus: 'RESOLVED', abatementDate: '1998-01-01' }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await move(3, { abatementDate: '2021-01-01' }))).toEqual(['BAD_USER_INPUT'])
  })

  it('a condition is found in a record of the same patient only', async () => {
    const mine = server.make.patient()
    const record = server.make.record({ patient: mine })
    const foreign = server.make.record({ patient: server.make.patient() })
    await server.make.save()
    const input = { patientId: mine.id, display: 'Asthma' }
    const { data } = await doctor(CONDITION, { input: { ...input, medicalRecordId: record.id } })
    expect(data?.recordCondition.medicalRecord).toEqual({ id: record.id })
    expect(codesOf(await doctor(CONDITION, { input: { ...input, medicalRecordId: foreign.id } }))).toEqual(['NOT_FOUND'])
  })

  it.each([Role.STAFF, Role.REGISTRATION_CLERK, Role.OWNER, Role.PATIENT])('is not for %s to write', async (role) => {
    const patientId = await patient()
    const ask = server.as(accounts[role])
    expect(codesOf(await ask(RECORD, { input: { patientId, substance: 'X' } }))).toEqual(['FORBIDDEN'])
    expect(codesOf(await ask(CONDITION, { input: { patientId, display: 'X' } }))).toEqual(['FORBIDDEN'])
  })
})
