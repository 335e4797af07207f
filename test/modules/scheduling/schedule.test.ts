import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { WeeklySchedule } from '../../../src/modules/doctors/weekly-schedule.entity.js'
import type { Doctor } from '../../../src/modules/doctors/doctor.entity.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import type { Location } from '../../../src/modules/locations/location.entity.js'
import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

/** A Monday, before opening. */
const NOW = new Date('2027-06-07T05:00:00Z')
const UNKNOWN = '018f0000-0000-7000-8000-0000000000ff'
type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

const WEEK = 'weeklySchedule { weekday startsAt endsAt validFrom validTo location { id } room { id } breaks { startsAt endsAt label } }'
const SET = `mutation ($input: SetDoctorScheduleInput!) { setDoctorSchedule(input: $input) { id ${WEEK} appointmentsOutsideHours { id } } }`
const EXCEPT = `mutation ($input: SetScheduleExceptionInput!) { setScheduleException(input: $input) {
  id date kind note location { id } hours { startsAt endsAt room { id } } } }`
const OFF = `mutation ($input: AddTimeOffInput!) { addTimeOff(input: $input) {
  id kind startsAt endsAt startsOn endsOn reason cancelledAt enteredByName doctor { id } affectedAppointments { id } } }`
const CLOSE = 'mutation ($input: AddClosureInput!) { addClosure(input: $input) { id name startsOn endsOn location { id } } }'

describe('working hours', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let admin: Ask
  let location: Location

  beforeAll(async () => {
    server = await TestServer.start({ clock: () => new Date(NOW) })
    accounts = await server.accounts()
    admin = server.as(accounts.ADMIN)
    location = server.make.location()
    await server.make.save()
  })
  afterAll(() => server.stop())

  const newDoctor = async (): Promise<Doctor> => {
    const doctor = server.make.doctor()
    await server.make.save()
    return doctor
  }

  /** A doctor with an account. */
  const doctorWithAccount = async (): Promise<{ doctor: Doctor; ask: Ask }> => {
    const staff = server.make.staff()
    const doctor = server.make.doctor({ staff })
    const user = await server.make.user(server.hasher, [Role.DOCTOR], { staff })
    await server.make.save()
    return { doctor, ask: server.as(user) }
  }

  const booked = async (doctor: Doctor, startsAt: string, data: object = {}): Promise<string> => {
    const status = AppointmentStatus.BOOKED
    const start = new Date(startsAt)
    const times = { startsAt: start, endsAt: new Date(start.getTime() + 1_800_000) }
    const made = server.make.appointment({ doctor, location, status, ...times, ...data })
    await server.make.save()
    return made.id
  }

  const hours = (weekday: number, startsAt: string, endsAt: string, more: object = {}) => ({
    weekday,
    startsAt,
    endsAt,
    locationId: location.id,
    ...more,
  })

  const fieldsOf = ({ errors }: Answer): unknown[] =>
    ((errors?.[0]?.extensions['fields'] ?? []) as { field: string }[]).map(({ field }) => field)

  const done = (answer: Answer): Record<string, any> => {
    expect(answer.errors).toBeUndefined()
    return answer.data ?? {}
  }

  const slots = async (doctor: Doctor, from: string, to: string): Promise<{ emptyReason: string | null; slots: unknown[] }> =>
    done(
      await admin(
        'query ($id: ID!, $from: DateTime!, $to: DateTime!) { availableSlots(doctorId: $id, from: $from, to: $to) { emptyReason slots { startsAt } } }',
        {
          id: doctor.id,
          from,
          to,
        },
      ),
    )['availableSlots']

  describe('of the week (RULES A4)', () => {
    it('are set with breaks and rooms, and read back as they were entered', async () => {
      const doctor = await newDoctor()
      const room = server.make.room(location)
      await server.make.save()
      const lunch = { startsAt: '12:00', endsAt: '13:00', label: 'Lunch' }
      const input = {
        doctorId: doctor.id,
        validFrom: '2027-06-07',
        hours: [hours(1, '08:00', '17:00', { breaks: [lunch], roomId: room.id }), hours(3, '08:00', '12:00')],
      }
      const { setDoctorSchedule } = done(await admin(SET, { input }))
      expect(setDoctorSchedule.weeklySchedule).toEqual([
        {
          weekday: 1,
          startsAt: '08:00',
          endsAt: '17:00',
          validFrom: '2027-06-07',
          validTo: null,
          location: { id: location.id },
          room: { id: room.id },
          breaks: [lunch],
        },
        {
          weekday: 3,
          startsAt: '08:00',
          endsAt: '12:00',
          validFrom: '2027-06-07',
          validTo: null,
          location: { id: location.id },
          room: null,
          breaks: [],
        },
      ])
      const { slots: found } = await slots(doctor, '2027-06-07T11:30:00+02:00', '2027-06-07T13:15:00+02:00')
      expect(found).toEqual([
        { startsAt: '2027-06-07T09:30:00.000Z' },
        { startsAt: '2027-06-07T09:40:00.000Z' },
        { startsAt: '2027-06-07T11:00:00.000Z' },
        { startsAt: '2027-06-07T11:10:00.000Z' },
      ])
    })

    it('take the place of what was entered from that day on, and leave the days before', async () => {
      const doctor = await newDoctor()
      const set = async (validFrom: string, ...week: object[]) =>
        done(await admin(SET, { input: { doctorId: doctor.id, validFrom, hours: week } }))
      await set('2027-06-07', hours(1, '08:00', '12:00'), hours(2, '08:00', '12:00'))
      await set('2027-09-01', hours(5, '08:00', '12:00'))
      const { setDoctorSchedule } = await set('2027-07-01', hours(1, '10:00', '14:00'))
      const shown = setDoctorSchedule.weeklySchedule.map((row: Record<string, unknown>) => [
        row['weekday'],
        row['startsAt'],
        row['validFrom'],
        row['validTo'],
      ])
      expect(shown).toEqual([
        [1, '08:00', '2027-06-07', '2027-06-30'],
        [1, '10:00', '2027-07-01', null],
        [2, '08:00', '2027-06-07', '2027-06-30'],
      ])
    })

    it('for some weeks only are followed by those from before, with their breaks', async () => {
      const doctor = await newDoctor()
      const lunch = { startsAt: '10:00', endsAt: '10:30', label: null }
      const set = async (input: object) => done(await admin(SET, { input: { doctorId: doctor.id, ...input } }))
      await set({ validFrom: '2027-06-07', hours: [hours(1, '08:00', '12:00', { breaks: [lunch] })] })
      const { setDoctorSchedule } = await set({ validFrom: '2027-07-01', validTo: '2027-07-31', hours: [hours(1, '14:00', '16:00')] })
      const shown = setDoctorSchedule.weeklySchedule.map((row: Record<string, unknown>) => [
        row['startsAt'],
        row['validFrom'],
        row['validTo'],
        row['breaks'],
      ])
      expect(shown).toEqual([
        ['08:00', '2027-06-07', '2027-06-30', [lunch]],
        ['08:00', '2027-08-01', null, [lunch]],
        ['14:00', '2027-07-01', '2027-07-31', []],
      ])
    })

    it('answer with the visits to come that they leave outside', async () => {
      const doctor = await newDoctor()
      const inside = await booked(doctor, '2027-06-14T09:00:00+02:00')
      const early = await booked(doctor, '2027-06-14T07:45:00+02:00')
      const otherDay = await booked(doctor, '2027-06-15T09:00:00+02:00')
      await booked(doctor, '2027-05-31T06:00:00+02:00')
      await booked(doctor, '2027-06-16T09:00:00+02:00', { status: AppointmentStatus.CANCELLED })
      const input = { doctorId: doctor.id, validFrom: '2027-06-07', hours: [hours(1, '08:00', '17:00')] }
      const { setDoctorSchedule } = done(await admin(SET, { input }))
      expect(setDoctorSchedule.appointmentsOutsideHours).toEqual([{ id: early }, { id: otherDay }])
      const none = done(await admin(SET, { input: { ...input, hours: [] } }))
      expect(none['setDoctorSchedule'].appointmentsOutsideHours.map(({ id }: { id: string }) => id)).toEqual([early, inside, otherDay])
    })

    it.each<[string, object, string[]]>([
      ['in the past', { validFrom: '2027-06-05' }, ['input.validFrom']],
      ['too far ahead', { validFrom: '2047-06-05' }, ['input.validFrom']],
      ['ending before they begin', { validFrom: '2027-07-02', validTo: '2027-07-01' }, ['input.validTo']],
      ['on no day of the week', { hours: [{ weekday: 8 }] }, ['input.hours.0.weekday']],
      ['that end before they begin', { hours: [{ endsAt: '08:00' }] }, ['input.hours.0.endsAt']],
      ['with seconds', { hours: [{ endsAt: '12:00:30' }] }, ['input.hours.0.startsAt']],
      ['that overlap', { hours: [{}, { startsAt: '11:59', endsAt: '13:00' }] }, ['input.hours']],
      ['with a break outside', { hours: [{ breaks: [{ startsAt: '07:00', endsAt: '08:30' }] }] }, ['input.hours.0.breaks.0.startsAt']],
      [
        'with breaks that overlap',
        {
          hours: [
            {
              breaks: [
                { startsAt: '09:00', endsAt: '10:00' },
                { startsAt: '09:30', endsAt: '10:30' },
              ],
            },
          ],
        },
        ['input.hours.0.breaks'],
      ],
      ['nowhere', { hours: [{ locationId: UNKNOWN }] }, ['input.hours.0.locationId']],
      ['in a room of somewhere else', { hours: [{ roomId: UNKNOWN }] }, ['input.hours.0.roomId']],
      [
        'beyond number',
        { hours: Array.from({ length: 101 }, (_, index) => ({ startsAt: `00:${String(index % 60).padStart(2, '0')}` })) },
        ['input.hours', 'input.hours'],
      ],
    ])('are refused when they are %s', async (_what, change, fields) => {
      const doctor = await newDoctor()
      const { hours: week = [{}], ...rest } = change as { hours?: object[] }
      const input = { doctorId: doctor.id, validFrom: '2027-06-07', ...rest, hours: week.map((each) => hours(1, '08:00', '12:00', each)) }
      const answer = await admin(SET, { input })
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT'])
      expect(fieldsOf(answer)).toEqual(fields)
    })

    it('are refused where a day that differs would have the doctor in two places at once', async () => {
      const doctor = await newDoctor()
      const elsewhere = server.make.location()
      await server.make.save()
      const times = [{ startsAt: '14:00', endsAt: '16:00' }]
      done(
        await admin(EXCEPT, {
          input: { doctorId: doctor.id, locationId: elsewhere.id, date: '2027-07-05', kind: 'EXTRA_HOURS', hours: times },
        }),
      )
      const set = (endsAt: string) =>
        admin(SET, { input: { doctorId: doctor.id, validFrom: '2027-06-07', hours: [hours(1, '08:00', endsAt)] } })
      expect(codesOf(await set('14:30'))).toEqual(['CONFLICT'])
      expect(await server.sql('select id from weekly_schedule where doctor_id = $1', [doctor.id])).toEqual([])
      done(await set('14:00'))
    })

    it('are refused where the clocks of two zones would have the doctor in two places at once, be it for a week of the year', async () => {
      const doctor = await newDoctor()
      const [london, newYork] = [
        server.make.location({ timeZone: 'Europe/London' }),
        server.make.location({ timeZone: 'America/New_York' }),
      ]
      await server.make.save()
      const set = (startsAt: string, endsAt: string, elsewhere: Location) =>
        admin(SET, {
          input: {
            doctorId: doctor.id,
            validFrom: '2027-06-07',
            hours: [hours(1, '08:00', '12:00'), hours(1, startsAt, endsAt, { locationId: elsewhere.id })],
          },
        })
      // Noon in Berlin is 11:00 in London, and 6:00 in New York but for three weeks in March and one in autumn: then it is 7:00.
      expect(codesOf(await set('06:30', '07:00', london))).toEqual([])
      expect(codesOf(await set('06:30', '07:30', london))).toEqual(['CONFLICT'])
      expect(codesOf(await set('12:00', '13:00', london))).toEqual([])
      expect(codesOf(await set('06:00', '07:00', newYork))).toEqual(['CONFLICT'])
      expect(codesOf(await set('07:00', '08:00', newYork))).toEqual([])
    })

    it('are set at once by two people one after the other, and the later one wins as a whole', async () => {
      const doctor = await newDoctor()
      const input = (startsAt: string) => ({
        doctorId: doctor.id,
        validFrom: '2027-06-07',
        hours: [1, 2, 3, 4, 5].map((day) => hours(day, startsAt, '17:00')),
      })
      const answers = await Promise.all(['08:00', '09:00', '10:00', '11:00'].map((each) => admin(SET, { input: input(each) })))
      for (const answer of answers) done(answer)
      const rows = await server.sql('select distinct starts_at, count(*) over ()::int as count from weekly_schedule where doctor_id = $1', [
        doctor.id,
      ])
      expect(rows).toEqual([{ starts_at: expect.any(String), count: 5 }])
    })

    it('leave an event that names the doctor and the days', async () => {
      const doctor = await newDoctor()
      done(await admin(SET, { input: { doctorId: doctor.id, validFrom: '2027-06-07', hours: [hours(1, '08:00', '12:00')] } }))
      expect(await server.lastEvent('UPDATE')).toMatchObject({
        entity: 'Doctor',
        entityId: doctor.id,
        sections: ['weeklySchedule'],
        facts: { from: '2027-06-07', stretches: 1 },
      })
    })
  })

  describe('of one day (RULES A4)', () => {
    const atWork = async (): Promise<Doctor> => {
      const doctor = await newDoctor()
      done(await admin(SET, { input: { doctorId: doctor.id, validFrom: '2027-06-07', hours: [hours(1, '08:00', '09:00')] } }))
      return doctor
    }
    const day = { from: '2027-06-14T00:00:00+02:00', to: '2027-06-15T00:00:00+02:00' }

    it('differ from the week until they are taken back', async () => {
      const doctor = await atWork()
      const input = {
        doctorId: doctor.id,
        locationId: location.id,
        date: '2027-06-14',
        kind: 'OTHER_HOURS',
        note: 'Congress',
        hours: [{ startsAt: '14:00', endsAt: '14:30' }],
      }
      const { setScheduleException } = done(await admin(EXCEPT, { input }))
      expect(setScheduleException).toMatchObject({
        date: '2027-06-14',
        kind: 'OTHER_HOURS',
        note: 'Congress',
        location: { id: location.id },
        hours: [{ startsAt: '14:00', endsAt: '14:30', room: null }],
      })
      expect((await slots(doctor, day.from, day.to)).slots).toEqual([
        { startsAt: '2027-06-14T12:00:00.000Z' },
        { startsAt: '2027-06-14T12:10:00.000Z' },
      ])
      done(await admin(EXCEPT, { input: { ...input, kind: 'NOT_WORKING', hours: [] } }))
      expect(await slots(doctor, day.from, day.to)).toEqual({ emptyReason: 'NOT_WORKING', slots: [] })
      const LIST =
        'query ($id: ID!) { doctor(id: $id) { scheduleExceptions(filter: { from: "2027-06-14", to: "2027-06-14" }) { totalCount edges { node { id kind hours { startsAt } } } } } }'
      const { doctor: read } = done(await admin(LIST, { id: doctor.id }))
      expect(read.scheduleExceptions).toEqual({
        totalCount: 1,
        edges: [{ node: { id: expect.any(String), kind: 'NOT_WORKING', hours: [] } }],
      })
      const { id } = read.scheduleExceptions.edges[0].node
      done(await admin('mutation ($id: ID!) { removeScheduleException(id: $id) { id } }', { id }))
      expect((await slots(doctor, day.from, day.to)).slots).toHaveLength(5)
    })

    it('are refused where the doctor would work in two places at once', async () => {
      const doctor = await atWork()
      const elsewhere = server.make.location({ timeZone: 'Europe/London' })
      await server.make.save()
      const input = { doctorId: doctor.id, locationId: elsewhere.id, date: '2027-06-14', kind: 'EXTRA_HOURS' }
      // 7:30 in London is 8:30 in Berlin.
      expect(codesOf(await admin(EXCEPT, { input: { ...input, hours: [{ startsAt: '07:30', endsAt: '10:00' }] } }))).toEqual(['CONFLICT'])
      done(await admin(EXCEPT, { input: { ...input, hours: [{ startsAt: '08:00', endsAt: '10:00' }] } }))
    })

    it('are not taken back while the doctor works elsewhere instead', async () => {
      const doctor = await atWork()
      const elsewhere = server.make.location({ timeZone: 'Europe/London' })
      await server.make.save()
      const date = '2027-06-14'
      done(await admin(EXCEPT, { input: { doctorId: doctor.id, locationId: location.id, date, kind: 'NOT_WORKING' } }))
      const away = { doctorId: doctor.id, locationId: elsewhere.id, date, kind: 'EXTRA_HOURS' }
      done(await admin(EXCEPT, { input: { ...away, hours: [{ startsAt: '07:30', endsAt: '10:00' }] } }))
      const rows = await server.sql('select id, kind from schedule_exception where doctor_id = $1', [doctor.id])
      const remove = (kind: string) =>
        admin('mutation ($id: ID!) { removeScheduleException(id: $id) { id } }', { id: rows.find((row) => row['kind'] === kind)!['id'] })
      expect(codesOf(await remove('NOT_WORKING'))).toEqual(['CONFLICT'])
      done(await remove('EXTRA_HOURS'))
      done(await remove('NOT_WORKING'))
    })

    it.each<[string, object, string[]]>([
      ['without hours', { hours: [] }, ['input.hours']],
      ['without work and with hours', { kind: 'NOT_WORKING' }, ['input.hours']],
      ['in the past', { date: '2027-06-01' }, ['input.date']],
      [
        'that overlap',
        {
          hours: [
            { startsAt: '09:00', endsAt: '11:00' },
            { startsAt: '10:00', endsAt: '12:00' },
          ],
        },
        ['input.hours'],
      ],
      ['nowhere', { locationId: UNKNOWN }, ['input.locationId']],
    ])('are refused %s', async (_what, change, fields) => {
      const doctor = await newDoctor()
      const input = {
        doctorId: doctor.id,
        locationId: location.id,
        date: '2027-06-14',
        kind: 'EXTRA_HOURS',
        hours: [{ startsAt: '09:00', endsAt: '10:00' }],
        ...change,
      }
      const answer = await admin(EXCEPT, { input })
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT'])
      expect(fieldsOf(answer)).toEqual(fields)
    })
  })

  describe('until midnight (RULES A4)', () => {
    const monday = { from: '2027-06-14T00:00:00+02:00', to: '2027-06-16T00:00:00+02:00' }
    const BOOK = `mutation ($input: BookAppointmentInput!) { bookAppointment(input: $input) {
      __typename ... on Appointment { startsAt endsAt } ... on SlotUnavailable { reason } } }`
    const book = async (doctor: Doctor, startsAt: string): Promise<unknown> => {
      const patient = server.make.patient()
      await server.make.save()
      const input = { doctorId: doctor.id, patientId: patient.id, startsAt, durationMinutes: 20, idempotencyKey: patient.id }
      return done(await admin(BOOK, { input }))['bookAppointment']
    }

    it('are entered as 24:00, with breaks until then, and read back so', async () => {
      const doctor = await newDoctor()
      const pause = { startsAt: '23:00', endsAt: '24:00', label: null }
      const week = [hours(1, '00:00', '24:00'), hours(2, '20:00', '24:00:00', { breaks: [pause] })]
      const { setDoctorSchedule } = done(await admin(SET, { input: { doctorId: doctor.id, validFrom: '2027-06-07', hours: week } }))
      expect(setDoctorSchedule.weeklySchedule).toMatchObject([
        { weekday: 1, startsAt: '00:00', endsAt: '24:00', breaks: [] },
        { weekday: 2, startsAt: '20:00', endsAt: '24:00', breaks: [pause] },
      ])
      const input = { doctorId: doctor.id, locationId: location.id, date: '2027-06-16', kind: 'OTHER_HOURS' }
      const { setScheduleException } = done(await admin(EXCEPT, { input: { ...input, hours: [{ startsAt: '22:00', endsAt: '24:00' }] } }))
      expect(setScheduleException.hours).toEqual([{ startsAt: '22:00', endsAt: '24:00', room: null }])
      const { slots: found } = await slots(doctor, '2027-06-16T00:00:00+02:00', '2027-06-18T00:00:00+02:00')
      expect(found.at(-1)).toEqual({ startsAt: '2027-06-16T21:40:00.000Z' })
    })

    it('give free times and visits up to midnight and not beyond it, also where the next day goes on', async () => {
      const doctor = await newDoctor()
      const week = [hours(1, '23:00', '24:00'), hours(2, '00:00', '01:00')]
      done(await admin(SET, { input: { doctorId: doctor.id, validFrom: '2027-06-07', hours: week } }))
      const { slots: found } = await slots(doctor, monday.from, monday.to)
      const local = ['23:00', '23:10', '23:20', '23:30', '23:40', '00:00', '00:10', '00:20', '00:30', '00:40']
      const utc = local.map((time) => `2027-06-14T${time.startsWith('23') ? '21' : '22'}${time.slice(2)}:00.000Z`)
      expect(found).toEqual(utc.map((startsAt) => ({ startsAt })))
      expect(await book(doctor, '2027-06-14T23:40:00+02:00')).toMatchObject({
        __typename: 'Appointment',
        endsAt: '2027-06-14T22:00:00.000Z',
      })
      expect(await book(doctor, '2027-06-15T00:00:00+02:00')).toMatchObject({ __typename: 'Appointment' })
      const other = await newDoctor()
      done(await admin(SET, { input: { doctorId: other.id, validFrom: '2027-06-07', hours: week } }))
      expect(await book(other, '2027-06-14T23:50:00+02:00')).toMatchObject({ __typename: 'SlotUnavailable', reason: 'NOT_WORKING' })
    })

    it.each([
      [{ startsAt: '24:00', endsAt: '24:00' }, ['input.hours.0.endsAt']],
      [{ startsAt: '23:00', endsAt: '00:00' }, ['input.hours.0.endsAt']],
    ])('are refused as %j', async (times, fields) => {
      const doctor = await newDoctor()
      const answer = await admin(SET, {
        input: { doctorId: doctor.id, validFrom: '2027-06-07', hours: [hours(1, '08:00', '12:00', times)] },
      })
      expect([codesOf(answer), fieldsOf(answer)]).toEqual([['BAD_USER_INPUT'], fields])
    })

    it.each(['24:01', '24:00:01', '25:00', '24', '24:00:00.001'])('are no time as %s', async (endsAt) => {
      const doctor = await newDoctor()
      const answer = await admin(SET, { input: { doctorId: doctor.id, validFrom: '2027-06-07', hours: [hours(1, '08:00', endsAt)] } })
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT'])
      const written = `mutation { setDoctorSchedule(input: { doctorId: "${doctor.id}", validFrom: "2027-06-07",
        hours: [{ weekday: 1, locationId: "${location.id}", startsAt: "08:00", endsAt: "${endsAt}" }] }) { id } }`
      expect(codesOf(await admin(written))).toEqual(['GRAPHQL_VALIDATION_FAILED'])
      expect(codesOf(await admin(written.replace(`"${endsAt}"`, '"24:00"')))).toEqual([])
    })
  })

  describe('absences (RULES A4)', () => {
    const atWork = async (): Promise<Doctor> => {
      const doctor = await newDoctor()
      server.make.em.create(WeeklySchedule, {
        doctor,
        location,
        weekday: 1,
        startsAt: '08:00',
        endsAt: '09:00',
        validFrom: '2026-01-01',
      } as never)
      await server.make.save()
      return doctor
    }
    const day = ['2027-06-14T00:00:00+02:00', '2027-06-15T00:00:00+02:00'] as const

    it('of whole days keep the day free, list the visits that are booked, and end when they are called off', async () => {
      const doctor = await atWork()
      const hit = await booked(doctor, '2027-06-14T08:00:00+02:00')
      await booked(doctor, '2027-06-21T08:00:00+02:00')
      await booked(doctor, '2027-06-14T08:30:00+02:00', { status: AppointmentStatus.CANCELLED })
      const input = { doctorId: doctor.id, kind: 'VACATION', startsOn: '2027-06-12', endsOn: '2027-06-14', reason: 'Sea' }
      const { addTimeOff } = done(await admin(OFF, { input }))
      expect(addTimeOff).toEqual({
        id: expect.any(String),
        kind: 'VACATION',
        reason: 'Sea',
        cancelledAt: null,
        enteredByName: expect.any(String),
        doctor: { id: doctor.id },
        startsOn: '2027-06-12',
        endsOn: '2027-06-14',
        startsAt: '2027-06-11T22:00:00.000Z',
        endsAt: '2027-06-14T22:00:00.000Z',
        affectedAppointments: [{ id: hit }],
      })
      expect(await slots(doctor, ...day)).toEqual({ emptyReason: 'ON_LEAVE', slots: [] })
      const CANCEL = 'mutation ($id: ID!) { cancelTimeOff(id: $id) { cancelledAt affectedAppointments { id } } }'
      for (let time = 0; time < 2; time += 1)
        expect(done(await admin(CANCEL, { id: addTimeOff.id }))['cancelTimeOff']).toEqual({
          cancelledAt: NOW.toISOString(),
          affectedAppointments: [],
        })
      expect((await slots(doctor, ...day)).slots).toHaveLength(2)
    })

    it('between two instants take only those away', async () => {
      const doctor = await atWork()
      const input = { doctorId: doctor.id, kind: 'TRAINING', startsAt: '2027-06-14T08:00:00+02:00', endsAt: '2027-06-14T08:30:00+02:00' }
      const hit = await booked(doctor, '2027-06-14T08:20:00+02:00')
      const { addTimeOff } = done(await admin(OFF, { input }))
      expect(addTimeOff).toMatchObject({ startsOn: null, endsOn: null, affectedAppointments: [{ id: hit }] })
      await server.sql('delete from appointment where id = $1', [hit])
      expect((await slots(doctor, ...day)).slots).toEqual([
        { startsAt: '2027-06-14T06:30:00.000Z' },
        { startsAt: '2027-06-14T06:40:00.000Z' },
      ])
    })

    it.each<[string, object, string]>([
      ['without a time', {}, 'input.startsAt'],
      ['of days and instants', { startsOn: '2027-06-12', startsAt: NOW, endsAt: '2027-06-12T00:00:00Z' }, 'input.startsAt'],
      ['without an end', { startsAt: NOW }, 'input.endsAt'],
      ['without a first day', { endsOn: '2027-06-12' }, 'input.startsOn'],
      ['that end before they begin', { startsOn: '2027-06-12', endsOn: '2027-06-11' }, 'input.endsOn'],
      ['of another age', { startsOn: '1999-06-12' }, 'input.startsOn'],
      ['of years', { startsOn: '2027-06-12', endsOn: '2029-06-13' }, 'input.endsOn'],
      ['for no reason but a novel', { startsOn: '2027-06-12', reason: 'x'.repeat(501) }, 'input.reason'],
    ])('are refused %s', async (_what, change, field) => {
      const doctor = await newDoctor()
      const answer = await admin(OFF, { input: { doctorId: doctor.id, kind: 'OTHER', ...change } })
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT'])
      expect(fieldsOf(answer)).toContain(field)
    })

    it('are listed with those that were called off, or without them', async () => {
      const doctor = await newDoctor()
      const ids: string[] = []
      for (const startsOn of ['2027-07-01', '2027-08-01'])
        ids.push(done(await admin(OFF, { input: { doctorId: doctor.id, kind: 'OTHER', startsOn } }))['addTimeOff'].id)
      done(await admin('mutation ($id: ID!) { cancelTimeOff(id: $id) { id } }', { id: ids[0] }))
      const list = async (filter: string): Promise<unknown[]> => {
        const read = done(
          await admin(`query ($id: ID!) { doctor(id: $id) { timeOff(filter: ${filter}) { edges { node { id } } } } }`, { id: doctor.id }),
        )
        return read['doctor'].timeOff.edges.map(({ node }: { node: { id: string } }) => node.id)
      }
      expect(await list('{}')).toEqual([ids[1], ids[0]])
      expect(await list('{ cancelled: false }')).toEqual([ids[1]])
      expect(await list('{ from: "2027-07-15T00:00:00Z" }')).toEqual([ids[1]])
      expect(await list('{ to: "2027-07-15T00:00:00Z" }')).toEqual([ids[0]])
    })
  })

  describe('closures (RULES A4)', () => {
    it('of a location or of the clinic keep the days free until they are taken back', async () => {
      const doctor = await newDoctor()
      const site = server.make.location()
      server.make.em.create(WeeklySchedule, {
        doctor,
        location: site,
        weekday: 1,
        startsAt: '08:00',
        endsAt: '09:00',
        validFrom: '2026-01-01',
      } as never)
      await server.make.save()
      const add = async (input: object) => done(await admin(CLOSE, { input }))['addClosure']
      const closure = await add({ locationId: site.id, name: 'Painters', startsOn: '2027-08-02' })
      expect(closure).toEqual({
        id: expect.any(String),
        name: 'Painters',
        startsOn: '2027-08-02',
        endsOn: '2027-08-02',
        location: { id: site.id },
      })
      const day = ['2027-08-02T00:00:00+02:00', '2027-08-03T00:00:00+02:00'] as const
      expect(await slots(doctor, ...day)).toEqual({ emptyReason: 'NOT_WORKING', slots: [] })
      const list = async (filter: object): Promise<unknown[]> => {
        const answer = done(
          await server.as(accounts.PATIENT)('query ($filter: ClosureFilter) { closures(filter: $filter) { edges { node { id } } } }', {
            filter,
          }),
        )
        return answer['closures'].edges.map(({ node }: { node: { id: string } }) => node.id)
      }
      expect(await list({ locationId: site.id, from: '2027-08-02', to: '2027-08-02' })).toEqual([closure.id])
      expect(await list({ locationId: location.id, from: '2027-08-02', to: '2027-08-02' })).toEqual([])
      expect(done(await admin('mutation ($id: ID!) { removeClosure(id: $id) }', { id: closure.id }))).toEqual({ removeClosure: true })
      expect((await slots(doctor, ...day)).slots).toHaveLength(5)
      const whole = await add({ name: 'Holiday', startsOn: '2027-08-01', endsOn: '2027-08-03' })
      expect(whole.location).toBeNull()
      expect(await slots(doctor, ...day)).toEqual({ emptyReason: 'NOT_WORKING', slots: [] })
      done(await admin('mutation ($id: ID!) { removeClosure(id: $id) }', { id: whole.id }))
    })

    it.each<[object, string]>([
      [{ name: ' ' }, 'BAD_USER_INPUT'],
      [{ startsOn: '2027-01-01' }, 'BAD_USER_INPUT'],
      [{ endsOn: '2027-06-30' }, 'BAD_USER_INPUT'],
      [{ locationId: UNKNOWN }, 'NOT_FOUND'],
    ])('are refused with %j', async (change, code) => {
      expect(codesOf(await admin(CLOSE, { input: { name: 'X', startsOn: '2027-07-01', ...change } }))).toEqual([code])
    })
  })

  describe('belong to', () => {
    it('the doctor, who changes their own and nobody else any', async () => {
      const [mine, other] = [await doctorWithAccount(), await newDoctor()]
      const week = (doctorId: string) => ({ input: { doctorId, validFrom: '2027-06-07', hours: [hours(1, '08:00', '12:00')] } })
      const except = (doctorId: string) => ({ input: { doctorId, locationId: location.id, date: '2027-06-14', kind: 'NOT_WORKING' } })
      const off = (doctorId: string) => ({ input: { doctorId, kind: 'SICK_LEAVE', startsOn: '2027-06-14', reason: 'Flu' } })
      const exceptionId = done(await admin(EXCEPT, except(other.id)))['setScheduleException'].id
      const timeOffId = done(await admin(OFF, off(other.id)))['addTimeOff'].id
      for (const [document, variables] of [
        [SET, week(other.id)],
        [EXCEPT, except(other.id)],
        [OFF, off(other.id)],
        ['mutation ($id: ID!) { removeScheduleException(id: $id) { id } }', { id: exceptionId }],
        ['mutation ($id: ID!) { cancelTimeOff(id: $id) { id } }', { id: timeOffId }],
      ] as const)
        expect(codesOf(await mine.ask(document, variables))).toEqual(['NOT_FOUND'])
      done(await mine.ask(SET, week(mine.doctor.id)))
      const own = done(await mine.ask(EXCEPT, except(mine.doctor.id)))['setScheduleException'].id
      done(await mine.ask('mutation ($id: ID!) { removeScheduleException(id: $id) { id } }', { id: own }))
      done(await mine.ask(OFF, off(mine.doctor.id)))
      expect(codesOf(await mine.ask(CLOSE, { input: { name: 'X', startsOn: '2027-07-01' } }))).toEqual(['FORBIDDEN'])
      const READ =
        'query ($id: ID!) { doctor(id: $id) { timeOff { totalCount } scheduleExceptions { totalCount } appointmentsOutsideHours { id } } }'
      await booked(other, '2027-06-15T09:00:00+02:00')
      expect(done(await mine.ask(READ, { id: other.id }))['doctor']).toEqual({
        timeOff: { totalCount: 0 },
        scheduleExceptions: { totalCount: 0 },
        appointmentsOutsideHours: [],
      })
    })

    it.each([Role.STAFF, Role.REGISTRATION_CLERK, Role.PHARMACIST, Role.CASHIER, Role.ANALYST, Role.PATIENT])(
      'nobody whose role is %s to change',
      async (role) => {
        const doctor = await newDoctor()
        const ask = server.as(accounts[role])
        expect(codesOf(await ask(SET, { input: { doctorId: doctor.id, validFrom: '2027-06-07', hours: [] } }))).toEqual(['FORBIDDEN'])
        expect(codesOf(await ask(OFF, { input: { doctorId: doctor.id, kind: 'OTHER', startsOn: '2027-06-14' } }))).toEqual(['FORBIDDEN'])
        expect(codesOf(await ask(CLOSE, { input: { name: 'X', startsOn: '2027-07-01' } }))).toEqual(['FORBIDDEN'])
      },
    )

    it.each([Role.STAFF, Role.PATIENT])('no %s to read: least of all why somebody is away', async (role) => {
      const doctor = await newDoctor()
      done(await admin(OFF, { input: { doctorId: doctor.id, kind: 'SICK_LEAVE', startsOn: '2027-06-14', reason: 'Flu' } }))
      const answer = await server.as(accounts[role])(
        'query ($id: ID!) { doctor(id: $id) { timeOff { edges { node { reason kind } } } } }',
        { id: doctor.id },
      )
      expect(codesOf(answer)).toEqual(['FORBIDDEN'])
      expect(JSON.stringify(answer.data)).not.toContain('Flu')
    })
  })
})
