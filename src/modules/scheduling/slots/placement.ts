import { EmptySlotReason } from './empty-slot-reason.js'
import { overlapsAny, type Interval } from './intervals.js'
import type { WorkingTime } from './working-time.js'

/** Where a visit would take place. */
export interface Place {
  readonly locationId: string
  readonly roomId: string | null
}

/**
 * Where a visit at a given time takes place, or why it cannot: it must begin inside the booking window, and lie as a whole in one stretch
 * of work and outside of absences. What else is booked then is not looked at.
 */
export function placeOf({ stretches, absences }: WorkingTime, visit: Interval, bookable: Interval): Place | EmptySlotReason {
  if (visit.start < bookable.start || visit.start >= bookable.end) return EmptySlotReason.OUTSIDE_BOOKING_WINDOW
  const holding = stretches.filter(({ start, end }) => start <= visit.start && visit.end <= end)
  if (holding.length === 0) return EmptySlotReason.NOT_WORKING
  const present = holding.find(({ locationId }) => !overlapsAny(visit, absences.get(locationId) ?? []))
  return present ? { locationId: present.locationId, roomId: present.roomId } : EmptySlotReason.ON_LEAVE
}

/** Whether a visit lies as a whole in the working time at a location, outside of absences. */
export function fitsAt({ stretches, absences }: WorkingTime, visit: Interval, locationId: string): boolean {
  const works = stretches.some((stretch) => stretch.locationId === locationId && stretch.start <= visit.start && visit.end <= stretch.end)
  return works && !overlapsAny(visit, absences.get(locationId) ?? [])
}
