import type { EntityManager } from '@mikro-orm/postgresql'
import { BadUserInputError } from '../../graphql/errors.js'
import { isUuid } from '../../graphql/loaders/page.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'

const isWrong = (field: string, message: string): BadUserInputError => new BadUserInputError([{ field: `input.${field}`, message }])

/** A location that is open. */
export async function locationOf(em: EntityManager, id: string): Promise<Location> {
  const location = isUuid(id) ? await em.findOne(Location, { id, active: true }) : null
  if (!location) throw isWrong('locationId', 'is not a location of the clinic')
  return location
}

/** A doctor who works here; `null` stays `null`. */
export async function doctorOf(em: EntityManager, id: string | null): Promise<Doctor | null> {
  if (id === null) return null
  const doctor = isUuid(id) ? await em.findOne(Doctor, { id, active: true }) : null
  if (!doctor) throw isWrong('doctorId', 'is not a doctor who works here')
  return doctor
}

/** A room of the location that is in use; `null` stays `null`. */
export async function roomOf(em: EntityManager, id: string | null, locationId: string): Promise<Room | null> {
  if (id === null) return null
  const room = isUuid(id) ? await em.findOne(Room, { id, location: locationId, active: true }) : null
  if (!room) throw isWrong('roomId', 'is not a room of this location')
  return room
}

/**
 * The next number of the day, and nobody else's: the location is locked until the end of the transaction, so that numbers have no gaps
 * and no doubles, and so that of two check-ins of one patient the second sees the first (RULES A11).
 */
export async function nextNumber(em: EntityManager, locationId: string, day: string): Promise<number> {
  await lockQueueOf(em, locationId)
  const [row] = await em.execute<{ last: number | null }[]>(
    'select max(number) as last from queue_entry where location_id = ? and day = ?',
    [locationId, day],
  )
  return (row?.last ?? 0) + 1
}

/** Waits until no other transaction adds to the queue of the location. Rows that refer to the location may still be written. */
export async function lockQueueOf(em: EntityManager, locationId: string): Promise<void> {
  await em.execute('select id from location where id = ? for no key update', [locationId])
}
