import type { EntityManager } from '@mikro-orm/postgresql'
import { DAY, type Clock } from '../../clock.js'
import type { InputChecks } from '../../graphql/input-checks.js'
import { isUuid } from '../../graphql/loaders/page.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { dayOf, timeOf, type Day } from '../scheduling/slots/wall-clock.js'

/** How far ahead hours and closures may be entered, in days: ten years. */
const FURTHEST = 3660

/** The earliest day that is today somewhere: zones are up to twelve hours behind UTC. */
const earliestToday = (clock: Clock): Day => Math.floor((clock().getTime() - DAY / 2) / DAY)

/** A day that is not in the past anywhere, and not absurdly far ahead. */
export function checkedDay(checks: InputChecks, field: string, date: string, clock: Clock): Day {
  const day = dayOf(date)
  const today = earliestToday(clock)
  checks.require(day >= today, field, 'must not be in the past')
  checks.require(day <= today + FURTHEST, field, 'must be within ten years')
  return day
}

/** The last day of something that begins on another: that one when nothing is said. */
export function checkedLastDay(checks: InputChecks, field: string, date: string | null | undefined, first: Day, clock: Clock): Day {
  if (date == null) return first
  const day = dayOf(date)
  checks.require(day >= first, field, 'must not be before the first day')
  checks.require(day <= earliestToday(clock) + FURTHEST, field, 'must be within ten years')
  return day
}

interface Times {
  readonly startsAt: string
  readonly endsAt: string
}

/** Times of one day: to the minute, the end after the beginning. */
export function checkTimes(checks: InputChecks, field: string, { startsAt, endsAt }: Times): void {
  const minutes = [startsAt, endsAt].every((time) => timeOf(time) % 60_000 === 0)
  checks.require(minutes, `${field}.startsAt`, 'must be whole minutes, as must the end')
  checks.require(timeOf(startsAt) < timeOf(endsAt), `${field}.endsAt`, 'must be after the beginning')
}

/** Whether two of the stretches have something in common. */
export function overlap(stretches: readonly Times[]): boolean {
  const ordered = stretches.map(({ startsAt, endsAt }) => ({ start: timeOf(startsAt), end: timeOf(endsAt) })).sort((a, b) => a.start - b.start)
  return ordered.some(({ start }, index) => start < (ordered[index - 1]?.end ?? 0))
}

/** A place as an input names it, with the path of the input for errors. */
export interface NamedPlace {
  readonly field: string
  readonly locationId: string
  readonly roomId: string | null
}

/** Adds a problem for each place that is not one: a location in use, and a room in use of that location. */
export async function checkPlaces(em: EntityManager, checks: InputChecks, places: readonly NamedPlace[]): Promise<void> {
  const ids = (of: (place: NamedPlace) => string | null): string[] => [
    ...new Set(places.map(of).filter((id): id is string => id !== null && isUuid(id))),
  ]
  const locations = new Set((await em.find(Location, { id: ids(({ locationId }) => locationId), active: true })).map(({ id }) => id))
  const rooms = new Map((await em.find(Room, { id: ids(({ roomId }) => roomId), active: true })).map(({ id, location }) => [id, location.id]))
  for (const { field, locationId, roomId } of places) {
    checks.require(locations.has(locationId.toLowerCase()), `${field}locationId`, 'is not a location in use')
    if (roomId !== null)
      checks.require(rooms.get(roomId.toLowerCase()) === locationId.toLowerCase(), `${field}roomId`, 'is not a room in use of that location')
  }
}
