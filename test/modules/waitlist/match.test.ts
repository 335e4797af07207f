import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { after, HOUR, MINUTE } from '../../../src/clock.js'
import { bestFirst, comesFirst, fits, type OfferedTime, type Wish } from '../../../src/modules/waitlist/match.js'
import { LEAST_NOTICE_MS, offerEndsAt } from '../../../src/modules/waitlist/offer-time.js'
import { Weekday, WEEKDAYS } from '../../../src/modules/waitlist/waitlist-status.js'

const WISH: Wish = {
  id: 'a',
  doctorId: null,
  specialty: null,
  locationId: null,
  earliest: '2026-12-01',
  latest: '2026-12-31',
  weekdays: [],
  from: null,
  to: null,
  minutes: 20,
  rank: 2,
  waitingSince: 0,
}
const TIME: OfferedTime = {
  doctorId: 'doctor',
  specialty: 'Cardiology',
  locationId: 'here',
  day: '2026-12-07',
  weekday: Weekday.MONDAY,
  from: 9 * 60,
  minutes: 20,
}

const optional = <Value>(values: readonly Value[]) => fc.constantFrom<(Value | null)[]>(null, ...values)
const day = fc.integer({ min: 1, max: 28 }).map((number) => `2026-12-${String(number).padStart(2, '0')}`)
const wish: fc.Arbitrary<Wish> = fc.record({
  id: fc.uuid(),
  doctorId: optional(['doctor', 'other']),
  specialty: optional(['Cardiology', 'Dermatology']),
  locationId: optional(['here', 'there']),
  earliest: day,
  latest: day,
  weekdays: fc.subarray(WEEKDAYS),
  from: optional([0, 480, 540, 720]),
  to: optional([540, 560, 720, 1440]),
  minutes: fc.integer({ min: 5, max: 60 }),
  rank: fc.nat({ max: 2 }),
  waitingSince: fc.nat({ max: 5 }),
})
const time: fc.Arbitrary<OfferedTime> = fc.record({
  doctorId: fc.constantFrom('doctor', 'other'),
  specialty: optional(['Cardiology', 'Dermatology']),
  locationId: fc.constantFrom('here', 'there'),
  day,
  weekday: fc.constantFrom(...WEEKDAYS),
  from: fc.constantFrom(480, 540, 700),
  minutes: fc.integer({ min: 5, max: 60 }),
})

describe('who fits a time that became free (RULES A10)', () => {
  it.each<[string, Partial<Wish>, boolean]>([
    ['who does not mind', {}, true],
    ['who waits for the doctor', { doctorId: 'doctor' }, true],
    ['who waits for another doctor', { doctorId: 'other' }, false],
    ['who waits for the specialty', { specialty: 'Cardiology' }, true],
    ['who waits for another specialty', { specialty: 'Dermatology' }, false],
    ['who can come only elsewhere', { locationId: 'there' }, false],
    ['who can come from that day', { earliest: '2026-12-07' }, true],
    ['who can come until that day', { latest: '2026-12-07' }, true],
    ['who can come only later', { earliest: '2026-12-08' }, false],
    ['who could come only earlier', { latest: '2026-12-06' }, false],
    ['who can come on Mondays', { weekdays: [Weekday.FRIDAY, Weekday.MONDAY] }, true],
    ['who can come on Fridays', { weekdays: [Weekday.FRIDAY] }, false],
    ['who needs all of it', { minutes: 20, from: 540, to: 560 }, true],
    ['who must be gone before its end', { to: 559 }, false],
    ['who can come a minute later', { from: 541 }, false],
    ['who needs longer', { minutes: 21 }, false],
  ])('%s', (_name, given, expected) => {
    expect(fits({ ...WISH, ...given }, TIME)).toBe(expected)
  })

  it('whoever fits, still fits with one condition less, and a longer time', () => {
    // A time, and conditions that it meets.
    const fitting = time.chain((at) =>
      fc.tuple(
        fc.record({
          id: fc.uuid(),
          doctorId: optional([at.doctorId]),
          specialty: optional(at.specialty === null ? [] : [at.specialty]),
          locationId: optional([at.locationId]),
          earliest: fc.constantFrom('2026-12-01', at.day),
          latest: fc.constantFrom('2026-12-31', at.day),
          weekdays: fc.subarray(WEEKDAYS).map((some) => (some.length === 0 ? some : [...new Set([...some, at.weekday])])),
          from: optional([0, at.from]),
          to: optional([at.from + at.minutes, 1440]),
          minutes: fc.integer({ min: 5, max: at.minutes }),
          rank: fc.nat({ max: 2 }),
          waitingSince: fc.nat({ max: 5 }),
        }),
        fc.constant(at),
      ),
    )
    fc.assert(
      fc.property(fitting, ([one, at]) => {
        expect(fits(one, at)).toBe(true)
        for (const looser of [
          { doctorId: null },
          { specialty: null },
          { locationId: null },
          { weekdays: [] },
          { from: null },
          { to: null },
        ])
          expect(fits({ ...one, ...looser }, at)).toBe(true)
        expect(fits(one, { ...at, minutes: at.minutes + 1 })).toBe(true)
      }),
    )
  })

  it('the best first: nobody who fits comes after somebody less urgent, or as urgent who has waited less', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 20 }), time, (wishes, at) => {
        const order = bestFirst(wishes, at)
        expect(new Set(order)).toEqual(new Set(wishes.filter((one) => fits(one, at))))
        for (const [index, one] of order.entries())
          for (const later of order.slice(index + 1))
            expect(one.rank - later.rank || one.waitingSince - later.waitingSince).toBeLessThanOrEqual(0)
      }),
    )
  })

  it('whatever the order in which they are read, the same one is first', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 20 }), time, (wishes, at) => {
        expect(bestFirst(wishes.toReversed(), at)).toEqual(bestFirst(wishes, at))
      }),
    )
    expect(comesFirst(WISH, WISH)).toBe(0)
  })
})

describe('how long an offer holds (RULES A10)', () => {
  const now = new Date('2026-12-01T08:00:00Z')

  it.each([
    [2, 30],
    [4, 60],
    [24, 6 * 60],
    [24 * 30, 12 * 60],
  ])('%d hours ahead: %d minutes', (hours, minutes) => {
    expect(offerEndsAt(now, after(now, hours * HOUR))).toEqual(after(now, minutes * MINUTE))
  })

  it('always ends before the visit, and is not made when nobody could come in time', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10 * HOUR, max: 2000 * HOUR }), (left) => {
        const ends = offerEndsAt(now, after(now, left))
        expect(ends === null).toBe(left < LEAST_NOTICE_MS)
        expect(ends === null || ends.getTime() - now.getTime() < left).toBe(true)
      }),
    )
  })
})
