import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DoctorCalendar, type Booking, type Stretch } from '../../../src/modules/demo/calendar.js'

const stretch = (over: Partial<Stretch>): Stretch => ({
  weekday: 7,
  startsAt: '09:00',
  endsAt: '10:00',
  validFrom: '2020-01-01',
  validTo: null,
  roomId: 'room',
  ...over,
})
const anything = (): boolean => true

/** Everything a calendar has, as wall-clock times of the zone. */
function wallTimes(stretches: readonly Stretch[], zone: string, from: string, to: string): string[] {
  const calendar = new DoctorCalendar(stretches, zone, 20, from, to)
  const times: string[] = []
  for (let booking: Booking | undefined; (booking = calendar.take(0, 0, Number.MAX_SAFE_INTEGER, 1, anything)) !== undefined;) {
    const start = Temporal.Instant.fromEpochMilliseconds(booking.start).toZonedDateTimeISO(zone)
    times.push(`${start.toPlainDate().toString()} ${start.toPlainTime().toString({ smallestUnit: 'minute' })}`)
  }
  return times
}

describe("the slots of a doctor's week (RULES A4)", () => {
  it.each([
    ['Europe/Berlin', '2027-03-21', '2027-03-28'],
    ['Europe/Berlin', '2027-10-24', '2027-10-31'],
    ['America/New_York', '2027-03-07', '2027-03-14'],
    ['America/New_York', '2027-10-31', '2027-11-07'],
  ])('keep their wall time in %s when the clock changes after %s, on %s', (zone, before, day) => {
    const until = Temporal.PlainDate.from(day).add({ days: 1 }).toString()
    expect(wallTimes([stretch({})], zone, before, until)).toEqual(
      [before, day].flatMap((date) => ['09:00', '09:20', '09:40'].map((time) => `${date} ${time}`)),
    )
  })

  it('are an hour fewer when the change falls into the stretch, and none of them is doubled', () => {
    const night = stretch({ startsAt: '01:00', endsAt: '04:00' })
    const spring = wallTimes([night], 'Europe/Berlin', '2027-03-28', '2027-03-29')
    expect(spring).toEqual(['01:00', '01:20', '01:40', '03:00', '03:20', '03:40'].map((time) => `2027-03-28 ${time}`))
  })

  it('begin and end with the validity of the stretch', () => {
    const days = wallTimes(
      [stretch({ weekday: 1, endsAt: '09:20', validFrom: '2026-11-09', validTo: '2026-11-16' })],
      'UTC',
      '2026-11-01',
      '2026-12-01',
    )
    expect(days).toEqual(['2026-11-09 09:00', '2026-11-16 09:00'])
  })

  it('are never given twice, not even in part', () => {
    const week = [1, 2, 3, 4, 5].map((weekday) => stretch({ weekday, endsAt: '12:00' }))
    const wishes = fc.array(fc.record({ hour: fc.nat({ max: 24 * 14 }), slots: fc.integer({ min: 1, max: 3 }) }), { maxLength: 80 })
    fc.assert(
      fc.property(wishes, (all) => {
        const from = Date.parse('2026-11-02T00:00Z')
        const calendar = new DoctorCalendar(week, 'Europe/Berlin', 20, '2026-11-02', '2026-11-16')
        const bookings = all
          .map(({ hour, slots }) => calendar.take(from + hour * 3_600_000, from, from + 14 * 86_400_000, slots, anything))
          .filter((booking) => booking !== undefined)
          .toSorted((one, other) => one.start - other.start)
        expect(bookings.every((booking, index) => booking.end <= (bookings[index + 1]?.start ?? Infinity))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})
