import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import { MINUTE } from '../../src/clock.js'
import { UnitOfWork, type Transaction } from '../../src/database/unit-of-work.js'
import { Actor } from '../../src/access/actor.js'
import { Doctor } from '../../src/modules/doctors/doctor.entity.js'
import { Patient } from '../../src/modules/patients/patient.entity.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Appointment } from '../../src/modules/scheduling/appointment.entity.js'
import { watch, type Watch } from '../support/live-client.js'
import { MovingClock } from '../support/moving-clock.js'
import { codesOf, TestServer } from '../support/server.js'

const SUBSCRIPTION = `subscription ($doctorId: ID, $locationId: ID) {
  appointmentChanged(doctorId: $doctorId, locationId: $locationId) { id status reason patient { id lastName } }
}`

let clock: MovingClock
let server: TestServer
let second: TestServer
let accounts: Record<Role, User>
const open: Watch[] = []

beforeAll(async () => {
  clock = new MovingClock()
  server = await TestServer.start({ clock: clock.now })
  second = await TestServer.start({ on: server, clock: clock.now })
  accounts = await server.accounts()
}, 60_000)

afterAll(async () => {
  await Promise.all(open.map((one) => one.close()))
  await second.stop()
  await server.stop()
})

const changed = ({ id, doctor, location }: Appointment) =>
  ({ kind: 'appointment', id, doctorId: doctor.id, locationId: location.id }) as const

/** A transaction as a use case makes it. */
function transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
  const unit = new UnitOfWork(
    () => server.make.em.fork(),
    () => undefined,
  )
  return unit.run({ actor: new Actor(null), request: { requestId: 'test', remoteAddress: '' } }, work)
}

const tell = (...appointments: Appointment[]) =>
  transaction(async ({ emit }) => appointments.forEach((appointment) => emit(changed(appointment))))

async function anAppointment(...data: Parameters<TestServer['make']['appointment']>): Promise<Appointment> {
  const appointment = server.make.appointment(...data)
  await server.make.save()
  return appointment
}

const patientOf = (user: User): Promise<Patient> => server.make.em.findOneOrFail(Patient, { id: user.patient?.id ?? '' })

async function watching(user: User, variables: Record<string, unknown> = {}, on = server, query = SUBSCRIPTION): Promise<Watch> {
  const one = await watch(on.app.url, { token: await server.tokenOf(user) }, query, variables)
  open.push(one)
  return one
}

const toldIds = (one: Watch) => one.told.map(({ data }) => data?.['appointmentChanged']?.id as string)

describe('appointmentChanged', () => {
  it('tells of a change within the transaction that made it, on every instance', async () => {
    const appointment = await anAppointment()
    const [here, there] = await Promise.all([watching(accounts.STAFF), watching(accounts.STAFF, {}, second)])
    await tell(appointment)
    for (const one of [here, there]) {
      const [{ data }] = (await one.until(1)) as [{ data: Record<string, unknown> }]
      expect(data['appointmentChanged']).toMatchObject({ id: appointment.id, status: 'COMPLETED', patient: { id: appointment.patient.id } })
    }
  })

  it('tells nothing of a transaction that is rolled back', async () => {
    const [lost, kept] = [await anAppointment(), await anAppointment()]
    const one = await watching(accounts.STAFF)
    await transaction(async ({ emit }) => {
      emit(changed(lost))
      throw new Error('rolled back')
    }).catch(() => undefined)
    await tell(kept)
    await one.until(1)
    expect(toldIds(one)).toEqual([kept.id])
  })

  it('tells only what matches the doctor and the location asked for', async () => {
    const [wanted, other, elsewhere] = [
      await anAppointment(),
      await anAppointment(),
      await anAppointment({ location: server.make.location() }),
    ]
    const byDoctor = await watching(accounts.STAFF, { doctorId: wanted.doctor.id.toUpperCase() })
    const byLocation = await watching(accounts.STAFF, { locationId: elsewhere.location.id })
    await tell(other, elsewhere, wanted)
    await Promise.all([byDoctor.until(1), byLocation.until(1)])
    expect(toldIds(byDoctor)).toEqual([wanted.id])
    expect(toldIds(byLocation)).toEqual([elsewhere.id])
  })

  it('tells a patient of their own appointments and of no others (SECURITY A5)', async () => {
    const user = accounts.PATIENT
    const [foreign, own] = [await anAppointment(), await anAppointment({ patient: await patientOf(user) })]
    const one = await watching(user)
    await tell(foreign, own)
    await one.until(1)
    expect(toldIds(one)).toEqual([own.id])
  })

  it('shows what the role may read and refuses the rest, as a query would', async () => {
    const at = clock.now()
    const appointment = await anAppointment({ startsAt: at, endsAt: new Date(at.getTime() + 20 * MINUTE) })
    const one = await watching(accounts.CASHIER)
    await tell(appointment)
    const [told] = await one.until(1)
    expect(told?.data?.['appointmentChanged']).toMatchObject({ id: appointment.id, reason: null })
    expect(codesOf({ errors: told?.errors })).toEqual(['FORBIDDEN'])
  })

  it('is refused to a role that sees no appointments, and the trail says so', async () => {
    const one = await watching(accounts.PHARMACIST)
    const errors = (await one.untilEnded()) as never
    expect(codesOf({ errors })).toEqual(['FORBIDDEN'])
    await expect
      .poll(() => server.lastEvent('DENIED'))
      .toMatchObject({ userId: accounts.PHARMACIST.id, facts: { fields: ['appointmentChanged'] } })
  })

  it('looks at the rows of the actor anew for every event: a proxy that ends is told nothing more (RULES P6)', async () => {
    const user = await server.make.user(server.hasher, [Role.PATIENT], { patient: server.make.patient() })
    const appointment = await anAppointment()
    const later = await anAppointment({ patient: await patientOf(user) })
    await server.sql(
      `insert into patient_proxy (id, patient_id, holder_id, scope, valid_from, valid_to, granted_by_id)
       values (gen_random_uuid(), $1, $2, 'READ', now() - interval '1 day', now() + interval '1 day', $2)`,
      [appointment.patient.id, user.id],
    )
    const one = await watching(user)
    await tell(appointment)
    await one.until(1)
    await server.sql('update patient_proxy set revoked_at = now(), revoked_by_id = holder_id where holder_id = $1', [user.id])
    // An account is believed for half a second.
    await new Promise((resolve) => setTimeout(resolve, 600))
    await tell(appointment, later)
    await one.until(2)
    expect(toldIds(one)).toEqual([appointment.id, later.id])
  })

  it('is in the trail before it is sent, as a read of the patient (RULES S1, SECURITY P2)', async () => {
    const appointment = await anAppointment()
    const one = await watching(accounts.DOCTOR, { doctorId: appointment.doctor.id })
    await tell(appointment)
    await one.until(1)
    expect(await server.lastEvent('READ')).toMatchObject({
      userId: accounts.DOCTOR.id,
      patientIds: [appointment.patient.id],
      sections: ['Appointment', 'Patient'],
      facts: { subscription: 'appointmentChanged' },
    })
  })

  it('tells a row that changes many times while its client is slow once, as it is in the end', async () => {
    const appointment = await anAppointment()
    const one = await watching(accounts.STAFF, { doctorId: appointment.doctor.id })
    await Promise.all(Array.from({ length: 30 }, () => tell(appointment)))
    const last = await anAppointment({ doctor: await server.make.em.findOneOrFail(Doctor, { id: appointment.doctor.id }) })
    await tell(last)
    while (!toldIds(one).includes(last.id)) await one.until(one.told.length + 1)
    expect(one.told.length).toBeLessThan(32)
    expect(new Set(toldIds(one))).toEqual(new Set([appointment.id, last.id]))
  })

  it('says that something was missed when a transaction changes more rows than can be named', async () => {
    const appointment = await anAppointment()
    const one = await watching(accounts.STAFF)
    const many = Array.from({ length: 401 }, (_, index) => ({
      ...changed(appointment),
      id: appointment.id.slice(0, -3) + String(index + 100),
    }))
    await transaction(async ({ emit }) => many.forEach((event) => emit(event)))
    const [told] = await one.until(1)
    expect(told?.data).toBeNull()
    expect(codesOf({ errors: told?.errors })).toEqual(['MISSED_EVENTS'])
  })
})

describe('a database connection that is lost', () => {
  const backends = `from pg_stat_activity where application_name = 'clinic-live' and datname = current_database()`

  it('is made again, every subscription is told that it has missed something, and events go on', async () => {
    const appointment = await anAppointment()
    const [here, there] = await Promise.all([watching(accounts.STAFF), watching(accounts.STAFF, {}, second)])
    await server.sql(`select pg_terminate_backend(pid) ${backends}`)
    for (const one of [here, there]) {
      const [told] = await one.until(1)
      expect(codesOf({ errors: told?.errors })).toEqual(['MISSED_EVENTS'])
    }
    await tell(appointment)
    for (const one of [here, there]) while (!toldIds(one).includes(appointment.id)) await one.until(one.told.length + 1)
  })

  it('is one per process', async () => {
    expect(await server.sql(`select count(*)::int as n ${backends}`)).toEqual([{ n: 2 }])
  })
})

describe('a connection ends (RULES S4)', () => {
  const staffOn = async (role: Role = Role.STAFF) => {
    const user = await server.make.user(server.hasher, [role], { staff: server.make.staff() })
    await server.make.save()
    return user
  }

  it('at once on every instance when the staff member is deactivated', async () => {
    const user = await staffOn()
    const [here, there] = await Promise.all([watching(user), watching(user, {}, second)])
    const owner = server.as(accounts.OWNER)
    const begun = performance.now()
    const { errors } = await owner('mutation ($id: ID!) { deactivateStaff(id: $id) { id } }', { id: user.staff?.id })
    expect(errors).toBeUndefined()
    expect(await here.untilEnded()).toMatchObject({ code: 4401 })
    expect(await there.untilEnded()).toMatchObject({ code: 4401 })
    expect(performance.now() - begun).toBeLessThan(3000)
  })

  it('when the session is ended', async () => {
    const user = await staffOn()
    const one = await watching(user)
    await server.sql(`update session set revoked_at = now(), revoked_reason = 'SIGNED_OUT' where user_id = $1`, [user.id])
    expect(await one.untilEnded()).toMatchObject({ code: 4401 })
  })

  it('when the roles change, so that the client comes back with its new ones', async () => {
    const user = await staffOn()
    const one = await watching(user)
    await server.sql(`update user_account set roles = '{CASHIER}' where id = $1`, [user.id])
    expect(await one.untilEnded()).toMatchObject({ code: 4403 })
  })

  it('when the token ends, and not before (SECURITY S3)', async () => {
    const user = await staffOn()
    const one = await watching(user)
    clock.advance(14 * MINUTE)
    const later = await watching(user)
    clock.advance(MINUTE)
    expect(await one.untilEnded()).toMatchObject({ code: 4403, reason: 'The access token has ended' })
    expect(later.ended).toBeUndefined()
  })
})
