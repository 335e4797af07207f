import { ref, UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { checkedAddress } from '../../database/address.inputs.js'
import { requireVersion, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError } from '../../graphql/errors.js'
import { assignGiven, InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import type { CreateLocationInput, CreateRoomInput, UpdateLocationInput, UpdateRoomInput } from './location.inputs.js'
import { Location } from './location.entity.js'
import { Room } from './room.entity.js'

const NAME = { most: 200 }
const PHONE = { most: 40 }
/** Named zones only: an offset knows no summer time. */
const ZONE = /^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)*$/

/** The sites of the clinic and their rooms. */
export class LocationService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach

  constructor(work: UnitOfWork, reach: RowReach) {
    this.#work = work
    this.#reach = reach
  }

  /** Opens a site. Returns the id. */
  create(context: WriteContext, input: CreateLocationInput): Promise<string> {
    const checks = new InputChecks()
    const name = checks.text('name', input.name, NAME)
    const phone = checks.optionalText('phone', input.phone, PHONE) ?? null
    const address = checkedAddress(checks, 'address', input.address) ?? null
    checks.require(isZone(input.timeZone), 'timeZone', 'is not a time zone such as Europe/Berlin')
    checks.done()
    return this.#work.run(context, async ({ em, audit }) => {
      const location = new Location()
      assignGiven(location, { name, phone, address, timeZone: input.timeZone })
      em.persist(location)
      await writeName(em)
      audit({ action: AuditAction.CREATE, entity: 'Location', entityId: location.id })
      return location.id
    })
  }

  /** Changes a site; its zone stays, since the times of everything booked there hang on it. */
  async update(context: WriteContext, input: UpdateLocationInput): Promise<void> {
    const checks = new InputChecks()
    for (const field of ['name', 'active'] as const) checks.require(input[field] !== null, field, 'must not be empty')
    const name = checks.optionalText('name', input.name, NAME) ?? undefined
    const phone = checks.optionalText('phone', input.phone, PHONE)
    const address = checkedAddress(checks, 'address', input.address)
    checks.done()
    await this.#work.run(context, async ({ em, audit }) => {
      await this.#reach.require(em, context.actor, Location, input.id)
      const location = await em.findOneOrFail(Location, { id: input.id })
      requireVersion(location, input.version)
      const sections = assignGiven(location, { name, phone, address, active: input.active ?? undefined })
      await writeName(em)
      audit({ action: AuditAction.UPDATE, entity: 'Location', entityId: location.id, sections })
    })
  }

  /** Adds a room to a site. Returns the id. */
  createRoom(context: WriteContext, input: CreateRoomInput): Promise<string> {
    const checks = new InputChecks()
    const name = checks.text('name', input.name, NAME)
    checks.done()
    return this.#work.run(context, async ({ em, audit }) => {
      await this.#reach.require(em, context.actor, Location, input.locationId)
      const room = new Room()
      room.location = ref(em.getReference(Location, input.locationId))
      room.name = name
      em.persist(room)
      await writeName(em)
      audit({ action: AuditAction.CREATE, entity: 'Room', entityId: room.id })
      return room.id
    })
  }

  /** Changes a room. */
  async updateRoom(context: WriteContext, input: UpdateRoomInput): Promise<void> {
    const checks = new InputChecks()
    for (const field of ['name', 'active'] as const) checks.require(input[field] !== null, field, 'must not be empty')
    const name = checks.optionalText('name', input.name, NAME) ?? undefined
    checks.done()
    await this.#work.run(context, async ({ em, audit }) => {
      await this.#reach.require(em, context.actor, Room, input.id)
      const room = await em.findOneOrFail(Room, { id: input.id })
      requireVersion(room, input.version)
      const sections = assignGiven(room, { name, active: input.active ?? undefined })
      await writeName(em)
      audit({ action: AuditAction.UPDATE, entity: 'Room', entityId: room.id, sections })
    })
  }
}

function isZone(name: string): boolean {
  if (!ZONE.test(name)) return false
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name) !== undefined
  } catch {
    return false
  }
}

async function writeName(em: EntityManager): Promise<void> {
  try {
    await em.flush()
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException) throw new BadUserInputError([{ field: 'input.name', message: 'is taken' }])
    throw error
  }
}
