import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { WeeklySchedule } from '../../../src/modules/doctors/weekly-schedule.entity.js'
import type { Doctor } from '../../../src/modules/doctors/doctor.entity.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import type { Location } from '../../../src/modules/locations/location.entity.js'
import type { Room } from '../../../src/modules/locations/room.entity.js'
import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import { Availability } from '../../../src/modules/scheduling/availability.js'
import { ReadDatabase } from '../../../src/database/read-database.js'
import { Service } from '../../../src/modules/services/service.entity.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

/** A Monday, before opening; all times below are of this week. */
const NOW = new Date('2027-06-07T05:00:00Z')
const DAY = 'from: "2027-06-07T00:00:00+02:00", to: "2027-06-08T00:00:00+02:00"'
const SEARCH = `query ($doctorId: ID!, $from: DateTime!, $to: DateTime!, $serviceId: ID, $durationMinutes: Int, $locationId: ID) {
  availableSlots(doctorId: $doctorId, from: $from, to: $to, serviceId: $serviceId, durationMinutes: $durationMinutes, locationId: $locationId) {
    emptyReason slots { startsAt endsAt doctor { id fullName } location { id } room { id } } } }`

describe('availableSlots (RULES A4, A6)', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let clerk: (query: string, variables?: Record<string, unknown>) => Promise<Answer>
  let location: Location
  let serial = 0

  beforeAll(async () => {
    server = await TestServer.start({ clock: () => new Date(NOW) })
    accounts = await server.accounts()
    clerk = server.as(accounts.REGISTRATION_CLERK)
    location = server.make.location()
    await server.make.save()
  })
  afterAll(() => server.stop())

  /** A doctor who works on Mondays from 9 to 11. */
  const doctorAtWork = async (data: Partial<Doctor> = {}, room: Room | null = null, at: Location = location): Promise<Doctor> => {
    const doctor = server.make.doctor({ defaultAppointmentMinutes: 30, ...data })
    server.make.em.create(WeeklySchedule, {
      doctor,
      location: at,
      room,
      weekday: 1,
      startsAt: '09:00',
      endsAt: '11:00',
      validFrom: '2026-01-01',
    } as never)
    await server.make.save()
    return doctor
  }

  const service = async (data: Partial<Service> = {}): Promise<Service> => {
    const made = server.make.em.create(Service, {
      code: `S${(serial += 1)}`,
      name: 'Consultation',
      durationMinutes: 60,
      price: { amount: '50.00', currency: 'EUR' },
      onlineBookable: true,
      ...data,
    } as never)
    await server.make.save()
    return made
  }

  const booked = async (doctor: Doctor, startsAt: string, endsAt: string, data: object = {}): Promise<string> => {
    const status = AppointmentStatus.BOOKED
    const made = server.make.appointment({
      doctor,
      location,
      startsAt: new Date(startsAt),
      endsAt: new Date(endsAt),
      status,
      ...data,
    })
    await server.make.save()
    return made.id
  }

  const monday = { from: '2027-06-07T00:00:00+02:00', to: '2027-06-08T00:00:00+02:00' }
  const search = async (ask: typeof clerk, doctor: Doctor, variables: object = {}) => {
    const { data, errors } = await ask(SEARCH, { doctorId: doctor.id, ...monday, ...variables })
    expect(errors).toBeUndefined()
    return data?.availableSlots as { emptyReason: string | null; slots: { startsAt: string; endsAt: string }[] }
  }
  const starts = async (...args: Parameters<typeof search>): Promise<string[]> =>
    (await search(...args)).slots.map(({ startsAt }) => startsAt.slice(11, 16))

  it('gives the free times of a doctor in one statement, with doctor, place and room', async () => {
    const room = server.make.room(location)
    const doctor = await doctorAtWork({}, room)
    await booked(doctor, '2027-06-07T09:30:00+02:00', '2027-06-07T10:00:00+02:00')
    server.statements.length = 0
    const { slots, emptyReason } = await search(clerk, doctor)
    expect(emptyReason).toBeNull()
    expect(slots.map(({ startsAt }) => startsAt.slice(11, 16))).toEqual(['07:00', '08:00', '08:10', '08:20', '08:30'])
    expect(slots[0]).toEqual({
      startsAt: '2027-06-07T07:00:00.000Z',
      endsAt: '2027-06-07T07:30:00.000Z',
      doctor: { id: doctor.id, fullName: doctor.fullName },
      location: { id: location.id },
      room: { id: room.id },
    })
    expect(server.statements.filter(({ name }) => name === 'availability')).toHaveLength(1)
    expect(server.statements.length).toBeLessThanOrEqual(6)
  })

  it('takes length and the time kept free around it from the service', async () => {
    const doctor = await doctorAtWork()
    const { id: serviceId } = await service({ durationMinutes: 40, bufferAfterMinutes: 20 })
    await booked(doctor, '2027-06-07T10:20:00+02:00', '2027-06-07T11:00:00+02:00')
    const { slots } = await search(clerk, doctor, { serviceId })
    expect(slots.map(({ startsAt, endsAt }) => `${startsAt.slice(11, 16)} ${endsAt.slice(11, 16)}`)).toEqual([
      '07:00 07:40',
      '07:10 07:50',
      '07:20 08:00',
    ])
  })

  it('counts visits placed over others, and not those that are over with (RULES A1, A3)', async () => {
    const doctor = await doctorAtWork()
    await booked(doctor, '2027-06-07T09:00:00+02:00', '2027-06-07T10:00:00+02:00')
    await booked(doctor, '2027-06-07T09:30:00+02:00', '2027-06-07T10:30:00+02:00', { overbookReason: 'in pain' })
    await booked(doctor, '2027-06-07T10:30:00+02:00', '2027-06-07T11:00:00+02:00', { status: AppointmentStatus.CANCELLED })
    expect(await starts(clerk, doctor)).toEqual(['08:30'])
  })

  it('leaves out what another doctor does in the room', async () => {
    const room = server.make.room(location)
    const [doctor, other] = [await doctorAtWork({}, room), await doctorAtWork()]
    await booked(other, '2027-06-07T09:00:00+02:00', '2027-06-07T10:30:00+02:00', { room })
    expect(await starts(clerk, doctor)).toEqual(['08:30'])
  })

  it('says why there is none', async () => {
    const doctor = await doctorAtWork()
    await server.sql(
      `insert into time_off (id, doctor_id, kind, starts_at, ends_at, starts_on, ends_on, entered_by_id)
       values (gen_random_uuid(), $1, 'SICK_LEAVE', '2027-06-06T22:00Z', '2027-06-07T22:00Z', '2027-06-07', '2027-06-07', $2)`,
      [doctor.id, accounts.OWNER.id],
    )
    const tuesday = { from: '2027-06-08T00:00:00+02:00', to: '2027-06-09T00:00:00+02:00' }
    const yesterday = { from: '2027-06-06T00:00:00+02:00', to: '2027-06-07T00:00:00+02:00' }
    expect(await search(clerk, doctor)).toEqual({ slots: [], emptyReason: 'ON_LEAVE' })
    expect(await search(clerk, doctor, tuesday)).toEqual({ slots: [], emptyReason: 'NOT_WORKING' })
    expect(await search(clerk, doctor, yesterday)).toEqual({ slots: [], emptyReason: 'OUTSIDE_BOOKING_WINDOW' })
    const full = await doctorAtWork()
    await booked(full, '2027-06-07T09:00:00+02:00', '2027-06-07T10:45:00+02:00')
    expect(await search(clerk, full)).toEqual({ slots: [], emptyReason: 'NO_GAP_LONG_ENOUGH' })
    await booked(full, '2027-06-07T10:45:00+02:00', '2027-06-07T11:00:00+02:00')
    expect(await search(clerk, full)).toEqual({ slots: [], emptyReason: 'FULLY_BOOKED' })
    const gone = await doctorAtWork({ active: false })
    expect(await search(clerk, gone)).toEqual({ slots: [], emptyReason: 'NOT_WORKING' })
  })

  it('holds patients to their window, and staff only to the present (RULES A6)', async () => {
    const doctor = await doctorAtWork()
    const patient = server.as(accounts.PATIENT)
    // It is 7 in the morning; notice is two hours and a half from here on.
    await server.sql('update clinic_setting set minimum_notice_minutes = 150')
    expect(await starts(patient, doctor)).toEqual(['07:30', '07:40', '07:50', '08:00', '08:10', '08:20', '08:30'])
    expect((await starts(clerk, doctor))[0]).toBe('07:00')
    await server.sql('update clinic_setting set minimum_notice_minutes = 120')
    const later = { from: '2027-09-27T00:00:00+02:00', to: '2027-09-28T00:00:00+02:00' }
    expect(await search(patient, doctor, later)).toEqual({ slots: [], emptyReason: 'OUTSIDE_BOOKING_WINDOW' })
    expect(await starts(clerk, doctor, later)).toHaveLength(10)
  })

  it('offers patients only what they may book themselves', async () => {
    const doctor = await doctorAtWork()
    const hidden = await service({ onlineBookable: false })
    const old = await service({ active: false })
    const shown = await service()
    const patient = server.as(accounts.PATIENT)
    const variables = (made: Service) => ({ doctorId: doctor.id, ...monday, serviceId: made.id })
    expect(codesOf(await patient(SEARCH, variables(hidden)))).toEqual(['NOT_FOUND'])
    expect(codesOf(await patient(SEARCH, variables(old)))).toEqual(['NOT_FOUND'])
    expect((await search(patient, doctor, { serviceId: shown.id })).slots).toHaveLength(7)
    expect((await search(clerk, doctor, { serviceId: hidden.id })).slots).toHaveLength(7)
    expect(codesOf(await patient(SEARCH, { doctorId: doctor.id, ...monday, durationMinutes: 5 }))).toEqual(['BAD_USER_INPUT'])
  })

  it('looks at one location when one is named', async () => {
    const elsewhere = server.make.location()
    const doctor = await doctorAtWork()
    await server.make.save()
    expect(await starts(clerk, doctor, { locationId: location.id })).toHaveLength(10)
    expect(await search(clerk, doctor, { locationId: elsewhere.id })).toEqual({ slots: [], emptyReason: 'NOT_WORKING' })
  })

  it.each([
    [{ to: '2027-06-07T00:00:00+02:00' }, 'BAD_USER_INPUT'],
    [{ to: '2027-08-08T00:00:01+02:00' }, 'BAD_USER_INPUT'],
    [{ from: '9999-12-30T00:00:00Z', to: '9999-12-31T00:00:00Z' }, 'BAD_USER_INPUT'],
    [{ durationMinutes: 4 }, 'BAD_USER_INPUT'],
    [{ durationMinutes: 481 }, 'BAD_USER_INPUT'],
    [{ doctorId: '018f0000-0000-7000-8000-0000000000ff' }, 'NOT_FOUND'],
    [{ doctorId: 'nobody' }, 'NOT_FOUND'],
    [{ serviceId: 'nothing' }, 'NOT_FOUND'],
    [{ locationId: 'nowhere' }, 'NOT_FOUND'],
  ])('refuses %j with %s', async (variables, code) => {
    const doctor = await doctorAtWork()
    expect(codesOf(await clerk(SEARCH, { doctorId: doctor.id, ...monday, ...variables }))).toEqual([code])
  })

  it('is reckoned as the many rows it can be, so that nobody asks for hundreds of them at once (SECURITY D3)', async () => {
    const doctor = await doctorAtWork()
    const one = (index: number): string =>
      `a${index}: availableSlots(doctorId: "${doctor.id}", ${DAY}) { slots { startsAt doctor { id } location { id } } }`
    const document = (times: number): string => `{ ${Array.from({ length: times }, (_, index) => one(index)).join(' ')} }`
    expect(codesOf(await clerk(document(10)))).toEqual([])
    expect(codesOf(await clerk(document(40)))).toEqual(['TOO_EXPENSIVE'])
  })

  it.each([Role.PHARMACIST, Role.CASHIER, Role.ANALYST])('is not for %s, who book nothing', async (role) => {
    const doctor = await doctorAtWork()
    expect(codesOf(await server.as(accounts[role])(SEARCH, { doctorId: doctor.id, ...monday }))).toEqual(['FORBIDDEN'])
  })

  it('refuses patients a service that the doctor does not offer, as booking does, and leaves it to the desk', async () => {
    const patient = server.as(accounts.PATIENT)
    const [podiatrist, without] = [await doctorAtWork({ specialty: 'Dermatology' }), await doctorAtWork({ specialty: null })]
    const [feet, any] = [await service({ specialty: 'Dermatology', onlineBookable: true }), await service({ onlineBookable: true })]
    const asked = (doctor: Doctor, made: Service) => ({ doctorId: doctor.id, ...monday, serviceId: made.id })
    const other = await doctorAtWork({ specialty: 'Urology' })
    for (const doctor of [other, without]) {
      const refused = await patient(SEARCH, asked(doctor, feet))
      expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'serviceId' }] })
      expect((await search(clerk, doctor, { serviceId: feet.id })).slots).not.toEqual([])
      expect((await search(patient, doctor, { serviceId: any.id })).slots).not.toEqual([])
    }
    expect((await search(patient, podiatrist, { serviceId: feet.id })).slots).not.toEqual([])
  })

  describe('across doctors', () => {
    const across = (rest: string): Promise<Answer> =>
      clerk(`{ availableSlotsAcrossDoctors(${DAY}, ${rest}) { emptyReason slots { startsAt doctor { id } } } }`)

    it('gives the next times of all doctors of a specialty or service', async () => {
      const [first, second] = [await doctorAtWork({ specialty: 'Cardiology' }), await doctorAtWork({ specialty: 'Cardiology' })]
      await doctorAtWork({ specialty: 'Oncology' })
      await booked(first, '2027-06-07T09:00:00+02:00', '2027-06-07T09:30:00+02:00')
      const { data } = await across('specialty: "Cardiology", limit: 5')
      const found = data?.availableSlotsAcrossDoctors.slots.map((slot: { startsAt: string; doctor: { id: string } }) => [
        slot.startsAt.slice(11, 16),
        slot.doctor.id,
      ])
      expect(found.slice(0, 3)).toEqual([
        ['07:00', second.id],
        ['07:10', second.id],
        ['07:20', second.id],
      ])
      expect(found.slice(3).map(([start]: string[]) => start)).toEqual(['07:30', '07:30'])
      const echo = await service({ specialty: 'Cardiology', durationMinutes: 120 })
      expect((await across(`serviceId: "${echo.id}"`)).data?.availableSlotsAcrossDoctors.slots).toEqual([
        { startsAt: '2027-06-07T07:00:00.000Z', doctor: { id: second.id } },
      ])
    })

    it('says the most hopeful of the reasons when there is none', async () => {
      const doctor = await doctorAtWork({ specialty: 'Podiatry' })
      await booked(doctor, '2027-06-07T09:00:00+02:00', '2027-06-07T11:00:00+02:00')
      server.make.doctor({ specialty: 'Podiatry' })
      await server.make.save()
      expect((await across('specialty: "Podiatry"')).data?.availableSlotsAcrossDoctors).toEqual({ emptyReason: 'FULLY_BOOKED', slots: [] })
      expect((await across('specialty: "Alchemy"')).data?.availableSlotsAcrossDoctors.emptyReason).toBe('NOT_WORKING')
    })

    it('refuses a specialty that does not offer the service, and takes one that does', async () => {
      const doctor = await doctorAtWork({ specialty: 'Neurology' })
      const [brain, any] = [await service({ specialty: 'Neurology' }), await service()]
      const refused = await across(`serviceId: "${brain.id}", specialty: "Podiatry"`)
      expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'serviceId' }] })
      for (const { id } of [brain, any]) {
        const { data } = await across(`serviceId: "${id}", specialty: "Neurology"`)
        expect(data?.availableSlotsAcrossDoctors.slots[0].doctor).toEqual({ id: doctor.id })
      }
    })

    it.each(['limit: 20', 'specialty: "X", limit: 0', 'specialty: "X", limit: 201'])('refuses %s', async (rest) => {
      expect(codesOf(await across(rest))).toEqual(['BAD_USER_INPUT'])
    })
  })

  describe('for booking', () => {
    let database: ReadDatabase
    let availability: Availability

    beforeAll(() => {
      database = new ReadDatabase({ connectionString: server.database.url, poolMax: 1, statementTimeoutMs: 5000 })
      availability = new Availability(database, () => new Date(NOW))
    })
    afterAll(() => database.close())

    const visit = (doctor: Doctor, from: string, to: string) => ({
      doctorId: doctor.id,
      startsAt: new Date(`2027-06-07T${from}+02:00`),
      endsAt: new Date(`2027-06-07T${to}+02:00`),
    })

    it('says where a visit takes place, or why it cannot', async () => {
      const room = server.make.room(location)
      const doctor = await doctorAtWork({}, room)
      const place = { locationId: location.id, roomId: room.id }
      expect(await availability.check({ ...visit(doctor, '09:00', '10:00'), forPatient: false })).toEqual(place)
      expect(await availability.check({ ...visit(doctor, '08:30', '09:30'), forPatient: false })).toEqual({ unavailable: 'NOT_WORKING' })
      const late = { ...visit(doctor, '09:00', '10:00'), locationId: server.make.location().id }
      expect(await availability.check({ ...late, forPatient: false })).toEqual({ unavailable: 'NOT_WORKING' })
    })

    it('sees inside a transaction what that has written', async () => {
      const doctor = await doctorAtWork()
      await server.make.em.fork().transactional(async (em) => {
        await em.execute('update weekly_schedule set ends_at = ? where doctor_id = ?', ['09:30', doctor.id])
        const request = { ...visit(doctor, '09:00', '10:00'), forPatient: false }
        expect(await availability.check(request, em)).toEqual({ unavailable: 'NOT_WORKING' })
        expect(await availability.check(request)).toEqual({ locationId: location.id, roomId: null })
      })
    })

    it('offers others: first of the same day, after it and then before it, then of the next days', async () => {
      const doctor = await doctorAtWork()
      const id = await booked(doctor, '2027-06-07T10:00:00+02:00', '2027-06-07T10:40:00+02:00')
      const request = {
        doctorId: doctor.id,
        around: new Date('2027-06-07T10:00:00+02:00'),
        durationMinutes: 20,
        service: null,
        forPatient: false,
      }
      const times = async (more: object = {}): Promise<string[]> =>
        (await availability.alternatives({ ...request, ...more })).map(({ startsAt }) => startsAt.toISOString().slice(5, 16))
      expect(await times()).toEqual(['06-07T08:40', '06-07T07:40', '06-07T07:30'])
      expect(await times({ count: 8 })).toEqual([
        '06-07T08:40',
        '06-07T07:40',
        '06-07T07:30',
        '06-07T07:20',
        '06-07T07:10',
        '06-07T07:00',
        '06-14T07:00',
        '06-14T07:10',
      ])
      expect(await times({ count: 1, ignored: [id] })).toEqual(['06-07T08:00'])
    })
  })
})
