import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

const DOCTOR = 'id version fullName specialty licenseNumber defaultAppointmentMinutes active staff { id }'
const CREATE = `mutation ($input: CreateDoctorInput!) { createDoctor(input: $input) { ${DOCTOR} } }`
const UPDATE = `mutation ($input: UpdateDoctorInput!) { updateDoctor(input: $input) { ${DOCTOR} } }`

describe('the directory of doctors', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let admin: (query: string, variables?: Record<string, unknown>) => Promise<Answer>

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    admin = server.as(accounts.ADMIN)
  })
  afterAll(() => server.stop())

  const staff = async (): Promise<string> => {
    const made = server.make.staff({ fullName: 'Jonas Salk' })
    await server.make.save()
    return made.id
  }

  it('takes the name from the staff member behind the doctor', async () => {
    const staffId = await staff()
    const { data, errors } = await admin(CREATE, { input: { staffId, specialty: 'Virology', licenseNumber: 'L-1' } })
    expect(errors).toBeUndefined()
    expect(data?.createDoctor).toMatchObject({
      fullName: 'Jonas Salk',
      specialty: 'Virology',
      defaultAppointmentMinutes: 20,
      active: true,
      staff: { id: staffId },
    })
  })

  it.each([
    [{}, 'input.fullName'],
    [{ fullName: ' ' }, 'input.fullName'],
    [{ fullName: 'A', defaultAppointmentMinutes: 4 }, 'input.defaultAppointmentMinutes'],
    [{ fullName: 'A', defaultAppointmentMinutes: 481 }, 'input.defaultAppointmentMinutes'],
    [{ staffId: '018f0000-0000-7000-8000-0000000000ff' }, 'input.staffId'],
    [{ staffId: 'nobody', fullName: 'A' }, 'input.staffId'],
    [{ fullName: 'A', licenseNumber: 'L-1' }, 'input.licenseNumber'],
  ])('refuses wrong input: %j', async (input, field) => {
    const { errors } = await admin(CREATE, { input })
    expect(codesOf({ errors })).toEqual(['BAD_USER_INPUT'])
    expect(errors?.[0]?.extensions['fields']).toEqual([expect.objectContaining({ field })])
  })

  it('holds one doctor for each staff member', async () => {
    const staffId = await staff()
    expect((await admin(CREATE, { input: { staffId } })).errors).toBeUndefined()
    const { errors } = await admin(CREATE, { input: { staffId } })
    expect(errors?.[0]?.extensions['fields']).toEqual([{ field: 'input.staffId', message: 'is another doctor already' }])
  })

  it('keeps what is not given, and takes each version once', async () => {
    const { data } = await admin(CREATE, { input: { fullName: 'Dr. Before', specialty: 'Surgery' } })
    const { id, version } = data?.createDoctor ?? {}
    const changed = await admin(UPDATE, { input: { id, version, fullName: 'Dr. After', active: false } })
    expect(changed.data?.updateDoctor).toMatchObject({ fullName: 'Dr. After', specialty: 'Surgery', active: false, version: version + 1 })
    expect(codesOf(await admin(UPDATE, { input: { id, version, fullName: 'Dr. Lost' } }))).toEqual(['STALE_VERSION'])
    expect(codesOf(await admin(UPDATE, { input: { id, version: version + 1, fullName: null } }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await admin(UPDATE, { input: { id: '018f0000-0000-7000-8000-0000000000ff', version: 1 } }))).toEqual(['NOT_FOUND'])
  })

  it('makes an account a doctor at once', async () => {
    const made = server.make.staff()
    const user = await server.make.user(server.hasher, [Role.DOCTOR], { staff: made })
    await server.make.save()
    const doctor = server.as(user)
    const own = 'query ($id: ID!) { doctor(id: $id) { weeklySchedule { weekday } } }'
    const { data } = await admin(CREATE, { input: { fullName: 'Dr. New' } })
    const { id, version } = data?.createDoctor ?? {}
    await server.sql(
      "insert into weekly_schedule (id, doctor_id, location_id, weekday, starts_at, ends_at, valid_from) select gen_random_uuid(), $1, $2, 1, '08:00', '12:00', '2026-01-01'",
      [id, await location()],
    )
    expect((await doctor(own, { id })).data?.doctor.weeklySchedule).toEqual([])
    await admin(UPDATE, { input: { id, version, staffId: made.id } })
    expect((await doctor(own, { id })).data?.doctor.weeklySchedule).toEqual([{ weekday: 1 }])
  })

  it.each(Object.values(Role).filter((role) => role !== Role.OWNER && role !== Role.ADMIN))('is not written by %s', async (role) => {
    expect(codesOf(await server.as(accounts[role])(CREATE, { input: { fullName: 'X' } }))).toEqual(['FORBIDDEN'])
    expect(codesOf(await server.as(accounts[role])(UPDATE, { input: { id: accounts.DOCTOR.id, version: 1 } }))).toEqual(['FORBIDDEN'])
  })

  const location = async (): Promise<string> => {
    const made = server.make.location()
    await server.make.save()
    return made.id
  }
})
