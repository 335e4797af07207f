import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Doctor } from '../../../src/modules/doctors/doctor.entity.js'
import type { Location } from '../../../src/modules/locations/location.entity.js'
import { TestServer, type Answer } from '../../support/server.js'

/** It is the 21st in Berlin and on Kiritimati, the 20th in Los Angeles. */
const NOW = new Date('2027-03-20T23:30:00Z')
const SLOTS = `query ($doctor: ID!, $from: DateTime!, $to: DateTime!) {
  availableSlots(doctorId: $doctor, from: $from, to: $to) { emptyReason slots { startsAt } } }`

/** Zones of the machine, with the minutes that they are behind UTC at that instant: none of them is the location's. */
describe.each([
  ['UTC', 0],
  ['America/Los_Angeles', 420],
  ['Australia/Lord_Howe', -660],
  ['Pacific/Kiritimati', -840],
])('a clinic in Berlin whose server runs in %s (SECURITY C9)', (zone, behind) => {
  const before = process.env['TZ']
  let server: TestServer
  let admin: (query: string, variables?: Record<string, unknown>) => Promise<Answer>
  let location: Location
  let doctor: Doctor

  beforeAll(async () => {
    process.env['TZ'] = zone
    server = await TestServer.start({ clock: () => NOW })
    admin = server.as((await server.accounts()).ADMIN)
    location = server.make.location({ timeZone: 'Europe/Berlin' })
    doctor = server.make.doctor({ defaultAppointmentMinutes: 30 })
    await server.make.save()
    const hours = [{ weekday: 7, startsAt: '01:00', endsAt: '04:00', locationId: location.id }]
    await done('mutation ($input: SetDoctorScheduleInput!) { setDoctorSchedule(input: $input) { id } }', {
      input: { doctorId: doctor.id, validFrom: '2027-03-22', hours },
    })
  })
  afterAll(async () => {
    await server.stop()
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })

  const done = async (query: string, variables: Record<string, unknown>): Promise<any> => {
    const { data, errors } = await admin(query, variables)
    expect(errors).toBeUndefined()
    return data
  }
  const free = async (from: string, to: string): Promise<{ emptyReason: string | null; times: string[] }> => {
    const { availableSlots } = await done(SLOTS, { doctor: doctor.id, from, to })
    return { emptyReason: availableSlots.emptyReason, times: availableSlots.slots.map(({ startsAt }: { startsAt: string }) => startsAt) }
  }
  /** Every ten minutes, the last one included. */
  const every = (first: string, last: string): string[] => {
    const [start, end] = [Date.parse(first), Date.parse(last)]
    return Array.from({ length: (end - start) / 600_000 + 1 }, (_, index) => new Date(start + index * 600_000).toISOString())
  }

  it('is not the zone of the clinic', () => {
    expect(NOW.getTimezoneOffset()).toBe(behind)
  })

  it('keeps hours as they were entered, and has none on the Sunday before they hold', async () => {
    const { doctor: read } = await done(
      'query ($id: ID!) { doctor(id: $id) { weeklySchedule { weekday startsAt endsAt validFrom validTo } } }',
      {
        id: doctor.id,
      },
    )
    expect(read.weeklySchedule).toEqual([{ weekday: 7, startsAt: '01:00', endsAt: '04:00', validFrom: '2027-03-22', validTo: null }])
    expect(await free('2027-03-21T00:00:00+01:00', '2027-03-22T00:00:00+01:00')).toEqual({ emptyReason: 'NOT_WORKING', times: [] })
  })

  it('has two hours of work on the night in spring, and four on the one in autumn', async () => {
    expect((await free('2027-03-28T00:00:00+01:00', '2027-03-29T00:00:00+02:00')).times).toEqual(
      every('2027-03-28T00:00:00Z', '2027-03-28T01:30:00Z'),
    )
    expect((await free('2027-10-31T00:00:00+02:00', '2027-11-01T00:00:00+01:00')).times).toEqual(
      every('2027-10-30T23:00:00Z', '2027-10-31T02:30:00Z'),
    )
  })

  it('is closed and has doctors away on the days of its own calendar', async () => {
    const { addClosure } = await done('mutation ($input: AddClosureInput!) { addClosure(input: $input) { id startsOn endsOn } }', {
      input: { name: 'Works', startsOn: '2027-04-04', locationId: location.id },
    })
    expect(addClosure).toMatchObject({ startsOn: '2027-04-04', endsOn: '2027-04-04' })
    const { addTimeOff } = await done(
      'mutation ($input: AddTimeOffInput!) { addTimeOff(input: $input) { startsOn endsOn startsAt endsAt } }',
      {
        input: { doctorId: doctor.id, kind: 'VACATION', startsOn: '2027-10-24', endsOn: '2027-10-24' },
      },
    )
    expect(addTimeOff).toEqual({
      startsOn: '2027-10-24',
      endsOn: '2027-10-24',
      startsAt: '2027-10-23T22:00:00.000Z',
      endsAt: '2027-10-24T22:00:00.000Z',
    })
    expect((await free('2027-04-04T00:00:00+02:00', '2027-04-05T00:00:00+02:00')).emptyReason).toBe('NOT_WORKING')
    expect((await free('2027-10-24T00:00:00+02:00', '2027-10-25T00:00:00+02:00')).emptyReason).toBe('ON_LEAVE')
  })

  it('books, finds and counts on the days of the location, and a series keeps its time on the wall', async () => {
    const patient = server.make.patient({ birthDate: '1980-02-29' })
    await server.make.save()
    const { bookAppointmentSeries: series } = await done(
      `mutation ($input: BookAppointmentSeriesInput!) { bookAppointmentSeries(input: $input) {
        conflicts { startsAt reason } appointments { startsAt patient { birthDate } } } }`,
      {
        input: {
          patientId: patient.id,
          doctorId: doctor.id,
          startsAt: '2027-03-28T01:30:00Z',
          frequency: 'WEEKLY',
          count: 3,
          skipConflicts: true,
        },
      },
    )
    // 3:30 on the wall: an hour earlier in passing time than the night before the change would have had it.
    expect(series.appointments.map(({ startsAt }: { startsAt: string }) => startsAt)).toEqual([
      '2027-03-28T01:30:00.000Z',
      '2027-04-11T01:30:00.000Z',
    ])
    expect(series.conflicts).toEqual([{ startsAt: '2027-04-04T01:30:00.000Z', reason: 'NOT_WORKING' }])
    expect(series.appointments[0].patient.birthDate).toBe('1980-02-29')
    const seen = await done(
      `query ($doctor: ID!) {
        on: appointments(filter: { doctorId: $doctor, day: "2027-03-28" }) { totalCount }
        before: appointments(filter: { doctorId: $doctor, day: "2027-03-27" }) { totalCount }
        appointmentCounts(from: "2027-03-27", to: "2027-03-29", doctorId: $doctor) { day status count } }`,
      { doctor: doctor.id },
    )
    expect(seen).toEqual({
      on: { totalCount: 1 },
      before: { totalCount: 0 },
      appointmentCounts: [{ day: '2027-03-28', status: 'BOOKED', count: 1 }],
    })
  })
})
