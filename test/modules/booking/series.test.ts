import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { SeriesFrequency } from '../../../src/modules/scheduling/appointment-series.entity.js'
import { movedAlike, occurrencesOf } from '../../../src/modules/scheduling/booking/series-dates.js'
import type { Doctor } from '../../../src/modules/doctors/doctor.entity.js'
import { codesOf } from '../../support/server.js'
import { BOOK, BookingClinic, noonIn, only, plus, SERIES, type Ask } from './booking-clinic.js'

const MOVE_SERIES = `mutation ($input: RescheduleAppointmentSeriesInput!) { rescheduleAppointmentSeries(input: $input) {
  series { id } appointments { id version startsAt rescheduledFrom { id } series { id } } conflicts { startsAt conflictsWith reason } } }`
const CANCEL_SERIES = `mutation ($input: CancelAppointmentSeriesInput!) { cancelAppointmentSeries(input: $input) { id version status } }`

describe('the times of a series (RULES A8, SECURITY C9)', () => {
  const weekly = { frequency: SeriesFrequency.WEEKLY, every: 1, occurrences: 4, until: null }
  const wall = (at: Date, zone: string): string => at.toLocaleString('sv-SE', { timeZone: zone })

  it.each([
    ['Europe/Berlin', '2027-03-18T08:30:00Z', ['2027-03-18 09:30:00', '2027-03-25 09:30:00', '2027-04-01 09:30:00', '2027-04-08 09:30:00']],
    ['Europe/Berlin', '2027-10-21T07:30:00Z', ['2027-10-21 09:30:00', '2027-10-28 09:30:00', '2027-11-04 09:30:00', '2027-11-11 09:30:00']],
    [
      'America/New_York',
      '2027-03-04T14:30:00Z',
      ['2027-03-04 09:30:00', '2027-03-11 09:30:00', '2027-03-18 09:30:00', '2027-03-25 09:30:00'],
    ],
    [
      'America/New_York',
      '2027-10-28T13:30:00Z',
      ['2027-10-28 09:30:00', '2027-11-04 09:30:00', '2027-11-11 09:30:00', '2027-11-18 09:30:00'],
    ],
  ])('keep to the clock on the wall of %s when it changes', (zone, first, expected) => {
    expect(occurrencesOf(new Date(first), zone, weekly).map((at) => wall(at, zone))).toEqual(expected)
  })

  it('that a clock change jumps over come an hour later, once', () => {
    const times = occurrencesOf(new Date('2027-03-21T01:30:00Z'), 'Europe/Berlin', weekly)
    expect(times.map((at) => wall(at, 'Europe/Berlin'))).toEqual([
      '2027-03-21 02:30:00',
      '2027-03-28 03:30:00',
      '2027-04-04 02:30:00',
      '2027-04-11 02:30:00',
    ])
  })

  it('leave out months that have no such day, and end on the last day', () => {
    const monthly = { frequency: SeriesFrequency.MONTHLY, every: 1, occurrences: null, until: '2027-06-30' }
    expect(
      occurrencesOf(new Date('2027-01-31T09:00:00Z'), 'Europe/Berlin', monthly).map((at) => wall(at, 'Europe/Berlin').slice(0, 10)),
    ).toEqual(['2027-01-31', '2027-03-31', '2027-05-31'])
    const fortnightly = { frequency: SeriesFrequency.WEEKLY, every: 2, occurrences: null, until: '2027-02-01' }
    expect(occurrencesOf(new Date('2027-01-04T09:00:00Z'), 'Europe/Berlin', fortnightly)).toHaveLength(3)
    expect(
      occurrencesOf(new Date('2027-01-04T09:00:00Z'), 'Europe/Berlin', { ...fortnightly, every: 1, until: '2060-01-01' }),
    ).toHaveLength(105)
  })

  it('move by the distance on the wall clock', () => {
    const moved = movedAlike(
      new Date('2027-04-01T07:30:00Z'),
      new Date('2027-03-18T08:30:00Z'),
      new Date('2027-03-19T10:00:00Z'),
      'Europe/Berlin',
    )
    expect(wall(moved, 'Europe/Berlin')).toBe('2027-04-02 11:00:00')
  })
})

describe('a series', () => {
  let clinic: BookingClinic
  let clerk: Ask

  beforeAll(async () => {
    clinic = await BookingClinic.open()
    clerk = clinic.as(Role.REGISTRATION_CLERK)
  })
  afterAll(() => clinic.close())

  const doctor = async (): Promise<Doctor> => {
    const made = clinic.doctor()
    await clinic.save()
    return made
  }
  const series = async (doctorId: string, more: object = {}, patientId?: string) => {
    const patient = patientId ?? clinic.patient().id
    await clinic.save()
    return clerk(SERIES, { input: { patientId: patient, doctorId, startsAt: noonIn(5), frequency: 'WEEKLY', count: 12, ...more } })
  }

  it('is one row per visit, with the rule they came from', async () => {
    const each = await doctor()
    const booked = only(await series(each.id))
    expect(booked.appointments).toHaveLength(12)
    expect(booked.conflicts).toEqual([])
    expect(booked.series).toMatchObject({ every: 1, occurrences: 12, until: null })
    expect(await clinic.active(each)).toBe(12)
    const { appointment } = (
      await clerk('query ($id: ID!) { appointment(id: $id) { history { to } series { appointments { id } patient { id } } } }', {
        id: booked.appointments[3].id,
      })
    ).data!
    expect(appointment.series.appointments).toHaveLength(12)
    expect(appointment.history).toEqual([{ to: 'BOOKED' }])
  })

  it('with one clash of twelve books nothing, and says which; on request it skips it (RULES A8, SECURITY C3)', async () => {
    const each = await doctor()
    const rival = clinic.patient()
    await clinic.save()
    // The day of the fourth visit: the same wall time, so found by asking for the series first.
    const planned = occurrencesOf(noonIn(5), 'Europe/Berlin', { frequency: SeriesFrequency.WEEKLY, every: 1, occurrences: 12, until: null })
    only(await clerk(BOOK, { input: { patientId: rival.id, doctorId: each.id, startsAt: planned[3] } }))
    const refused = only(await series(each.id))
    expect(refused).toEqual({
      series: null,
      appointments: [],
      conflicts: [{ startsAt: planned[3]!.toISOString(), conflictsWith: 'DOCTOR', reason: null }],
    })
    expect(await clinic.active(each)).toBe(1)
    expect(
      await clinic.server.sql(
        'select count(*)::int as count from appointment_series s where not exists (select from appointment a where a.series_id = s.id)',
      ),
    ).toEqual([{ count: 0 }])
    const patient = clinic.patient()
    await clinic.save()
    const skipping = { skipConflicts: true, idempotencyKey: 'series-1' }
    const skipped = only(await series(each.id, skipping, patient.id))
    expect(skipped.appointments).toHaveLength(11)
    expect(skipped.conflicts).toHaveLength(1)
    // Asked again with the same key it answers the same.
    expect(only(await series(each.id, skipping, patient.id))).toEqual(skipped)
    expect(await clinic.active(each)).toBe(12)
  })

  it('says which of its times are outside of working hours', async () => {
    const each = await doctor()
    const [{ id }] = (await clinic.server.sql('select id from weekly_schedule where doctor_id = $1 and weekday = $2', [
      each.id,
      ((noonIn(5).getUTCDay() + 6) % 7) + 1,
    ])) as [{ id: string }]
    await clinic.server.sql("update weekly_schedule set valid_to = ($1::timestamptz + interval '20 days')::date where id = $2", [
      noonIn(5),
      id,
    ])
    const refused = only(await series(each.id, { count: 4 }))
    expect(refused.series).toBeNull()
    expect(refused.conflicts.map(({ reason }: any) => reason)).toEqual(['NOT_WORKING'])
  })

  it('is refused with a rule that cannot be, and to patients', async () => {
    const each = await doctor()
    for (const more of [
      { count: 1 },
      { count: 105 },
      { every: 0 },
      { until: '2099-01-01' },
      { count: null },
      { count: null, until: '2099-01-01' },
      // Few visits, and yet beyond what anybody plans.
      { frequency: 'MONTHLY', every: 12, count: 12 },
      { frequency: 'MONTHLY', every: 12, count: null, until: '2099-01-01' },
    ])
      expect(codesOf(await series(each.id, more))).toEqual(['BAD_USER_INPUT'])
    const own = {
      input: { patientId: clinic.accounts.PATIENT.patient!.id, doctorId: each.id, startsAt: noonIn(5), frequency: 'WEEKLY', count: 3 },
    }
    expect(codesOf(await clinic.as(Role.PATIENT)(SERIES, own))).toEqual(['FORBIDDEN'])
  })

  it('is moved from one visit on, all or none', async () => {
    const each = await doctor()
    const { appointments, series: rule } = only(await series(each.id, { count: 5 }))
    const third = appointments[2]
    const startsAt = plus(new Date(third.startsAt), 60)
    const input = { id: third.id, version: third.version, scope: 'THIS_AND_FOLLOWING', startsAt }
    const rival = clinic.patient()
    await clinic.save()
    const blocker = only(
      await clerk(BOOK, { input: { patientId: rival.id, doctorId: each.id, startsAt: plus(new Date(appointments[4].startsAt), 60) } }),
    )
    const refused = only(await clerk(MOVE_SERIES, { input }))
    expect(refused).toMatchObject({ series: null, appointments: [], conflicts: [{ startsAt: blocker.startsAt, conflictsWith: 'DOCTOR' }] })
    expect(
      await clinic.server.sql("select count(*)::int as count from appointment where series_id = $1 and status = 'BOOKED'", [rule.id]),
    ).toEqual([{ count: 5 }])
    await clerk('mutation ($input: CancelAppointmentInput!) { cancelAppointment(input: $input) { id } }', {
      input: { id: blocker.id, version: blocker.version, reason: 'x' },
    })
    const moved = only(await clerk(MOVE_SERIES, { input }))
    expect(moved.appointments.map(({ startsAt: at, rescheduledFrom }: any) => [at, rescheduledFrom.id])).toEqual(
      appointments.slice(2).map(({ id, startsAt: at }: any) => [plus(new Date(at), 60).toISOString(), id]),
    )
    expect(moved.appointments.every(({ series: of }: any) => of.id === rule.id)).toBe(true)
    expect(codesOf(await clerk(MOVE_SERIES, { input }))).toEqual(['STALE_VERSION'])
  })

  it('is called off: one visit, the rest, or all to come', async () => {
    const each = await doctor()
    const { appointments } = only(await series(each.id, { count: 6 }))
    const cancel = async (index: number, scope: string) =>
      clerk(CANCEL_SERIES, { input: { id: appointments[index].id, version: appointments[index].version, scope, reason: 'moved away' } })
    expect(only(await cancel(1, 'THIS'))).toHaveLength(1)
    expect(only(await cancel(4, 'THIS_AND_FOLLOWING')).map(({ id }: any) => id)).toEqual(appointments.slice(4).map(({ id }: any) => id))
    expect(await clinic.active(each)).toBe(3)
    expect(only(await cancel(0, 'ALL'))).toHaveLength(3)
    expect(codesOf(await cancel(0, 'ALL'))).toEqual(['STALE_VERSION'])
    expect(await clinic.active(each)).toBe(0)
  })

  it('leaves nothing behind when the database ends its connection in the middle (SECURITY C3)', async () => {
    const each = await doctor()
    const holder = new pg.Client({ connectionString: clinic.server.database.url })
    await holder.connect()
    // A row of the series waits for this one, so that the transaction is caught half way, with rows written.
    const planned = occurrencesOf(noonIn(5), 'Europe/Berlin', { frequency: SeriesFrequency.WEEKLY, every: 1, occurrences: 12, until: null })
    await holder.query('begin')
    await holder.query(
      `insert into appointment (id, patient_id, doctor_id, location_id, starts_at, ends_at)
         select gen_random_uuid(), (select id from patient limit 1), $1, $2, $3::timestamptz, $3::timestamptz + interval '20 minutes'`,
      [each.id, clinic.location.id, planned[9]],
    )
    const running = series(each.id)
    let ended = 0
    while (ended === 0) {
      const rows = await clinic.server.sql(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'`,
      )
      ended = rows.length
    }
    expect(codesOf(await running)).toEqual(['UNAVAILABLE'])
    await holder.query('rollback')
    await holder.end()
    expect(await clinic.server.sql('select count(*)::int as count from appointment where doctor_id = $1', [each.id])).toEqual([
      { count: 0 },
    ])
    expect(only(await series(each.id)).appointments).toHaveLength(12)
  })
})
