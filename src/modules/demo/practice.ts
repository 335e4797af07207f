import { DoctorCalendar, clinicYears, type Booking, type Stretch } from './calendar.js'
import { CITIES, type CityFact } from './facts/sites.js'
import { SPECIALTIES, type Specialty } from './facts/specialties.js'
import { createDecks, type Decks } from './decks.js'
import { closedDay, daysOff } from './offers.js'
import { personName, streetAddress } from './names.js'
import { present } from './present.js'
import type { Random } from './random.js'
import { add, randomFor, rowBase, type World } from './world.js'
import type { RowsByTable } from './rows.js'
import { dateOf, HOUR, YEAR } from './time.js'

/** A site of the clinic and the doctors who work there. */
export interface Site {
  readonly id: string
  readonly city: CityFact
  readonly doctors: readonly DutyDoctor[]
}

/** A doctor as the generator books them. */
export interface DutyDoctor {
  readonly id: string
  readonly staffId: string
  readonly name: string
  readonly specialty: Specialty
  readonly siteId: string
  readonly currency: string
  readonly calendar: DoctorCalendar
}

/** A visit that is going on, or about to, at the instant the clinic is generated as of. */
export interface LiveVisit {
  readonly doctor: DutyDoctor
  readonly booking: Booking
  readonly status: 'IN_PROGRESS' | 'ARRIVED'
}

/** Two sites, one in each city, with their twelve doctors: one of them serves {@link PATIENTS_PER_PRACTICE} patients at most. */
export interface Practice {
  readonly sites: readonly Site[]
  /** Live visits by site that still need a patient. */
  readonly live: ReadonlyMap<string, LiveVisit[]>
  readonly decks: Decks
}

/** Fills about half of the doctors' time with a full history. */
export const PATIENTS_PER_PRACTICE = 10_000

/** One line of a doctor's week, by the doctor's place at the site; `room` counts from 1, `hours` are local wall time. */
interface WeekLine {
  readonly doctor: number
  readonly weekdays: readonly number[]
  readonly hours: readonly [from: string, to: string]
  readonly room: number
  /** The week was changed a year ago: which side of it this line is on. */
  readonly only?: 'BEFORE_CHANGE' | 'AFTER_CHANGE'
}

const WORKDAYS = [1, 2, 3, 4, 5] as const
/** The week of each site. Fifth and sixth doctor share a room on different days; the two general practitioners share the weekend. */
const WEEK: readonly WeekLine[] = [
  { doctor: 0, weekdays: WORKDAYS, hours: ['08:00', '12:00'], room: 1 },
  { doctor: 0, weekdays: [1, 2, 4], hours: ['14:00', '17:00'], room: 1 },
  { doctor: 0, weekdays: [6], hours: ['09:00', '13:00'], room: 1 },
  { doctor: 1, weekdays: WORKDAYS, hours: ['09:00', '13:00'], room: 2 },
  { doctor: 1, weekdays: [1, 2, 3, 4], hours: ['13:40', '16:20'], room: 2, only: 'BEFORE_CHANGE' },
  { doctor: 1, weekdays: WORKDAYS, hours: ['14:30', '19:30'], room: 2, only: 'AFTER_CHANGE' },
  { doctor: 1, weekdays: [7], hours: ['10:00', '14:00'], room: 2 },
  { doctor: 2, weekdays: WORKDAYS, hours: ['08:20', '12:40'], room: 3 },
  { doctor: 2, weekdays: [1, 2, 3, 4], hours: ['14:00', '17:00'], room: 3 },
  { doctor: 3, weekdays: [1, 2, 4], hours: ['09:00', '12:30'], room: 4 },
  { doctor: 3, weekdays: [1, 2, 3, 4], hours: ['13:30', '17:30'], room: 4 },
  { doctor: 4, weekdays: [1, 2, 3], hours: ['08:00', '12:00'], room: 5 },
  { doctor: 4, weekdays: [1, 2, 3], hours: ['13:00', '16:00'], room: 5 },
  { doctor: 5, weekdays: [4, 5], hours: ['08:00', '12:00'], room: 5 },
  { doctor: 5, weekdays: [4, 5], hours: ['13:00', '18:00'], room: 5 },
]
const ROOMS = ['Room 1', 'Room 2', 'Room 3', 'Room 4', 'Room 5', 'Procedure room', 'Store room'] as const

/** Opens a practice: its rows go to `rows`. `place` counts the practices of one seeding, `siteNames` are those already used. */
export function openPractice(world: World, place: number, siteNames: Set<string>, rows: RowsByTable): Practice {
  const random = randomFor(world, 'practice', place)
  const opened = world.now - 3 * YEAR
  const sites = CITIES.map((city, index) => openSite(world, city, place * CITIES.length + index, opened, siteNames, random, rows))
  return { sites, live: new Map(sites.map((site) => [site.id, liveVisits(world.now, site)])), decks: createDecks(world, place) }
}

function openSite(
  world: World,
  city: CityFact,
  place: number,
  opened: number,
  names: Set<string>,
  random: Random,
  rows: RowsByTable,
): Site {
  const row = add(rows, 'location', {
    ...rowBase(random, opened),
    name: freeName(city, names),
    time_zone: city.timeZone,
    phone: city.phone(random.integer(0, 999)),
    ...streetAddress(random, city),
  })
  const rooms = ROOMS.map((name) =>
    add(rows, 'room', { ...rowBase(random, opened), location_id: row.id, name, active: name !== 'Store room' }),
  )
  const years = clinicYears(world.now)
  const closed = closedDay(world.now)
  const changed = dateOf(world.now - YEAR)
  const dayBefore = dateOf(world.now - YEAR - 24 * HOUR)

  const doctors = city.doctors.map((specialty, position): DutyDoctor => {
    const name = personName(random, city, random.chance(0.55) ? 'FEMALE' : 'MALE')
    const fullName = city.doctorName(name.full)
    const mail = `${name.ascii}@clinic.example`
    const staff = add(rows, 'staff', {
      ...rowBase(random, opened),
      full_name: name.full,
      job_title: 'Doctor',
      email: mail,
      phone: city.phone(random.integer(1000, 9999)),
      active: true,
    })
    const doctor = add(rows, 'doctor', {
      ...rowBase(random, opened),
      full_name: fullName,
      specialty: SPECIALTIES[specialty].name,
      license_number: `${city.country}-${world.firstSerial}-${String(place * city.doctors.length + position + 1).padStart(4, '0')}`,
      default_appointment_minutes: SPECIALTIES[specialty].minutes,
      staff_id: staff.id,
    })
    const stretches = WEEK.filter((line) => line.doctor === position).flatMap((line) =>
      line.weekdays.map((weekday): Stretch => ({
        weekday,
        startsAt: line.hours[0],
        endsAt: line.hours[1],
        validFrom: line.only === 'AFTER_CHANGE' ? changed : years.from,
        validTo: line.only === 'BEFORE_CHANGE' ? dayBefore : null,
        roomId: present(rooms[line.room - 1]).id,
      })),
    )
    for (const stretch of stretches) {
      add(rows, 'weekly_schedule', {
        ...rowBase(random, opened),
        doctor_id: doctor.id,
        location_id: row.id,
        room_id: stretch.roomId,
        weekday: stretch.weekday,
        starts_at: stretch.startsAt,
        ends_at: stretch.endsAt,
        valid_from: stretch.validFrom,
        valid_to: stretch.validTo,
      })
    }
    const calendar = new DoctorCalendar(stretches, city.timeZone, SPECIALTIES[specialty].minutes, years.from, years.to, [
      ...daysOff(world.now, position),
      { first: closed, last: closed },
    ])
    return { id: doctor.id, staffId: staff.id, name: name.full, specialty, siteId: row.id, currency: city.currency, calendar }
  })
  return { id: row.id, city, doctors }
}

/** `Berlin Mitte`, or the next district whose name is free; after the last of them `Berlin Mitte 2`, and so on. */
function freeName(city: CityFact, taken: Set<string>): string {
  for (let round = 1; ; round++) {
    for (const district of city.districts) {
      const name = `${city.city} ${district}${round === 1 ? '' : ` ${round}`}`
      if (taken.has(name)) continue
      taken.add(name)
      return name
    }
  }
}

/**
 * The visits of this moment: with each doctor who has just begun one, that one; and who comes next has arrived. At night nobody has, so
 * the visit that was begun last is still open then, and so is the arrival before it: a front end always has both to show.
 */
function liveVisits(now: number, site: Site): LiveVisit[] {
  const live: LiveVisit[] = []
  const take = (doctor: DutyDoctor, status: LiveVisit['status'], booking: Booking | undefined): void => {
    if (booking !== undefined) live.push({ doctor, booking, status })
  }
  for (const doctor of site.doctors) {
    take(doctor, 'IN_PROGRESS', doctor.calendar.takeLatestBegun(now, now - HOUR))
    take(doctor, 'ARRIVED', doctor.calendar.takeNext(now, HOUR / 2))
  }
  const practitioners = site.doctors.filter((doctor) => doctor.specialty === 'GENERAL_PRACTICE')
  for (const [index, status] of (['IN_PROGRESS', 'ARRIVED'] as const).entries()) {
    const doctor = practitioners[index]
    if (doctor !== undefined && !live.some((visit) => visit.status === status)) {
      take(doctor, status, doctor.calendar.takeLatestBegun(now, now - 48 * HOUR))
    }
  }
  return live
}
