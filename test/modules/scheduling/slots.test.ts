import { describe, expect, it } from 'vitest'
import { bookingWindow } from '../../../src/modules/scheduling/slots/booking-window.js'
import { EmptySlotReason } from '../../../src/modules/scheduling/slots/empty-slot-reason.js'
import { findSlots, type SlotFindings, type SlotQuestion } from '../../../src/modules/scheduling/slots/find-slots.js'
import { merged, type Interval } from '../../../src/modules/scheduling/slots/intervals.js'
import { fitsAt, placeOf } from '../../../src/modules/scheduling/slots/placement.js'
import { dateOf, dayOf, timeOf, WallClock, weekdayOf } from '../../../src/modules/scheduling/slots/wall-clock.js'
import {
  workingTime,
  type Absence,
  type Closure,
  type DayException,
  type WeeklyHours,
  type WorkingTime,
} from '../../../src/modules/scheduling/slots/working-time.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

interface Clinic {
  zone?: string
  /** Hours as `09:00-12:00`, on every day of the week. */
  hours?: readonly string[]
  breaks?: readonly string[]
  weekly?: Partial<WeeklyHours>
  exceptions?: readonly DayException[]
  absences?: readonly Absence[]
  closures?: readonly Closure[]
  busy?: readonly Interval[]
  roomBusy?: readonly Interval[]
}

const span = (text: string): { start: number; end: number } => {
  const [start = '', end = ''] = text.split('-')
  return { start: timeOf(start), end: timeOf(end) }
}

const at = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds

/** A whole day of a clinic's calendar. */
function dayAt(date: string, zone: string): Interval {
  const start = Temporal.PlainDate.from(date).toZonedDateTime(zone)
  return { start: start.epochMilliseconds, end: start.add({ days: 1 }).startOfDay().epochMilliseconds }
}

function work(clinic: Clinic, window: Interval): WorkingTime {
  const { zone = 'Europe/Berlin', hours = ['09:00-12:00'], breaks = [] } = clinic
  const weekly = hours.flatMap((text) =>
    [1, 2, 3, 4, 5, 6, 7].map((weekday): WeeklyHours => ({
      locationId: 'a',
      roomId: null,
      weekday,
      validFrom: 0,
      validTo: null,
      ...span(text),
      breaks: breaks.map(span),
      ...clinic.weekly,
    })),
  )
  return workingTime(
    { weekly, exceptions: clinic.exceptions ?? [], absences: clinic.absences ?? [] },
    clinic.closures ?? [],
    new Map([['a', WallClock.of(zone, window.start, window.end)]]),
    window,
  )
}

function find(clinic: Clinic, window: Interval, question: Partial<SlotQuestion> = {}): SlotFindings {
  const busy = {
    doctor: merged(clinic.busy ?? []),
    rooms: new Map(clinic.roomBusy ? [['room', merged(clinic.roomBusy)]] : []),
  }
  return findSlots(work(clinic, window), busy, {
    window,
    bookable: { start: -Infinity, end: Infinity },
    duration: 30 * MINUTE,
    bufferBefore: 0,
    bufferAfter: 0,
    step: 30 * MINUTE,
    limit: Infinity,
    ...question,
  })
}

/** As the clock on the wall shows them, with the offset where it matters. */
const shown = ({ slots }: SlotFindings, zone: string): string[] =>
  slots.map(({ start }) => {
    const time = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(zone)
    return time.toString({ timeZoneName: 'never', smallestUnit: 'minute' }).slice(11)
  })

describe('free times on nights when the clocks change (RULES A4, SECURITY C9)', () => {
  it.each([
    // An hour is missing: two hours of work instead of three.
    ['Europe/Berlin', '2027-03-28', ['01:00+01:00', '01:30+01:00', '03:00+02:00', '03:30+02:00']],
    ['America/New_York', '2027-03-14', ['01:00-05:00', '01:30-05:00', '03:00-04:00', '03:30-04:00']],
    // An hour comes twice: four hours of work.
    [
      'Europe/Berlin',
      '2027-10-31',
      ['01:00+02:00', '01:30+02:00', '02:00+02:00', '02:30+02:00', '02:00+01:00', '02:30+01:00', '03:00+01:00', '03:30+01:00'],
    ],
    [
      'America/New_York',
      '2027-11-07',
      ['01:00-04:00', '01:30-04:00', '01:00-05:00', '01:30-05:00', '02:00-05:00', '02:30-05:00', '03:00-05:00', '03:30-05:00'],
    ],
    // Half an hour only.
    ['Australia/Lord_Howe', '2027-10-03', ['01:00+10:30', '01:30+10:30', '02:30+11:00', '03:00+11:00', '03:30+11:00']],
    [
      'Australia/Lord_Howe',
      '2027-04-04',
      ['01:00+11:00', '01:30+11:00', '01:30+10:30', '02:00+10:30', '02:30+10:30', '03:00+10:30', '03:30+10:30'],
    ],
    ['Asia/Kolkata', '2027-03-28', ['01:00+05:30', '01:30+05:30', '02:00+05:30', '02:30+05:30', '03:00+05:30', '03:30+05:30']],
  ])('in %s on %s from 1 to 4', (zone, date, expected) => {
    expect(shown(find({ zone, hours: ['01:00-04:00'] }, dayAt(date, zone)), zone)).toEqual(expected)
  })

  it.each([
    ['Europe/Berlin', '2027-03-28'],
    ['Europe/Berlin', '2027-10-31'],
    ['America/New_York', '2027-03-14'],
    ['America/New_York', '2027-11-07'],
    ['Australia/Lord_Howe', '2027-10-03'],
    ['Asia/Kolkata', '2027-10-31'],
  ])('in %s on %s by day are where they always are', (zone, date) => {
    const times = shown(find({ zone, hours: ['09:00-11:00'] }, dayAt(date, zone)), zone).map((time) => time.slice(0, 5))
    expect(times).toEqual(['09:00', '09:30', '10:00', '10:30'])
  })

  it('there are none in an hour that is jumped over', () => {
    const zone = 'Europe/Berlin'
    expect(find({ zone, hours: ['02:00-03:00'] }, dayAt('2027-03-28', zone))).toEqual({
      slots: [],
      emptyReason: EmptySlotReason.NOT_WORKING,
    })
  })

  it('hours that touch on paper touch in time, so that nothing is worked twice or not at all', () => {
    const zone = 'Europe/Berlin'
    for (const date of ['2027-03-28', '2027-10-31']) {
      const { stretches } = work({ zone, hours: ['01:00-02:30', '02:30-05:00'], weekly: {} }, dayAt(date, zone))
      const whole = work({ zone, hours: ['01:00-05:00'] }, dayAt(date, zone)).stretches
      expect(stretches.filter(({ start }) => start >= dayAt(date, zone).start)).toEqual(
        whole.filter(({ start }) => start >= dayAt(date, zone).start),
      )
    }
  })
})

describe('free times until midnight (RULES A4, SECURITY C9)', () => {
  it.each([
    ['Europe/Berlin', '2027-06-02', ['23:00+02:00', '23:30+02:00']],
    ['Europe/Berlin', '2027-10-31', ['23:00+01:00', '23:30+01:00']],
    // Midnight is jumped over, and comes twice: the end of the day is its first coming.
    ['America/Havana', '2027-03-13', ['23:00-05:00', '23:30-05:00']],
    ['America/Havana', '2027-11-06', ['23:00-04:00', '23:30-04:00']],
  ])('in %s on %s are inside the day', (zone, date, expected) => {
    expect(shown(find({ zone, hours: ['23:00-24:00'] }, dayAt(date, zone)), zone)).toEqual(expected)
  })

  it.each([
    ['America/Havana', '2027-03-14', 23],
    ['America/Havana', '2027-11-07', 25],
    ['Europe/Berlin', '2027-06-02', 24],
    ['Europe/Berlin', '2027-03-28', 23],
  ])('in %s on %s, a whole day has all of its hours', (zone, date, expected) => {
    const day = dayAt(date, zone)
    expect(find({ zone, hours: ['00:00-24:00'] }, day, { step: HOUR, duration: HOUR }).slots).toHaveLength(expected)
    expect((day.end - day.start) / HOUR).toBe(expected)
  })

  it('never lie across midnight, though the next day goes on', () => {
    const zone = 'Europe/Berlin'
    const day = dayAt('2027-06-02', zone)
    const two = { start: day.start, end: day.end + DAY }
    const { slots } = find({ zone, hours: ['00:00-24:00'] }, two, { duration: 45 * MINUTE })
    expect(slots.filter(({ start, end }) => start < day.end && end > day.end)).toEqual([])
    expect(slots.filter(({ start }) => start === day.end)).toHaveLength(1)
  })
})

describe('free times of a day (RULES A4)', () => {
  const zone = 'Europe/Berlin'
  const day = dayAt('2027-06-02', zone)
  const on = (time: string): number => day.start + timeOf(time)
  const wall = (findings: SlotFindings): string[] => shown(findings, zone).map((time) => time.slice(0, 5))

  it('leave out breaks', () => {
    expect(wall(find({ hours: ['09:00-12:00'], breaks: ['10:00-10:45'] }, day))).toEqual(['09:00', '09:30', '10:45', '11:15'])
  })

  it('meet neither visits nor the time that the service keeps free around its own', () => {
    const busy = [{ start: on('10:00'), end: on('10:30') }]
    expect(wall(find({ busy }, day))).toEqual(['09:00', '09:30', '10:30', '11:00', '11:30'])
    expect(wall(find({ busy }, day, { bufferBefore: 5 * MINUTE, bufferAfter: 10 * MINUTE }))).toEqual(['09:00', '11:00', '11:30'])
  })

  it('may keep the time around a visit free outside of working hours', () => {
    expect(wall(find({}, day, { bufferBefore: 15 * MINUTE, bufferAfter: 15 * MINUTE }))).toContain('09:00')
    expect(wall(find({}, day, { bufferBefore: 15 * MINUTE, bufferAfter: 15 * MINUTE }))).toContain('11:30')
  })

  it('stay on the steps counted from the start of work, whatever is taken', () => {
    const busy = [{ start: on('09:00'), end: on('09:20') }]
    expect(wall(find({ busy }, day, { step: 15 * MINUTE }))).toEqual([
      '09:30',
      '09:45',
      '10:00',
      '10:15',
      '10:30',
      '10:45',
      '11:00',
      '11:15',
      '11:30',
    ])
  })

  it('begin inside the window, and may end beyond it', () => {
    expect(wall(find({}, { start: on('09:10'), end: on('10:15') }))).toEqual(['09:30', '10:00'])
  })

  it('leave out what another doctor does in the room', () => {
    const roomBusy = [{ start: on('09:00'), end: on('11:00') }]
    expect(wall(find({ roomBusy, weekly: { roomId: 'room' } }, day))).toEqual(['11:00', '11:30'])
    expect(wall(find({ roomBusy }, day))).toHaveLength(6)
  })

  it('follow what is said about the day instead of the week', () => {
    const exception = (kind: DayException['kind'], ...hours: string[]): Clinic => ({
      exceptions: [{ locationId: 'a', day: dayOf('2027-06-02'), kind, hours: hours.map((each) => ({ ...span(each), roomId: null })) }],
    })
    expect(wall(find(exception('OTHER_HOURS', '14:00-15:00'), day))).toEqual(['14:00', '14:30'])
    expect(wall(find(exception('EXTRA_HOURS', '14:00-15:00'), day))).toEqual([
      '09:00',
      '09:30',
      '10:00',
      '10:30',
      '11:00',
      '11:30',
      '14:00',
      '14:30',
    ])
    expect(find(exception('NOT_WORKING'), day).emptyReason).toBe('NOT_WORKING')
  })

  it('are there only while the week is valid', () => {
    expect(find({ weekly: { validFrom: dayOf('2027-06-03') } }, day).emptyReason).toBe('NOT_WORKING')
    expect(find({ weekly: { validTo: dayOf('2027-06-01') } }, day).emptyReason).toBe('NOT_WORKING')
    expect(find({ weekly: { validFrom: dayOf('2027-06-02'), validTo: dayOf('2027-06-02') } }, day).slots).toHaveLength(6)
  })

  it('stop at the limit', () => {
    expect(wall(find({}, day, { limit: 2 }))).toEqual(['09:00', '09:30'])
  })
})

describe('the reason for an empty answer (RULES A4)', () => {
  const zone = 'Europe/Berlin'
  const day = dayAt('2027-06-02', zone)
  const on = (time: string): number => day.start + timeOf(time)
  const all = [{ start: on('09:00'), end: on('12:00') }]
  const today = dayOf('2027-06-02')

  it.each<[string, EmptySlotReason, Clinic, Partial<SlotQuestion>?]>([
    ['nobody works', EmptySlotReason.NOT_WORKING, { hours: [] }],
    ['the clinic is closed', EmptySlotReason.NOT_WORKING, { closures: [{ locationId: null, firstDay: today, lastDay: today }] }],
    ['this location is closed', EmptySlotReason.NOT_WORKING, { closures: [{ locationId: 'a', firstDay: today - 3, lastDay: today }] }],
    ['the doctor is away, also when booked', EmptySlotReason.ON_LEAVE, { absences: [{ firstDay: today, lastDay: today }], busy: all }],
    ['the doctor is away for those hours', EmptySlotReason.ON_LEAVE, { absences: all }],
    ['everything is taken', EmptySlotReason.FULLY_BOOKED, { busy: all }],
    ['the room is taken', EmptySlotReason.FULLY_BOOKED, { roomBusy: all, weekly: { roomId: 'room' } }],
    [
      'part is away and the rest taken',
      EmptySlotReason.FULLY_BOOKED,
      { absences: [{ start: on('09:00'), end: on('10:00') }], busy: [{ start: on('10:00'), end: on('12:00') }] },
    ],
    ['what is free is short', EmptySlotReason.NO_GAP_LONG_ENOUGH, { busy: [{ start: on('09:20'), end: on('12:00') }] }],
    ['the hours themselves are short', EmptySlotReason.NO_GAP_LONG_ENOUGH, { hours: ['09:00-09:20'] }],
    [
      'the time around the visit does not fit',
      EmptySlotReason.NO_GAP_LONG_ENOUGH,
      { busy: [{ start: on('09:30'), end: on('12:00') }] },
      { bufferAfter: 5 * MINUTE },
    ],
    ['it is over', EmptySlotReason.OUTSIDE_BOOKING_WINDOW, {}, { bookable: { start: day.end, end: Infinity } }],
    [
      'it is over, and nobody worked',
      EmptySlotReason.OUTSIDE_BOOKING_WINDOW,
      { hours: [] },
      { bookable: { start: day.end, end: Infinity } },
    ],
    ['work is over for today', EmptySlotReason.OUTSIDE_BOOKING_WINDOW, {}, { bookable: { start: on('18:00'), end: Infinity } }],
    ['it is too far ahead', EmptySlotReason.OUTSIDE_BOOKING_WINDOW, {}, { bookable: { start: 0, end: day.start } }],
  ])('when %s is %s', (_when, reason, clinic, question) => {
    expect(find(clinic, day, question)).toEqual({ slots: [], emptyReason: reason })
  })

  it('is not given for the closure of another location', () => {
    expect(find({ closures: [{ locationId: 'b', firstDay: today, lastDay: today }] }, day).emptyReason).toBeNull()
  })
})

describe('the place of a visit', () => {
  const zone = 'Europe/Berlin'
  const day = dayAt('2027-06-02', zone)
  const on = (time: string): number => day.start + timeOf(time)
  const any = { start: -Infinity, end: Infinity }
  const visit = (from: string, to: string): Interval => ({ start: on(from), end: on(to) })

  it('is where the doctor works all through it', () => {
    const hours = work({ breaks: ['10:00-11:00'], weekly: { roomId: 'room' } }, day)
    expect(placeOf(hours, visit('09:07', '09:50'), any)).toEqual({ locationId: 'a', roomId: 'room' })
    expect(placeOf(hours, visit('09:30', '10:00'), any)).toEqual({ locationId: 'a', roomId: 'room' })
    expect(placeOf(hours, visit('09:30', '10:01'), any)).toBe('NOT_WORKING')
    expect(placeOf(hours, visit('09:30', '11:30'), any)).toBe('NOT_WORKING')
    expect(placeOf(hours, visit('11:30', '12:01'), any)).toBe('NOT_WORKING')
  })

  it('is none during an absence, or outside of what may be booked', () => {
    const hours = work({ absences: [visit('10:00', '10:30')] }, day)
    expect(placeOf(hours, visit('09:30', '10:00'), any)).toEqual({ locationId: 'a', roomId: null })
    expect(placeOf(hours, visit('09:30', '10:01'), any)).toBe('ON_LEAVE')
    expect(placeOf(hours, visit('11:00', '11:30'), { start: on('11:01'), end: Infinity })).toBe('OUTSIDE_BOOKING_WINDOW')
    expect(placeOf(hours, visit('11:00', '11:30'), { start: 0, end: on('11:00') })).toBe('OUTSIDE_BOOKING_WINDOW')
    expect(fitsAt(hours, visit('11:00', '11:30'), 'a')).toBe(true)
    expect(fitsAt(hours, visit('11:00', '11:30'), 'b')).toBe(false)
    expect(fitsAt(hours, visit('10:15', '11:00'), 'a')).toBe(false)
  })
})

describe('the booking window (RULES A6)', () => {
  const settings = { minimumNoticeMinutes: 120, bookingHorizonDays: 30 }
  const now = at('2027-06-02T08:00:00Z')

  it('of a patient begins after the notice and ends at the horizon', () => {
    expect(bookingWindow(now, true, settings)).toEqual({ start: now + 2 * HOUR, end: now + 30 * DAY })
  })

  it('of staff begins now', () => {
    expect(bookingWindow(now, false, settings)).toEqual({ start: now, end: Infinity })
  })
})

describe('days as numbers', () => {
  it.each([
    ['1970-01-01', 0, 4],
    ['2026-11-20', 20_777, 5],
    ['1969-12-28', -4, 7],
    ['2027-03-28', 20_905, 7],
  ])('%s is %i', (date, day, weekday) => {
    expect([dayOf(date), dateOf(day), weekdayOf(day)]).toEqual([day, date, weekday])
  })
})
