import type { EntityManager } from '@mikro-orm/postgresql'
import { DAY, HOUR } from '../../clock.js'
import type { ReadDatabase, Statement } from '../../database/read-database.js'
import { BUSY_SOURCES } from './busy-sources.js'
import { merged, type Interval } from './slots/intervals.js'
import { timeOf } from './slots/wall-clock.js'
import type { BusyTime } from './slots/find-slots.js'
import type { Absence, Closure, DayException, DoctorHours, WeeklyHours } from './slots/working-time.js'

/** Whose time, and when. */
export interface AvailabilityKey {
  /** The doctors; `null`: all who see patients, of `specialty` when that is given. */
  readonly doctorIds: readonly string[] | null
  readonly specialty: string | null
  /** Only hours at this location; `null`: at any. */
  readonly locationId: string | null
  readonly window: Interval
  /** Ids of appointments and holds that do not count as taken. */
  readonly ignored: readonly string[]
}

/** One doctor's time. */
export interface DoctorAvailability {
  readonly doctorId: string
  readonly defaultMinutes: number
  readonly hours: DoctorHours
  readonly busy: readonly Interval[]
}

/** Everything that free times are computed from. */
export interface AvailabilityRows {
  readonly doctors: readonly DoctorAvailability[]
  /** Time zone by location; only locations in use. */
  readonly zones: ReadonlyMap<string, string>
  readonly closures: readonly Closure[]
  readonly rooms: BusyTime['rooms']
  readonly settings: { readonly minimumNoticeMinutes: number; readonly bookingHorizonDays: number; readonly slotStepMinutes: number }
}

/** The most doctors that one search looks at. */
const MOST_DOCTORS = 200

/** Longer than any visit with the time kept free around it, before and after it. */
const REACH = 16 * HOUR
/** No visit is longer (`appointment_length`). */
const LONGEST_VISIT = DAY

/**
 * Days as numbers, instants as milliseconds: JSON is read in the same way by both connections, and needs no conversion. `date_part` and not
 * `extract`, whose decimals are slow by the thousand; milliseconds of our centuries are exact in either.
 */
const day = (column: string): string => `${column} - date '1970-01-01'`
const ms = (column: string): string => `(date_part('epoch', ${column}) * 1000)::bigint`
const list = (of: string): string => `coalesce((select json_agg(${of}), '[]')`

/** Which doctors, between which instants, and at which location, as a statement's parameters are called. */
interface AvailabilityText {
  /** A query of `id` and `default_appointment_minutes`. */
  readonly asked: string
  readonly from: string
  readonly to: string
  /** `null`: at any location. */
  readonly location: string | null
  /** A query of what is taken; `null`: nobody asks for it. */
  readonly busy: string | null
}

/** A query of one value, `found`, in which there is everything. */
function availabilityText({ asked, from, to, location, busy }: AvailabilityText): string {
  const fromDay = `(${from}::timestamptz at time zone 'UTC')::date - 2`
  const toDay = `(${to}::timestamptz at time zone 'UTC')::date + 2`
  const there = (column: string): string => (location === null ? '' : `and (${location}::uuid is null or ${column} = ${location}::uuid)`)
  return `
with asked as materialized (
  ${asked}
), hours as materialized (
  select w.* from asked join weekly_schedule w on w.doctor_id = asked.id
  where w.valid_from <= ${toDay} and (w.valid_to is null or w.valid_to >= ${fromDay}) ${there('w.location_id')}
), exception as materialized (
  select e.* from asked join schedule_exception e on e.doctor_id = asked.id
  where e.date between ${fromDay} and ${toDay} ${there('e.location_id')}
), exception_hours as materialized (
  select h.* from exception join schedule_exception_hours h on h.schedule_exception_id = exception.id
)${
    busy === null
      ? ''
      : `, asked_room as materialized (
  select room_id as id from hours where room_id is not null union select room_id from exception_hours where room_id is not null
), busy as materialized (${busy}
)`
  }
select json_build_object(
  'doctors', ${list(`json_build_array(id, default_appointment_minutes)) from asked`)},
  'locations', ${list(`json_build_array(id, time_zone)) from location where active ${there('id')}`)},
  'hours', ${list(`json_build_array(doctor_id, location_id, room_id, weekday, starts_at, ends_at, ${day('valid_from')}, ${day('valid_to')},
    ${list(`json_build_array(b.starts_at, b.ends_at)) from schedule_break b where b.weekly_schedule_id = hours.id`)})) from hours`)},
  'exceptions', ${list(`json_build_array(doctor_id, location_id, ${day('date')}, kind,
    ${list(`json_build_array(h.starts_at, h.ends_at, h.room_id)) from exception_hours h where h.schedule_exception_id = exception.id`)}))
    from exception`)},
  'absences', ${list(`json_build_array(doctor_id, ${ms('starts_at')}, ${ms('ends_at')}, ${day('starts_on')}, ${day('ends_on')}))
    from asked join time_off t on t.doctor_id = asked.id
    where cancelled_at is null and t.ends_at > ${from}::timestamptz - interval '2 days' and t.starts_at < ${to}::timestamptz + interval '2 days'`)},
  'closures', ${list(`json_build_array(location_id, ${day('starts_on')}, ${day('ends_on')})) from clinic_closure
    where ends_on >= ${fromDay} and starts_on <= ${toDay}`)},
  'busy', ${
    busy === null
      ? `'[]'::json`
      : list(`json_build_array(doctor_id, room_id, starts, ends)) from (
    select doctor_id, room_id, array_agg(${ms('starts_at')}) as starts, array_agg(${ms('ends_at')}) as ends from busy group by 1, 2) grouped`)
  },
  'settings', (select json_build_array(minimum_notice_minutes, booking_horizon_days, slot_step_minutes) from clinic_setting)
) as found`
}

/** One statement for everything (parameters: doctors, from, to, location, ignored, specialty), whatever the number of doctors. */
const AVAILABILITY: Statement = {
  name: 'availability',
  text: availabilityText({
    asked: `select id, default_appointment_minutes from doctor
  where active and ($1::uuid[] is null or id = any($1::uuid[])) and ($6::text is null or specialty = $6::text)
  order by id limit ${MOST_DOCTORS}`,
    from: '$2',
    to: '$3',
    location: '$4',
    busy: BUSY_SOURCES.join('\n  union all'),
  }),
}

/**
 * The hours of one doctor around an instant, as a value in other statements: when nobody asks what is taken, there is little to read.
 * `hoursAt` reads it.
 * @param doctor, at what the parameters are called
 */
export const hoursText = (doctor: string, at: string): string =>
  availabilityText({
    asked: `select id, default_appointment_minutes from doctor where active and id = ${doctor}::uuid`,
    from: `(${at}::timestamptz - interval '${REACH / HOUR} hours')`,
    to: `(${at}::timestamptz + interval '${(REACH + LONGEST_VISIT) / HOUR} hours')`,
    location: null,
    busy: null,
  })

/** What `hoursText` gives, for visits that begin then. */
export type FoundHours = Pick<Found, 'doctors'>

/** The hours at one location, or at any. */
export function hoursAt(found: FoundHours, locationId: string | null): AvailabilityRows {
  const all = found as Found
  if (locationId === null) return rowsOf(all)
  const there = (row: readonly [string, string, ...unknown[]]): boolean => row[1] === locationId
  return rowsOf({ ...all, hours: all.hours.filter(there), exceptions: all.exceptions.filter(there) })
}

interface Found {
  readonly doctors: readonly [id: string, minutes: number][]
  readonly locations: readonly [id: string, zone: string][]
  readonly hours: readonly [
    doctorId: string,
    locationId: string,
    roomId: string | null,
    weekday: number,
    startsAt: string,
    endsAt: string,
    validFrom: number,
    validTo: number | null,
    breaks: readonly [startsAt: string, endsAt: string][],
  ][]
  readonly exceptions: readonly [
    doctorId: string,
    locationId: string,
    day: number,
    kind: DayException['kind'],
    hours: readonly [startsAt: string, endsAt: string, roomId: string | null][],
  ][]
  readonly absences: readonly [doctorId: string, startsAt: number, endsAt: number, firstDay: number | null, lastDay: number | null][]
  readonly closures: readonly [locationId: string | null, firstDay: number, lastDay: number][]
  readonly busy: readonly [doctorId: string | null, roomId: string | null, starts: readonly number[], ends: readonly number[]][]
  readonly settings: readonly [notice: number, horizon: number, step: number]
}

/** Reads what free times are computed from: inside the transaction of `em`, else on the read path. */
export async function readAvailability(database: ReadDatabase, em: EntityManager | null, key: AvailabilityKey): Promise<AvailabilityRows> {
  const from = new Date(key.window.start - REACH).toISOString()
  const to = new Date(key.window.end + REACH).toISOString()
  const values = [key.doctorIds, from, to, key.locationId, key.ignored, key.specialty]
  const [row] = em ? await runIn(em, values) : await database.run(AVAILABILITY, values)
  if (!row) throw new Error('the statement gives one row')
  return rowsOf(row['found'] as Found)
}

/** The ORM knows only `?`, and spreads lists into several parameters; ids in an array literal need no quoting. */
function runIn(em: EntityManager, values: readonly unknown[]): Promise<Record<string, unknown>[]> {
  const parameters: unknown[] = []
  const text = AVAILABILITY.text.replaceAll(/\$(\d)/g, (_match, index: string) => {
    const value = values[Number(index) - 1]
    parameters.push(Array.isArray(value) ? `{${value.join(',')}}` : value)
    return '?'
  })
  return em.execute(text, parameters)
}

function rowsOf(found: Found): AvailabilityRows {
  const weekly = Map.groupBy(found.hours, ([doctorId]) => doctorId)
  const exceptions = Map.groupBy(found.exceptions, ([doctorId]) => doctorId)
  const absences = Map.groupBy(found.absences, ([doctorId]) => doctorId)
  const ofDoctor = new Map<string, Interval[]>()
  const ofRoom = new Map<string, Interval[]>()
  for (const [doctorId, roomId, starts, ends] of found.busy) {
    const intervals = starts.map((start, index) => ({ start, end: ends[index] ?? start }))
    if (doctorId !== null) ofDoctor.set(doctorId, [...(ofDoctor.get(doctorId) ?? []), ...intervals])
    if (roomId !== null) ofRoom.set(roomId, [...(ofRoom.get(roomId) ?? []), ...intervals])
  }
  const [minimumNoticeMinutes, bookingHorizonDays, slotStepMinutes] = found.settings
  return {
    doctors: found.doctors.map(([doctorId, defaultMinutes]) => ({
      doctorId,
      defaultMinutes,
      hours: {
        weekly: (weekly.get(doctorId) ?? []).map(weeklyHours),
        exceptions: (exceptions.get(doctorId) ?? []).map(dayException),
        absences: (absences.get(doctorId) ?? []).map(absence),
      },
      busy: merged(ofDoctor.get(doctorId) ?? []),
    })),
    zones: new Map(found.locations),
    closures: found.closures.map(([locationId, firstDay, lastDay]) => ({ locationId, firstDay, lastDay })),
    rooms: new Map([...ofRoom].map(([roomId, intervals]) => [roomId, merged(intervals)])),
    settings: { minimumNoticeMinutes, bookingHorizonDays, slotStepMinutes },
  }
}

const weeklyHours = (row: Found['hours'][number]): WeeklyHours => {
  const [, locationId, roomId, weekday, startsAt, endsAt, validFrom, validTo, breaks] = row
  const pauses = breaks.map(([start, end]) => ({ start: timeOf(start), end: timeOf(end) }))
  return { locationId, roomId, weekday, start: timeOf(startsAt), end: timeOf(endsAt), validFrom, validTo, breaks: pauses }
}

const dayException = ([, locationId, on, kind, hours]: Found['exceptions'][number]): DayException => ({
  locationId,
  day: on,
  kind,
  hours: hours.map(([start, end, roomId]) => ({ start: timeOf(start), end: timeOf(end), roomId })),
})

const absence = ([, start, end, firstDay, lastDay]: Found['absences'][number]): Absence =>
  firstDay === null || lastDay === null ? { start, end } : { firstDay, lastDay }

/** The longest window that one search looks at: two months. */
export const LONGEST_WINDOW = 62 * DAY
