import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { DAY } from '../../../src/clock.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import { letterTo, tokenIn } from '../../support/mailbox.js'
import { MovingClock } from '../../support/moving-clock.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

const INVITE = 'mutation ($id: ID!) { invitePatient(patientId: $id) { link expiresAt mailed } }'
const ACCEPT =
  'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { accessToken viewer { username roles patient { id birthDate } } } }'
const BIRTH_DATE = '1984-02-29'
const PASSWORD = 'blue kettle 7'

describe('an invitation to the portal', () => {
  const clock = new MovingClock()
  const dataDir = mkdtempSync(join(tmpdir(), 'clinic-invitations-'))
  let server: TestServer
  let accounts: Record<Role, User>
  let patient: Patient
  let serial = 0

  beforeAll(async () => {
    server = await TestServer.start({ clock: clock.now, settings: { CLINIC_DATA_DIR: dataDir } })
    accounts = await server.accounts()
  })
  afterAll(async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true })
  })
  beforeEach(async () => {
    patient = server.make.patient({ birthDate: BIRTH_DATE, email: `Patient${(serial += 1)}@mail.test` })
    await server.make.save()
  })

  const invite = (by: User = accounts.REGISTRATION_CLERK, id: string = patient.id): Promise<Answer> => server.as(by)(INVITE, { id })
  const token = async (): Promise<string> => tokenIn((await invite()).data?.invitePatient.link)
  const accept = (given: string, input: Record<string, unknown> = {}): Promise<Answer> =>
    server.send(ACCEPT, { input: { token: given, birthDate: BIRTH_DATE, password: PASSWORD, ...input } })

  it('lets the patient make an account, which sees the own chart and is signed in', async () => {
    const { data, errors } = await accept(await token())
    expect(errors).toBeUndefined()
    expect(data?.acceptInvitation.viewer).toEqual({
      username: patient.email?.toLowerCase(),
      roles: ['PATIENT'],
      patient: { id: patient.id, birthDate: BIRTH_DATE },
    })
    expect((await server.signIn(patient.email ?? '', PASSWORD)).errors).toBeUndefined()
  })

  it('is sent by e-mail as well, with nothing about the patient in it', async () => {
    expect((await invite()).data?.invitePatient.mailed).toBe(true)
    const letter = await letterTo(server, patient.email ?? '')
    for (const secret of [patient.firstName, patient.lastName, patient.mrn, BIRTH_DATE]) expect(letter).not.toContain(secret)
    expect((await accept(tokenIn(letter))).errors).toBeUndefined()
  })

  it('takes the name the patient asks for, if it is free', async () => {
    expect((await accept(await token(), { username: ' Kettle.Blue ' })).data?.acceptInvitation.viewer.username).toBe('kettle.blue')
    const next = server.make.patient({ birthDate: BIRTH_DATE })
    await server.make.save()
    const given = tokenIn((await invite(accounts.ADMIN, next.id)).data?.invitePatient.link)
    const taken = await accept(given, { username: 'kettle.blue' })
    expect(taken.errors?.[0]?.extensions['fields']).toEqual([{ field: 'input.username', message: 'is taken' }])
    expect((await accept(given)).data?.acceptInvitation.viewer.username).toBe(`p${next.mrn}`)
  })

  it('takes the birth date for proof; an unknown link gets the same answer', async () => {
    const wrong = await accept(await token(), { birthDate: '1984-02-28' })
    const unknown = await accept('A'.repeat(43))
    expect(wrong).toEqual(unknown)
    expect(codesOf(wrong)).toEqual(['UNAUTHENTICATED'])
  })

  it('is worthless after five wrong birth dates, also when they come at once', async () => {
    const given = await token()
    await Promise.all(Array.from({ length: 12 }, () => accept(given, { birthDate: '1990-01-01' })))
    expect(codesOf(await accept(given))).toEqual(['UNAUTHENTICATED'])
    expect(await server.sql('select id from user_account where patient_id = $1', [patient.id])).toEqual([])
  })

  it('works once, for seven days, and only the newest', async () => {
    const [first, second] = [await token(), await token()]
    expect(codesOf(await accept(first))).toEqual(['UNAUTHENTICATED'])
    const answers = await Promise.all(Array.from({ length: 5 }, (_, index) => accept(second, { username: `kettle-${serial}-${index}` })))
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1)
    expect(codesOf(await accept(second))).toEqual(['UNAUTHENTICATED'])
    expect(codesOf(await invite())).toEqual(['CONFLICT'])
    patient = server.make.patient({ birthDate: BIRTH_DATE })
    await server.make.save()
    const late = await token()
    clock.advance(7 * DAY + 1)
    expect(codesOf(await accept(late))).toEqual(['UNAUTHENTICATED'])
  })

  it('asks for a password of 8 characters, and is not used up by a refused one', async () => {
    const given = await token()
    expect(codesOf(await accept(given, { password: 'kettle7' }))).toEqual(['BAD_USER_INPUT'])
    expect((await accept(given)).errors).toBeUndefined()
  })

  it('is the business of those who write patients, for patients they see', async () => {
    for (const role of [Role.PHARMACIST, Role.CASHIER, Role.ANALYST, Role.PATIENT])
      expect(codesOf(await invite(accounts[role]))).toEqual(['FORBIDDEN'])
    expect(codesOf(await server.send(INVITE, { id: patient.id }))).toEqual(['UNAUTHENTICATED'])
    expect(codesOf(await invite(accounts.ADMIN, '019a9c5e-0000-7000-8000-000000000000'))).toEqual(['NOT_FOUND'])
  })
})

describe('the first start of an empty clinic', () => {
  const SET_UP =
    'mutation ($input: SetUpOwnerInput!) { setUpOwner(input: $input) { accessToken viewer { username roles staff { fullName } } } }'
  const input = { username: 'Ada', displayName: 'Ada Quist', password: 'a heron beside the slow canal' }
  let server: TestServer

  beforeEach(async () => {
    server = await TestServer.start()
    return () => server.stop()
  })

  it('makes the first owner by a link that works once', async () => {
    const token = await server.app.newSetUpToken()
    const { data } = await server.send(SET_UP, { input: { ...input, token } })
    expect(data?.setUpOwner.viewer).toEqual({ username: 'ada', roles: ['OWNER'], staff: { fullName: 'Ada Quist' } })
    expect((await server.signIn('ada', input.password)).errors).toBeUndefined()
    expect(codesOf(await server.send(SET_UP, { input: { ...input, username: 'eve', token } }))).toEqual(['BAD_USER_INPUT'])
    expect(await server.app.newSetUpToken()).toBeNull()
  })

  it('makes one owner, however many use the link at the same moment', async () => {
    const token = await server.app.newSetUpToken()
    await Promise.all(Array.from({ length: 6 }, (_, index) => server.send(SET_UP, { input: { ...input, username: `ada${index}`, token } })))
    expect(await server.sql('select id from user_account')).toHaveLength(1)
  })

  it('asks for a good password, and takes no other link', async () => {
    const token = await server.app.newSetUpToken()
    expect(codesOf(await server.send(SET_UP, { input: { ...input, password: 'password', token } }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await server.send(SET_UP, { input: { ...input, token: 'A'.repeat(43) } }))).toEqual(['BAD_USER_INPUT'])
    expect(await server.sql('select id from user_account')).toEqual([])
  })
})
