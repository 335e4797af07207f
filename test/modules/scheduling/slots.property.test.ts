import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSlots, type BusyTime, type SlotQuestion } from '../../../src/modules/scheduling/slots/find-slots.js'
import { merged } from '../../../src/modules/scheduling/slots/intervals.js'
import { dayOf, WallClock } from '../../../src/modules/scheduling/slots/wall-clock.js'
import { workingTime, type Absence, type Closure, type DoctorHours } from '../../../src/modules/scheduling/slots/working-time.js'
import { slotsMinuteByMinute } from './slot-oracle.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Weekends on which the clocks of these zones change, and one that never does. */
const NIGHTS = [
  ['Europe/Berlin', '2027-03-28'],
  ['Europe/Berlin', '2027-10-31'],
  ['America/New_York', '2027-03-14'],
  ['America/New_York', '2027-11-07'],
  ['Australia/Lord_Howe', '2027-04-04'],
  ['Australia/Lord_Howe', '2027-10-03'],
  ['Asia/Kolkata', '2027-03-28'],
  // Here it is midnight that is jumped over, or comes twice.
  ['America/Havana', '2027-03-14'],
  ['America/Havana', '2027-11-07'],
] as const

const inMinutes = (least: number, most: number) => fc.integer({ min: least, max: most }).map((minutes) => minutes * MINUTE)
/** Times near the change of the clocks, often. */
const wallTime = fc.oneof(inMinutes(0, 5 * 60), inMinutes(0, 24 * 60 - 1))
const within = fc.tuple(wallTime, wallTime).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + MINUTE }))
/** Until the midnight at the end of the day, and from midnight on. */
const untilMidnight = wallTime.map((start) => ({ start, end: DAY }))
const fromMidnight = wallTime.map((end) => ({ start: 0, end: end + MINUTE }))
const stretch = fc.oneof({ weight: 3, arbitrary: within }, { weight: 1, arbitrary: untilMidnight }, { weight: 1, arbitrary: fromMidnight })

/** Hours of one location without rooms. */
function clinicWeek(date: string): fc.Arbitrary<{ hours: DoctorHours; closures: Closure[]; busy: BusyTime; question: SlotQuestion }> {
  const sunday = dayOf(date)
  const start = sunday * DAY
  const near = fc.integer({ min: sunday - 1, max: sunday + 1 })
  const instants = fc
    .tuple(inMinutes(-24 * 60, 48 * 60), inMinutes(1, 600))
    .map(([at, length]) => ({ start: start + at, end: start + at + length }))
  const weekly = fc.record({
    locationId: fc.constant('a'),
    roomId: fc.constant(null),
    weekday: fc.constantFrom(6, 7, 7, 7, 1),
    validFrom: fc.constantFrom(sunday - 100, sunday - 1, sunday, sunday + 1),
    validTo: fc.constantFrom(null, null, sunday - 1, sunday + 2),
    breaks: fc.array(stretch, { maxLength: 2 }),
  })
  return fc.record({
    hours: fc.record({
      weekly: fc
        .array(
          fc.tuple(weekly, stretch).map(([rest, hours]) => ({ ...rest, ...hours })),
          { maxLength: 4 },
        )
        .map((rows) =>
          rows.filter(
            (row, index) =>
              !rows.slice(0, index).some((other) => other.weekday === row.weekday && other.start < row.end && row.start < other.end),
          ),
        ),
      exceptions: fc.uniqueArray(
        fc.record({
          locationId: fc.constant('a'),
          day: near,
          kind: fc.constantFrom('OTHER_HOURS' as const, 'EXTRA_HOURS' as const, 'NOT_WORKING' as const),
          hours: fc.array(
            stretch.map((hours) => ({ ...hours, roomId: null })),
            { maxLength: 2 },
          ),
        }),
        { maxLength: 1, selector: ({ day }) => day },
      ),
      absences: fc.array(
        fc.oneof<fc.Arbitrary<Absence>[]>(
          instants,
          near.map((day) => ({ firstDay: day, lastDay: day })),
        ),
        { maxLength: 1 },
      ),
    }),
    closures: fc.oneof(
      { weight: 5, arbitrary: fc.constant<Closure[]>([]) },
      { weight: 1, arbitrary: near.map((day): Closure[] => [{ locationId: null, firstDay: day, lastDay: day }]) },
    ),
    busy: fc.array(instants, { maxLength: 8 }).map((intervals) => ({ doctor: merged(intervals), rooms: new Map() })),
    question: fc.record({
      window: fc.tuple(inMinutes(-600, 1200), inMinutes(1, 2000)).map(([at, length]) => ({ start: start + at, end: start + at + length })),
      bookable: fc.oneof(
        fc.constant({ start: 0, end: Infinity }),
        fc.tuple(inMinutes(-600, 1200), inMinutes(1, 2000)).map(([at, length]) => ({ start: start + at, end: start + at + length })),
      ),
      duration: inMinutes(1, 90),
      bufferBefore: fc.oneof(fc.constant(0), inMinutes(0, 30)),
      bufferAfter: fc.oneof(fc.constant(0), inMinutes(0, 30)),
      step: fc.constantFrom(5, 10, 15, 20, 30, 60).map((minutes) => minutes * MINUTE),
      limit: fc.constant(Infinity),
    }),
  })
}

describe.each(NIGHTS)('free times in %s around %s (RULES A4, SECURITY C9)', (zone, date) => {
  const arbitrary = clinicWeek(date)
  const solve = ({
    hours,
    closures,
    busy,
    question,
  }: {
    hours: DoctorHours
    closures: Closure[]
    busy: BusyTime
    question: SlotQuestion
  }) => {
    const clock = WallClock.of(zone, question.window.start, question.window.end)
    const work = workingTime(hours, closures, new Map([['a', clock]]), question.window)
    return { work, found: findSlots(work, busy, question) }
  }

  it('are those that a walk over every minute of the clock on the wall finds: none lost, doubled or shifted', () => {
    fc.assert(
      fc.property(arbitrary, (clinic) => {
        const { found } = solve(clinic)
        const slow = slotsMinuteByMinute(clinic.hours, clinic.closures, 'a', zone, clinic.busy, clinic.question)
        expect(found.slots.map(({ start }) => start)).toEqual(slow)
      }),
      { numRuns: 60 },
    )
  })

  it('lie inside working hours and meet neither absences nor what is taken, with the time to be kept free', () => {
    fc.assert(
      fc.property(arbitrary, (clinic) => {
        const { work, found } = solve(clinic)
        const { bufferBefore, bufferAfter } = clinic.question
        for (const slot of found.slots) {
          expect(work.stretches.some(({ start, end }) => start <= slot.start && slot.end <= end)).toBe(true)
          expect((work.absences.get('a') ?? []).filter(({ start, end }) => start < slot.end && slot.start < end)).toEqual([])
          const kept = { start: slot.start - bufferBefore, end: slot.end + bufferAfter }
          expect(clinic.busy.doctor.filter(({ start, end }) => start < kept.end && kept.start < end)).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })

  it('there are, or a reason why there is none', () => {
    fc.assert(
      fc.property(arbitrary, (clinic) => {
        const { found } = solve(clinic)
        expect(found.slots.length === 0).toBe(found.emptyReason !== null)
      }),
      { numRuns: 300 },
    )
  })
})
