import type { EntityManager } from '@mikro-orm/postgresql'
import { DAY, MINUTE, type Clock } from '../../clock.js'
import type { ReadDatabase } from '../../database/read-database.js'
import { hoursAt, readAvailability, type AvailabilityRows, type DoctorAvailability, type FoundHours } from './availability-rows.js'
import { bookingWindow } from './slots/booking-window.js'
import type { EmptySlotReason } from './slots/empty-slot-reason.js'
import { findSlots, type SlotFindings } from './slots/find-slots.js'
import type { Interval } from './slots/intervals.js'
import { fitsAt, placeOf, type Place } from './slots/placement.js'
import { WallClock } from './slots/wall-clock.js'
import { workingTime, type WorkingTime } from './slots/working-time.js'

/** A free time of a doctor. */
export interface FreeSlot {
  readonly doctorId: string
  readonly locationId: string
  readonly roomId: string | null
  readonly startsAt: Date
  readonly endsAt: Date
}

/** What of a service decides about times; `null` stands for a visit without one. */
export interface ServiceTiming {
  readonly durationMinutes: number
  readonly bufferBeforeMinutes: number
  readonly bufferAfterMinutes: number
}

/** Free times of some doctors. */
export interface SlotSearchRequest {
  /** The doctors; `null`: all who see patients, of `specialty` when that is given. */
  readonly doctorIds: readonly string[] | null
  readonly specialty?: string | null
  readonly locationId?: string | null
  /** Times begin in `[from, to)`. */
  readonly from: Date
  readonly to: Date
  readonly service: ServiceTiming | null
  /** Instead of the service's, which stands in for the doctor's own usual length. */
  readonly durationMinutes?: number | null
  readonly forPatient: boolean
  /** At most so many of each doctor. */
  readonly limit: number
  /** Ids of appointments and holds that do not count as taken: the visit that is being moved, the hold that is being used. */
  readonly ignored?: readonly string[]
}

/** The free times of one doctor, or why there is none. */
export type DoctorSlots =
  | { readonly doctorId: string; readonly slots: readonly FreeSlot[]; readonly emptyReason: null }
  | { readonly doctorId: string; readonly slots: readonly []; readonly emptyReason: EmptySlotReason }

/** One visit that somebody wants to book. */
export interface VisitRequest {
  readonly doctorId: string
  readonly startsAt: Date
  readonly endsAt: Date
  /** Only there; otherwise wherever the doctor works then. */
  readonly locationId?: string | null
  readonly forPatient: boolean
}

/** What to offer instead of a time that cannot be had. */
export interface AlternativesRequest {
  readonly doctorId: string
  /** The time that was wanted. */
  readonly around: Date
  readonly durationMinutes: number
  readonly service: ServiceTiming | null
  readonly forPatient: boolean
  readonly count?: number
  readonly locationId?: string | null
  readonly ignored?: readonly string[]
}

/** A visit that is booked. */
export interface PlacedVisit {
  readonly id: string
  readonly doctorId: string
  readonly locationId: string
  readonly startsAt: Date
  readonly endsAt: Date
}

/** How far ahead of a wanted time others are offered. */
const ALTERNATIVES_WITHIN = 14 * DAY

/**
 * When doctors can be booked (RULES A4, A6). Each question is one statement. With an entity manager it is asked inside that transaction,
 * so that a use case sees what it has written itself; without one, on the read path.
 *
 * Free times and working hours say nothing about patients, so there is no row scope here: whoever asks must be allowed to book.
 */
export class Availability {
  readonly #database: ReadDatabase
  readonly #clock: Clock

  constructor(database: ReadDatabase, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /**
   * Where a visit takes place, or why it cannot: whether all of it is working time at one place, outside of absences and closures, and
   * inside what the actor may book. What else is booked then is not looked at: the constraints of the tables are the last word on that.
   */
  async check(visit: VisitRequest, em: EntityManager | null = null): Promise<Place | { readonly unavailable: EmptySlotReason }> {
    const interval = { start: visit.startsAt.getTime(), end: visit.endsAt.getTime() }
    const rows = await readAvailability(this.#database, em, {
      doctorIds: [visit.doctorId],
      specialty: null,
      locationId: visit.locationId ?? null,
      window: interval,
      ignored: [],
    })
    return this.#placeIn(rows, visit, interval)
  }

  /** The same, of hours that were read along with something else (see `hoursText`). */
  checkIn(found: FoundHours, visit: VisitRequest): Place | { readonly unavailable: EmptySlotReason } {
    const interval = { start: visit.startsAt.getTime(), end: visit.endsAt.getTime() }
    return this.#placeIn(hoursAt(found, visit.locationId ?? null), visit, interval)
  }

  #placeIn(rows: AvailabilityRows, { forPatient }: VisitRequest, interval: Interval): Place | { readonly unavailable: EmptySlotReason } {
    const [doctor] = rows.doctors
    const work = doctor ? workOf(doctor, rows, interval) : NO_WORK
    const place = placeOf(work, interval, bookingWindow(this.#clock().getTime(), forPatient, rows.settings))
    return typeof place === 'string' ? { unavailable: place } : place
  }

  /**
   * Free times near the one that was wanted: of the same day first (the next after it, then the last before it), then of the days after,
   * up to two weeks. Within the day of the location where they are.
   */
  async alternatives(request: AlternativesRequest, em: EntityManager | null = null): Promise<FreeSlot[]> {
    const { around, count = 3, service, ...same } = request
    const from = new Date(Math.max(around.getTime() - DAY, this.#clock().getTime()))
    const to = new Date(Math.max(around.getTime(), from.getTime()) + ALTERNATIVES_WITHIN)
    const { found, rows } = await this.#search(
      { ...same, service, doctorIds: [request.doctorId], from, to, limit: Number.MAX_SAFE_INTEGER },
      em,
    )
    const slots = found.flatMap((doctor): readonly FreeSlot[] => doctor.slots)
    const sameDay = ({ startsAt, locationId }: FreeSlot): boolean => {
      const clock = WallClock.of(rows.zones.get(locationId) ?? 'UTC', from.getTime(), to.getTime())
      return clock.dayAt(startsAt.getTime()) === clock.dayAt(around.getTime())
    }
    const [before, after] = [slots.filter(({ startsAt }) => startsAt < around), slots.filter(({ startsAt }) => startsAt >= around)]
    const today = [...after.filter(sameDay), ...before.filter(sameDay).toReversed()]
    return [...today, ...after.filter((slot) => !sameDay(slot))].slice(0, count)
  }

  /** The free times of each of the doctors, in the order of their ids; a doctor who is gone or unknown has no entry. */
  async search(request: SlotSearchRequest, em: EntityManager | null = null): Promise<DoctorSlots[]> {
    const { found } = await this.#search(request, em)
    return found
  }

  /** Those of the visits that lie outside of the hours of their doctor at their location: no work, a closure or an absence. In order. */
  async outsideHours<Visit extends PlacedVisit>(doctorIds: readonly string[], visits: readonly Visit[]): Promise<Visit[]> {
    if (visits.length === 0) return []
    const window = {
      start: visits.reduce((earliest, { startsAt }) => Math.min(earliest, startsAt.getTime()), Infinity),
      end: visits.reduce((latest, { endsAt }) => Math.max(latest, endsAt.getTime()), -Infinity),
    }
    const rows = await readAvailability(this.#database, null, { doctorIds, specialty: null, locationId: null, window, ignored: [] })
    const work = new Map(rows.doctors.map((doctor) => [doctor.doctorId, workOf(doctor, rows, window)]))
    return visits.filter(({ doctorId, locationId, startsAt, endsAt }) => {
      const visit = { start: startsAt.getTime(), end: endsAt.getTime() }
      return !fitsAt(work.get(doctorId) ?? NO_WORK, visit, locationId)
    })
  }

  /** Whether the hours of a doctor have them in two places at one time, as the transaction sees them. */
  async inTwoPlaces(doctorId: string, window: Interval, em: EntityManager): Promise<boolean> {
    const rows = await readAvailability(this.#database, em, {
      doctorIds: [doctorId],
      specialty: null,
      locationId: null,
      window,
      ignored: [],
    })
    return rows.doctors.some((doctor) => {
      const { stretches } = workOf(doctor, rows, window)
      return stretches.some(({ start }, index) => index > 0 && start < (stretches[index - 1]?.end ?? start))
    })
  }

  async #search(request: SlotSearchRequest, em: EntityManager | null): Promise<{ found: DoctorSlots[]; rows: AvailabilityRows }> {
    const window = { start: request.from.getTime(), end: request.to.getTime() }
    const rows = await readAvailability(this.#database, em, {
      doctorIds: request.doctorIds,
      specialty: request.specialty ?? null,
      locationId: request.locationId ?? null,
      window,
      ignored: request.ignored ?? [],
    })
    const bookable = bookingWindow(this.#clock().getTime(), request.forPatient, rows.settings)
    const found = rows.doctors.map((doctor) => {
      const minutes = request.durationMinutes ?? request.service?.durationMinutes ?? doctor.defaultMinutes
      const findings = findSlots(
        workOf(doctor, rows, window),
        { doctor: doctor.busy, rooms: rows.rooms },
        {
          window,
          bookable,
          duration: minutes * MINUTE,
          bufferBefore: (request.service?.bufferBeforeMinutes ?? 0) * MINUTE,
          bufferAfter: (request.service?.bufferAfterMinutes ?? 0) * MINUTE,
          step: rows.settings.slotStepMinutes * MINUTE,
          limit: request.limit,
        },
      )
      return ofDoctor(doctor.doctorId, findings)
    })
    return { found, rows }
  }
}

const NO_WORK: WorkingTime = { stretches: [], absences: new Map() }

function workOf({ hours }: DoctorAvailability, { zones, closures }: AvailabilityRows, window: Interval): WorkingTime {
  const places = new Set([...hours.weekly, ...hours.exceptions].map(({ locationId }) => locationId))
  const clocks = new Map(
    [...places].flatMap((id) => {
      const zone = zones.get(id)
      return zone === undefined ? [] : [[id, WallClock.of(zone, window.start, window.end)] as const]
    }),
  )
  return workingTime(hours, closures, clocks, window)
}

function ofDoctor(doctorId: string, { slots, emptyReason }: SlotFindings): DoctorSlots {
  if (emptyReason !== null) return { doctorId, slots: [], emptyReason }
  const free = slots.map(({ start, end, locationId, roomId }) => ({
    doctorId,
    locationId,
    roomId,
    startsAt: new Date(start),
    endsAt: new Date(end),
  }))
  return { doctorId, slots: free, emptyReason: null }
}
