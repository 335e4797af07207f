import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { PatientProxy, ProxyScope } from '../../../src/modules/proxies/patient-proxy.entity.js'
import { WeeklySchedule } from '../../../src/modules/doctors/weekly-schedule.entity.js'
import type { Doctor } from '../../../src/modules/doctors/doctor.entity.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import { codesOf } from '../../support/server.js'
import {
  BOOK,
  BOOK_OWN,
  BookingClinic,
  CANCEL,
  CHANGE,
  HOLD,
  MOVE,
  MOVE_OWN,
  noonIn,
  only,
  plus,
  tally,
  type Ask,
} from './booking-clinic.js'

const HISTORY = '{ id history { from to reason byName at } lateCancellation cancellationReason }'

describe('bookings', () => {
  let clinic: BookingClinic
  let clerk: Ask
  let owner: Ask
  let doctor: Doctor
  let patient: Patient
  let days = 2
  /** A noon that no other test of this file uses. */
  const noon = (): Date => noonIn((days += 1))

  beforeAll(async () => {
    clinic = await BookingClinic.open()
    clerk = clinic.as(Role.REGISTRATION_CLERK)
    owner = clinic.as(Role.OWNER)
    doctor = clinic.doctor()
    patient = clinic.patient()
    await clinic.save()
  })
  afterAll(() => clinic.close())

  const other = async (): Promise<Patient> => {
    const made = clinic.patient()
    await clinic.save()
    return made
  }
  const book = (startsAt: Date, more: object = {}, as: Ask = clerk, document = BOOK) =>
    as(document, { input: { patientId: patient.id, doctorId: doctor.id, startsAt, ...more } })

  it('take length, buffers and price of the service, which a later change of it does not touch (RULES A5)', async () => {
    const service = clinic.service({ durationMinutes: 45, bufferBeforeMinutes: 10, bufferAfterMinutes: 15 })
    await clinic.save()
    const startsAt = noon()
    const reason = 'Why? "Back" pain: what else?'
    const booked = only(await book(startsAt, { serviceId: service.id, reason }))
    expect(await clinic.server.sql('select reason from appointment where id = $1', [booked.id])).toEqual([{ reason }])
    expect(await clinic.server.lastEvent('CREATE')).toMatchObject({ entity: 'Appointment', entityId: booked.id, patientIds: [patient.id] })
    expect(booked).toMatchObject({
      status: 'BOOKED',
      endsAt: plus(startsAt, 45).toISOString(),
      price: { amount: '80.00', currency: 'EUR' },
    })
    expect(booked.location.id).toBe(clinic.location.id)
    await clinic.server.sql('update service set price_amount = 99, duration_minutes = 60, buffer_after_minutes = 0 where id = $1', [
      service.id,
    ])
    const { appointment } = (
      await clerk(
        `query ($id: ID!) { appointment(id: $id) { endsAt bufferBeforeMinutes bufferAfterMinutes price { amount } service { name } bookedByName } }`,
        {
          id: booked.id,
        },
      )
    ).data!
    expect(appointment).toMatchObject({
      endsAt: plus(startsAt, 45).toISOString(),
      bufferBeforeMinutes: 10,
      bufferAfterMinutes: 15,
      price: { amount: '80.00' },
    })
    // The time around the visit is kept free as it was.
    const late = await other()
    expect(only(await book(plus(startsAt, 55), { patientId: late.id }))).toMatchObject({ __typename: 'SlotTaken', conflictsWith: 'DOCTOR' })
    expect(only(await book(plus(startsAt, -25), { patientId: late.id }))).toMatchObject({ conflictsWith: 'DOCTOR' })
    expect(only(await book(plus(startsAt, 60), { patientId: late.id }))).toMatchObject({ __typename: 'Appointment' })
  })

  it('are refused outside of working hours, with other times and the reason (RULES A4)', async () => {
    const night = noonIn(30)
    night.setUTCHours(1)
    const refused = only(await book(night))
    expect(refused).toMatchObject({ __typename: 'SlotUnavailable', reason: 'NOT_WORKING' })
    expect(refused.alternatives).toHaveLength(3)
    expect(only(await book(new Date(Date.now() - 3_600_000)))).toMatchObject({
      __typename: 'SlotUnavailable',
      reason: 'OUTSIDE_BOOKING_WINDOW',
    })
  })

  it('are placed over another on purpose by who may, shown as such, and a normal one over it is refused (RULES A3)', async () => {
    const startsAt = noon()
    await book(startsAt)
    const second = await other()
    const third = await other()
    const reason = 'Emergency of a regular'
    expect(codesOf(await book(startsAt, { patientId: second.id, overbookReason: reason }))).toEqual(['FORBIDDEN'])
    expect(codesOf(await book(startsAt, { patientId: second.id, overbookReason: reason }, clinic.as(Role.DOCTOR)))).toEqual(['FORBIDDEN'])
    const over = only(await book(startsAt, { patientId: second.id, overbookReason: reason }, owner))
    expect(over).toMatchObject({ __typename: 'Appointment', overbookReason: reason })
    const beyond = plus(startsAt, 15)
    await owner(CANCEL, { input: { id: over.id, version: over.version, reason: 'no' } })
    const late = only(await book(beyond, { patientId: second.id, overbookReason: reason }, owner))
    expect(late.overbookReason).toBe(reason)
    // It reaches beyond the first visit, and nobody is booked over the rest of it.
    expect(only(await book(plus(startsAt, 20), { patientId: third.id }))).toMatchObject({
      __typename: 'SlotTaken',
      conflictsWith: 'DOCTOR',
    })
    // Where nothing was in the way, it is a normal booking.
    expect(only(await book(noon(), { patientId: third.id, overbookReason: reason }, owner)).overbookReason).toBeNull()
    const free = noon()
    free.setUTCHours(1)
    expect(only(await book(free, { patientId: third.id, overbookReason: reason }, owner))).toMatchObject({ overbookReason: reason })
  })

  it('are placed nowhere that is closed for good, on purpose neither', async () => {
    const { make } = clinic.server
    const closed = make.location({ active: false })
    const [room, moved] = [make.room(closed), make.doctor()]
    const hours = { doctor: moved, location: closed, weekday: 1, startsAt: '08:00', endsAt: '12:00', validFrom: '2020-01-01' }
    make.em.create(WeeklySchedule, hours as never)
    await clinic.save()
    for (const more of [{}, { roomId: room.id }, { locationId: closed.id }])
      expect(codesOf(await book(noon(), { doctorId: moved.id, overbookReason: 'on purpose', ...more }, owner))).toEqual(['BAD_USER_INPUT'])
  })

  it('take the room that the doctor works in; one over another has none, unless it names one that is free', async () => {
    const roomy = clinic.server.make.doctor()
    const [room, spare] = [clinic.server.make.room(clinic.location), clinic.server.make.room(clinic.location)]
    clinic.works(roomy, room)
    await clinic.save()
    const startsAt = noon()
    expect(only(await book(startsAt, { doctorId: roomy.id })).room).toEqual({ id: room.id })
    const [second, third] = [await other(), await other()]
    const over = { doctorId: roomy.id, overbookReason: 'Acute pain' }
    expect(only(await book(startsAt, { ...over, patientId: second.id }, owner))).toMatchObject({ __typename: 'Appointment', room: null })
    const named = { ...over, patientId: third.id }
    expect(only(await book(startsAt, { ...named, roomId: room.id }, owner))).toMatchObject({
      __typename: 'SlotTaken',
      conflictsWith: 'ROOM',
    })
    expect(only(await book(startsAt, { ...named, roomId: spare.id }, owner))).toMatchObject({ room: { id: spare.id } })
  })

  it('of a doctor are overbooked by the doctor themself (RULES A3)', async () => {
    const account = clinic.accounts.DOCTOR
    const [row] = await clinic.server.sql('select d.id from doctor d where d.staff_id = $1', [account.staff!.id])
    const own = row!['id'] as string
    const home = clinic.doctor()
    await clinic.save()
    await clinic.server.sql('update weekly_schedule set doctor_id = $1 where doctor_id = $2', [own, home.id])
    const startsAt = noon()
    await book(startsAt, { doctorId: own })
    const second = await other()
    const over = await book(startsAt, { doctorId: own, patientId: second.id, overbookReason: 'Short look' }, clinic.as(Role.DOCTOR))
    expect(only(over)).toMatchObject({ __typename: 'Appointment', overbookReason: 'Short look' })
  })

  it('of one patient overlap when staff say why (RULES A2)', async () => {
    const startsAt = noon()
    const colleague = clinic.doctor()
    await clinic.save()
    await book(startsAt)
    const refused = only(await book(startsAt, { doctorId: colleague.id }))
    expect(refused).toMatchObject({ __typename: 'SlotTaken', conflictsWith: 'PATIENT' })
    const over = only(await book(startsAt, { doctorId: colleague.id, patientOverlapReason: 'Laboratory meanwhile' }))
    expect(over).toMatchObject({ __typename: 'Appointment', patientOverlapReason: 'Laboratory meanwhile' })
  })

  it('are not made for the dead, for what is not there, nor with wrong input', async () => {
    const dead = clinic.server.make.patient({ deceasedAt: new Date() })
    const gone = clinic.doctor({ active: false })
    const service = clinic.service({ active: false })
    await clinic.save()
    const nowhere = '018f0000-0000-7000-8000-0000000000ff'
    expect(codesOf(await book(noon(), { patientId: dead.id }))).toEqual(['CONFLICT'])
    expect(codesOf(await book(noon(), { patientId: nowhere }))).toEqual(['NOT_FOUND'])
    expect(codesOf(await book(noon(), { doctorId: nowhere }))).toEqual(['NOT_FOUND'])
    expect(codesOf(await book(noon(), { roomId: nowhere }))).toEqual(['NOT_FOUND'])
    for (const field of ['holdId', 'serviceId', 'locationId', 'doctorId', 'patientId'])
      expect(codesOf(await book(noon(), { [field]: 'no id at all' }))).toEqual(['NOT_FOUND'])
    expect(codesOf(await book(noon(), { doctorId: gone.id }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await book(noon(), { serviceId: service.id }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await book(noon(), { durationMinutes: 1 }))).toEqual(['BAD_USER_INPUT'])
    for (const reason of ['x'.repeat(501), 'NUL \0', 'half \ud800'])
      expect(codesOf(await book(noon(), { reason }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await book(new Date('9999-12-31T00:00:00Z')))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await book(new Date('0001-01-01T00:00:00Z')))).toEqual(['BAD_USER_INPUT'])
  })

  describe('of patients themselves (RULES A6)', () => {
    let self: Ask
    let own: string

    beforeAll(async () => {
      self = clinic.as(Role.PATIENT)
      own = clinic.accounts.PATIENT.patient!.id
    })
    const bookSelf = (startsAt: Date, more: object = {}, as: Ask = self) => book(startsAt, { patientId: own, ...more }, as, BOOK_OWN)

    it('are theirs alone, within notice and horizon, and as many as are allowed', async () => {
      expect(codesOf(await bookSelf(noon(), { patientId: patient.id }))).toEqual(['NOT_FOUND'])
      expect(only(await bookSelf(plus(new Date(), 30)))).toMatchObject({ __typename: 'SlotUnavailable', reason: 'OUTSIDE_BOOKING_WINDOW' })
      expect(only(await bookSelf(noonIn(200)))).toMatchObject({ __typename: 'SlotUnavailable', reason: 'OUTSIDE_BOOKING_WINDOW' })
      for (const more of [{ durationMinutes: 60 }, { patientOverlapReason: 'x' }, { overbookReason: 'x' }, { roomId: own }])
        expect(codesOf(await bookSelf(noon(), more))).toEqual(['FORBIDDEN'])
      const [online, inside] = [clinic.service({ onlineBookable: true }), clinic.service()]
      await clinic.save()
      expect(codesOf(await bookSelf(noon(), { serviceId: inside.id }))).toEqual(['FORBIDDEN'])
      const skin = clinic.service({ onlineBookable: true, specialty: 'Dermatology' })
      await clinic.save()
      expect(codesOf(await bookSelf(noon(), { serviceId: skin.id }))).toEqual(['BAD_USER_INPUT'])
      const first = only(await bookSelf(noon(), { serviceId: online.id }))
      expect(first).toMatchObject({ __typename: 'Appointment', price: { amount: '80.00' } })
      expect(tally([await bookSelf(noon()), await bookSelf(noon())])).toEqual({ Appointment: 2 })
      expect(codesOf(await bookSelf(noon()))).toEqual(['CONFLICT'])
      // What the desk books does not count, and moving one needs no further one.
      expect(tally([await book(noon(), { patientId: own })])).toEqual({ Appointment: 1 })
      expect(tally([await self(MOVE_OWN, { input: { id: first.id, version: first.version, startsAt: noon() } })])).toEqual({
        Appointment: 1,
      })
    })

    it('are confirmed and called off by them, and nothing else; late, that is noted', async () => {
      const visit = only(await book(noon(), { patientId: own }))
      expect(codesOf(await self(CHANGE, { input: { id: visit.id, version: visit.version, status: 'ARRIVED' } }))).toEqual(['FORBIDDEN'])
      const confirmed = only(await self(CHANGE, { input: { id: visit.id, version: visit.version, status: 'CONFIRMED' } }))
      expect(confirmed.status).toBe('CONFIRMED')
      const gone = only(await self(CANCEL, { input: { id: visit.id, version: confirmed.version, reason: 'Feeling better' } }))
      expect(gone).toMatchObject({ status: 'CANCELLED', cancellationReason: 'Feeling better', lateCancellation: false })
      expect(codesOf(await self(CHANGE, { input: { id: visit.id, version: gone.version, status: 'BOOKED' } }))).toEqual(['FORBIDDEN'])
      const near = clinic.server.make.appointment({
        patient: clinic.accounts.PATIENT.patient!,
        doctor,
        location: clinic.location,
        startsAt: plus(new Date(), 60),
        endsAt: plus(new Date(), 80),
        status: 'BOOKED' as never,
      })
      const foreign = clinic.server.make.appointment({
        patient,
        doctor: clinic.doctor(),
        startsAt: noonIn(60),
        endsAt: plus(noonIn(60), 20),
      })
      await clinic.save()
      const late = only(await self(CANCEL, { input: { id: near.id, version: 1, reason: 'Cannot come' } }))
      expect(late).toMatchObject({ lateCancellation: true })
      expect(codesOf(await self(CANCEL, { input: { id: foreign.id, version: 1, reason: 'x' } }))).toEqual(['NOT_FOUND'])
    })

    it('are theirs to confirm, move and call off until they should have begun: nobody makes a missed visit vanish (RULES A9)', async () => {
      const visit = (minutes: number, status: string) =>
        clinic.server.make.appointment({
          patient: clinic.accounts.PATIENT.patient!,
          doctor: clinic.doctor(),
          location: clinic.location,
          startsAt: plus(new Date(), minutes),
          endsAt: plus(new Date(), minutes + 20),
          status: status as never,
        })
      const over = [visit(-60, 'BOOKED'), visit(-120, 'CONFIRMED'), visit(5, 'ARRIVED'), visit(-200, 'IN_PROGRESS')]
      await clinic.save()
      const allowed = `query ($id: ID!) { appointment(id: $id) { allowedTransitions } }`
      for (const { id, version, status } of over) {
        const asked = [
          self(CANCEL, { input: { id, version, reason: 'I was never there' } }),
          self(CHANGE, { input: { id, version, status: 'CONFIRMED' } }),
          self(MOVE_OWN, { input: { id, version, startsAt: noon() } }),
        ]
        for (const answer of await Promise.all(asked)) expect(codesOf(answer)).toEqual(['INVALID_TRANSITION'])
        expect((await self(allowed, { id })).data!.appointment.allowedTransitions).toEqual([])
        expect(await clinic.server.sql('select status, version from appointment where id = $1', [id])).toEqual([{ status, version }])
      }
      const [missed] = over
      expect((await clerk(allowed, { id: missed!.id })).data!.appointment.allowedTransitions).toContain('NO_SHOW')
      expect(only(await clerk(CHANGE, { input: { id: missed!.id, version: 1, status: 'NO_SHOW' } })).status).toBe('NO_SHOW')
    })

    it('are moved by them under the rules of booking: to doctors who offer the service, and not what only the clinic books', async () => {
      const eyes = clinic.doctor({ specialty: 'Ophthalmology' })
      const online = clinic.service({ onlineBookable: true, specialty: 'Ophthalmology' })
      const inside = clinic.service({ specialty: 'Ophthalmology' })
      await clinic.save()
      const own1 = only(await book(noon(), { patientId: own, doctorId: eyes.id, serviceId: online.id }))
      const moved = (visit: { id: string; version: number }, more: object, as: Ask, document: string) =>
        as(document, { input: { id: visit.id, version: visit.version, startsAt: noon(), ...more } })
      const elsewhere = await moved(own1, { doctorId: doctor.id }, self, MOVE_OWN)
      expect(codesOf(elsewhere)).toEqual(['BAD_USER_INPUT'])
      expect(elsewhere.errors![0]!.extensions['fields']).toMatchObject([{ field: 'input.doctorId' }])
      expect(tally([await moved(own1, {}, self, MOVE_OWN)])).toEqual({ Appointment: 1 })
      const own2 = only(await book(noon(), { patientId: own, doctorId: eyes.id, serviceId: inside.id }))
      expect(codesOf(await moved(own2, {}, self, MOVE_OWN))).toEqual(['FORBIDDEN'])
      // Whom to send where is the desk's decision.
      expect(tally([await moved(own2, { doctorId: doctor.id }, clerk, MOVE)])).toEqual({ Appointment: 1 })
    })

    it('are made by a proxy with that right, not by one who may only read (RULES P6)', async () => {
      const [child, sibling] = [await other(), await other()]
      const holder = await clinic.server.make.user(clinic.server.hasher, [Role.PATIENT], { patient: clinic.patient() })
      const rights = { holder, grantedBy: clinic.accounts.OWNER, validFrom: plus(new Date(), -60), validTo: plus(new Date(), 600) }
      clinic.server.make.em.create(PatientProxy, { ...rights, patient: child, scope: ProxyScope.BOOK } as never)
      clinic.server.make.em.create(PatientProxy, { ...rights, patient: sibling, scope: ProxyScope.READ } as never)
      await clinic.save()
      const proxy = clinic.server.as(holder)
      expect(tally([await book(noon(), { patientId: child.id }, proxy, BOOK_OWN)])).toEqual({ Appointment: 1 })
      expect(codesOf(await book(noon(), { patientId: sibling.id }, proxy, BOOK_OWN))).toEqual(['FORBIDDEN'])
      const visit = only(await book(noon(), { patientId: sibling.id }))
      expect(codesOf(await proxy(CANCEL, { input: { id: visit.id, version: visit.version, reason: 'x' } }))).toEqual(['FORBIDDEN'])
    })
  })

  describe('that are moved (RULES A7)', () => {
    it('keep their terms, and each knows the other', async () => {
      const service = clinic.service({ durationMinutes: 40 })
      await clinic.save()
      const old = only(await book(noon(), { serviceId: service.id, reason: 'Back pain' }))
      await clinic.server.sql('update service set price_amount = 1 where id = $1', [service.id])
      const to = noon()
      const moved = only(await clerk(MOVE, { input: { id: old.id, version: old.version, startsAt: to, reason: 'Doctor asked' } }))
      expect(moved).toMatchObject({
        __typename: 'Appointment',
        status: 'BOOKED',
        endsAt: plus(to, 40).toISOString(),
        price: { amount: '80.00' },
        rescheduledFrom: { id: old.id, status: 'CANCELLED', cancellationReason: 'Doctor asked' },
      })
      const { appointment } = (await clerk(`query ($id: ID!) { appointment(id: $id) { version rescheduledTo { id } } }`, { id: old.id }))
        .data!
      expect(appointment.rescheduledTo.id).toBe(moved.id)
      // It cannot come back: it is the other now.
      expect(codesOf(await clerk(CHANGE, { input: { id: old.id, version: appointment.version, status: 'BOOKED' } }))).toEqual(['CONFLICT'])
      expect(codesOf(await clerk(MOVE, { input: { id: old.id, version: old.version, startsAt: noon() } }))).toEqual(['STALE_VERSION'])
      expect(codesOf(await clerk(MOVE, { input: { id: moved.id, version: moved.version, startsAt: to } }))).toEqual(['BAD_USER_INPUT'])
    })

    it('by less than their length take the time they have', async () => {
      const old = only(await book(noon()))
      const moved = only(await clerk(MOVE, { input: { id: old.id, version: old.version, startsAt: plus(new Date(old.startsAt), 10) } }))
      expect(moved.__typename).toBe('Appointment')
    })

    it('stay as they are when the new time is taken', async () => {
      const [from, to] = [noon(), noon()]
      const rival = await other()
      await book(to, { patientId: rival.id })
      const old = only(await book(from))
      const refused = only(await clerk(MOVE, { input: { id: old.id, version: old.version, startsAt: to } }))
      expect(refused).toMatchObject({ __typename: 'SlotTaken', conflictsWith: 'DOCTOR' })
      const { appointment } = (await clerk(`query ($id: ID!) { appointment(id: $id) { status version } }`, { id: old.id })).data!
      expect(appointment).toEqual({ status: 'BOOKED', version: old.version })
    })
  })

  describe('and what becomes of them', () => {
    const move = async (visit: { id: string; version: number }, status: string, reason?: string) =>
      clerk(CHANGE, { input: { id: visit.id, version: visit.version, status, ...(reason !== undefined && { reason }) } })

    it('leave a history of every step, with who and why', async () => {
      let visit = only(await book(noon()))
      for (const status of ['CONFIRMED', 'ARRIVED', 'IN_PROGRESS', 'COMPLETED']) visit = only(await move(visit, status))
      visit = only(await move(visit, 'ENTERED_IN_ERROR', 'Wrong patient'))
      const { appointment } = (await clerk(`query ($id: ID!) { appointment(id: $id) ${HISTORY} }`, { id: visit.id })).data!
      expect(appointment.history.map(({ from, to }: any) => `${from} ${to}`)).toEqual([
        'null BOOKED',
        'BOOKED CONFIRMED',
        'CONFIRMED ARRIVED',
        'ARRIVED IN_PROGRESS',
        'IN_PROGRESS COMPLETED',
        'COMPLETED ENTERED_IN_ERROR',
      ])
      expect(appointment.history.at(-1)).toMatchObject({ reason: 'Wrong patient', byName: clinic.accounts.REGISTRATION_CLERK.displayName })
      expect(await clinic.server.lastEvent('UPDATE')).toMatchObject({
        entity: 'Appointment',
        entityId: visit.id,
        patientIds: [patient.id],
        sections: ['status'],
      })
    })

    it('keep to the table: a move outside of it changes nothing', async () => {
      const visit = only(await book(noon()))
      for (const status of ['COMPLETED', 'IN_PROGRESS', 'REQUESTED', 'BOOKED'])
        expect(codesOf(await move(visit, status))).toEqual(['INVALID_TRANSITION'])
      // Nobody has missed what has not begun (RULES A9), and nobody is shown a button for it.
      const { appointment } = (await clerk(`query ($id: ID!) { appointment(id: $id) { allowedTransitions } }`, { id: visit.id })).data!
      expect(appointment.allowedTransitions).toEqual(['CONFIRMED', 'ARRIVED', 'CANCELLED', 'ENTERED_IN_ERROR'])
      expect(codesOf(await move(visit, 'NO_SHOW'))).toEqual(['INVALID_TRANSITION'])
      expect(codesOf(await move(visit, 'CANCELLED'))).toEqual(['BAD_USER_INPUT'])
      expect(only(await move(visit, 'CONFIRMED')).version).toBe(visit.version + 1)
    })

    it('free their time when they are cancelled; then they come back only if it is still free (RULES A1)', async () => {
      const startsAt = noon()
      const visit = only(await book(startsAt))
      const gone = only(await move(visit, 'CANCELLED', 'ill'))
      const back = only(await move(gone, 'BOOKED'))
      const again = only(await move(back, 'CANCELLED', 'ill'))
      const rival = await other()
      expect(tally([await book(startsAt, { patientId: rival.id })])).toEqual({ Appointment: 1 })
      const refused = await move(again, 'BOOKED')
      expect(codesOf(refused)).toEqual(['CONFLICT'])
      expect(refused.errors![0]!.extensions['conflictsWith']).toBe('DOCTOR')
    })

    it('come back only for somebody who lives, with a doctor who is here', async () => {
      const [gone, here] = [clinic.doctor(), clinic.doctor()]
      const [dead, alive] = [await other(), await other()]
      const cancelled = async (patientId: string, doctorId: string) =>
        only(await move(only(await book(noon(), { patientId, doctorId })), 'CANCELLED', 'ill'))
      const [ofDead, withGone] = [await cancelled(dead.id, here.id), await cancelled(alive.id, gone.id)]
      await clinic.server.sql('update patient set deceased_at = now() where id = $1', [dead.id])
      await clinic.server.sql('update doctor set active = false where id = $1', [gone.id])
      for (const visit of [ofDead, withGone]) expect(codesOf(await move(visit, 'BOOKED'))).toEqual(['CONFLICT'])
      // What is over is corrected all the same: they came, and died since.
      const startsAt = plus(new Date(), -24 * 60)
      const missed = clinic.server.make.appointment({
        patient: dead,
        doctor: gone,
        location: clinic.location,
        startsAt,
        endsAt: plus(startsAt, 20),
        status: 'NO_SHOW' as never,
      })
      await clinic.save()
      expect(only(await move(missed, 'BOOKED')).status).toBe('BOOKED')
    })

    it('stand on a worklist when they are over and nobody has said anything (RULES A9)', async () => {
      const late = clinic.doctor()
      for (const [status, hours] of [
        ['BOOKED', 30],
        ['ARRIVED', 28],
        ['NO_SHOW', 26],
        ['COMPLETED', 24],
        ['BOOKED', -30],
      ] as const) {
        const startsAt = plus(new Date(), -hours * 60)
        clinic.server.make.appointment({
          patient: clinic.patient(),
          doctor: late,
          location: clinic.location,
          startsAt,
          endsAt: plus(startsAt, 20),
          status: status as never,
        })
      }
      await clinic.save()
      const list = `query ($id: ID!, $yes: Boolean!) { appointments(filter: { doctorId: $id, unresolved: $yes }) { totalCount edges { node { status } } } }`
      const { appointments } = (await clerk(list, { id: late.id, yes: true })).data!
      expect(appointments.edges.map(({ node }: any) => node.status).toSorted()).toEqual(['ARRIVED', 'BOOKED'])
      expect((await clerk(list, { id: late.id, yes: false })).data!.appointments.totalCount).toBe(3)
      // Nothing of it became NO_SHOW by itself.
      expect(
        await clinic.server.sql("select count(*)::int as count from appointment where doctor_id = $1 and status = 'NO_SHOW'", [late.id]),
      ).toEqual([{ count: 1 }])
      const missed = (
        await clerk(list.replace('node { status }', 'node { id version startsAt status }'), { id: late.id, yes: true })
      ).data!.appointments.edges.find(({ node }: any) => node.status === 'BOOKED').node
      expect(only(await move(missed, 'NO_SHOW')).status).toBe('NO_SHOW')
    })
  })

  describe('of times that are kept', () => {
    const hold = (startsAt: Date, more: object = {}, as: Ask = clerk) =>
      as(HOLD, { input: { doctorId: doctor.id, patientId: patient.id, startsAt, ...more } })

    it('are made by who keeps them and for the patient, not by others', async () => {
      const startsAt = noon()
      const rival = await other()
      const kept = only(await hold(startsAt))
      expect(kept.__typename).toBe('AppointmentHold')
      expect(only(await hold(startsAt, { patientId: rival.id }, owner))).toMatchObject({ __typename: 'SlotTaken', conflictsWith: 'DOCTOR' })
      expect(only(await book(startsAt, { patientId: rival.id }, owner))).toMatchObject({ __typename: 'SlotTaken', conflictsWith: 'DOCTOR' })
      expect(tally([await book(startsAt, {}, owner)])).toEqual({ Appointment: 1 })
      expect(await clinic.server.sql('select count(*)::int as count from appointment_hold where id = $1', [kept.id])).toEqual([
        { count: 0 },
      ])
    })

    it('beside the time that is booked are left alone: the next in the family has theirs', async () => {
      const startsAt = noon()
      const child = await other()
      const [first, second] = [only(await hold(startsAt)), only(await hold(plus(startsAt, 20), { patientId: child.id }))]
      const left = async () =>
        (await clinic.server.sql('select id from appointment_hold where id = any($1::uuid[])', [[first.id, second.id]])).map(({ id }) => id)
      expect(tally([await book(startsAt)])).toEqual({ Appointment: 1 })
      expect(await left()).toEqual([second.id])
      const rival = await other()
      expect(only(await book(plus(startsAt, 20), { patientId: rival.id }, owner))).toMatchObject({ __typename: 'SlotTaken' })
      expect(tally([await book(plus(startsAt, 20), { patientId: child.id, holdId: second.id }, owner)])).toEqual({ Appointment: 1 })
      expect(await left()).toEqual([])
    })

    it('are free again when they are let go of, or expire', async () => {
      const [startsAt, later] = [noon(), noon()]
      const rival = await other()
      const kept = only(await hold(startsAt))
      expect(codesOf(await owner('mutation ($id: ID!) { releaseHold(id: $id) }', { id: kept.id }))).toEqual(['NOT_FOUND'])
      expect(only(await clerk('mutation ($id: ID!) { releaseHold(id: $id) }', { id: kept.id }))).toBe(true)
      expect(tally([await book(startsAt, { patientId: rival.id }, owner)])).toEqual({ Appointment: 1 })
      const second = only(await hold(later))
      await clinic.server.sql("update appointment_hold set expires_at = now() - interval '1 second' where id = $1", [second.id])
      expect(tally([await book(later, { patientId: rival.id }, owner)])).toEqual({ Appointment: 1 })
    })

    it('are not offered as free', async () => {
      const startsAt = noon()
      const slots = `query ($id: ID!, $from: DateTime!, $to: DateTime!) { availableSlots(doctorId: $id, from: $from, to: $to) { slots { startsAt } emptyReason } }`
      const search = async () =>
        (await owner(slots, { id: doctor.id, from: startsAt, to: plus(startsAt, 10) })).data!.availableSlots.slots.length
      expect(await search()).toBe(1)
      await hold(startsAt)
      expect(await search()).toBe(0)
    })
  })

  it('are counted by day and status, in the days of the location', async () => {
    const busy = clinic.doctor()
    for (const hour of [5, 23]) {
      const startsAt = noonIn(40)
      startsAt.setUTCHours(hour)
      clinic.server.make.appointment({
        patient: clinic.patient(),
        doctor: busy,
        location: clinic.location,
        startsAt,
        endsAt: plus(startsAt, 20),
        status: 'BOOKED' as never,
      })
    }
    await clinic.save()
    const [day, next] = [noonIn(40), noonIn(41)].map((at) => at.toISOString().slice(0, 10))
    const counts = `query ($from: LocalDate!, $to: LocalDate!, $id: ID!) { appointmentCounts(from: $from, to: $to, doctorId: $id) { day status count } }`
    const answer = await clinic.as(Role.ANALYST)(counts, { from: day, to: next, id: busy.id })
    // 23:00 in UTC is the next day in Berlin.
    expect(answer.data!.appointmentCounts).toEqual([
      { day, status: 'BOOKED', count: 1 },
      { day: next, status: 'BOOKED', count: 1 },
    ])
    const list = `query ($day: LocalDate!, $id: ID!) { appointments(filter: { day: $day, doctorId: $id, specialty: "General practice" }) { totalCount } }`
    expect((await clerk(list, { day: next, id: busy.id })).data!.appointments.totalCount).toBe(1)
    expect(codesOf(await clerk(counts, { from: day, to: '2099-01-01', id: busy.id }))).toEqual(['BAD_USER_INPUT'])
  })
})
