import { ref } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Clock } from '../../clock.js'
import type { ReadDatabase, Statement } from '../../database/read-database.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { NotFoundError } from '../../graphql/errors.js'
import { isUuid } from '../../graphql/loaders/page.js'
import { WELL_FORMED_TOKEN } from '../identity/client-facts.js'
import { digestOf, randomToken } from '../identity/keys.js'
import { User } from '../identity/user.entity.js'
import { Location } from '../locations/location.entity.js'
import { accountOf } from '../scheduling/booking/capacity.js'
import { QueueBoardLink } from './queue-board-link.entity.js'
import type { QueueBoard } from './queue-board.types.js'

/** What fits on a screen. */
const MOST_CALLED = 12
const MOST_WAITING = 30

/** Path of the page that shows the board; the token follows. */
export const BOARD_PATH = '/board/'

/** Numbers and rooms of today, by a condition on the location `l`. Reads nothing that names a patient (SECURITY P6). */
const boardWhere = (name: string, location: string): Statement => ({
  name,
  text: `
    select l.name as "locationName",
      coalesce((select json_agg(json_build_object('number', c.number, 'room', c.room, 'calledAt', c.called_at) order by c.called_at desc)
        from (select q.number, q.called_at, r.name as room from queue_entry q left join room r on r.id = q.room_id
          where q.location_id = l.id and q.day = ($2::timestamptz at time zone l.time_zone)::date and q.status = 'CALLED'
          order by q.called_at desc limit ${MOST_CALLED}) c), '[]') as called,
      array(select q.number from queue_entry q
        where q.location_id = l.id and q.day = ($2::timestamptz at time zone l.time_zone)::date and q.status = 'WAITING'
        order by q.rank, q.arrived_at, q.id limit ${MOST_WAITING}) as waiting
    from location l where l.active and ${location}`,
})

const OF_LOCATION = boardWhere('queue_board', 'l.id = $1::uuid')
const OF_TOKEN = boardWhere('queue_board_by_token', 'l.id = (select b.location_id from queue_board_link b where b.token_hash = $1)')

/** The board in the waiting room, for people with an account and for screens without one. */
export class QueueBoardService {
  readonly #work: UnitOfWork
  readonly #database: ReadDatabase
  readonly #clock: Clock
  readonly #address: () => string

  /** @param address of this server, without a path */
  constructor(work: UnitOfWork, database: ReadDatabase, clock: Clock, address: () => string) {
    this.#work = work
    this.#database = database
    this.#clock = clock
    this.#address = address
  }

  /**
   * The board of a location.
   * @throws NotFoundError
   */
  async ofLocation(id: string): Promise<QueueBoard> {
    const board = isUuid(id) ? await this.#read(OF_LOCATION, id) : null
    if (!board) throw new NotFoundError()
    return board
  }

  /** The board that a token stands for, or `null`. */
  async ofToken(token: string): Promise<QueueBoard | null> {
    return WELL_FORMED_TOKEN.test(token) ? this.#read(OF_TOKEN, digestOf(token)) : null
  }

  /**
   * Makes a new address for the board of a location; the one before works no more.
   * @returns the address, which is kept nowhere
   */
  async newAddress(context: WriteContext, locationId: string): Promise<string> {
    const token = randomToken()
    await this.#work.run(context, async ({ em, audit }) => {
      const location = isUuid(locationId) ? await em.findOne(Location, { id: locationId, active: true }) : null
      if (!location) throw new NotFoundError()
      const link = (await em.findOne(QueueBoardLink, { location })) ?? new QueueBoardLink()
      link.location = ref(location)
      link.tokenHash = digestOf(token)
      link.createdBy = ref(em.getReference(User, accountOf(context.actor)))
      em.persist(link)
      audit({ action: AuditAction.RIGHTS_CHANGED, entity: 'Location', entityId: location.id, facts: { boardLink: 'made' } })
    })
    return `${this.#address()}${BOARD_PATH}${token}`
  }

  /** Ends the address of the board of a location. Done twice it changes nothing more. */
  async endAddress(context: WriteContext, locationId: string): Promise<void> {
    await this.#work.run(context, async ({ em, audit }) => {
      const location = isUuid(locationId) ? await em.findOne(Location, { id: locationId }) : null
      if (!location) throw new NotFoundError()
      if ((await em.nativeDelete(QueueBoardLink, { location })) > 0)
        audit({ action: AuditAction.RIGHTS_CHANGED, entity: 'Location', entityId: location.id, facts: { boardLink: 'ended' } })
    })
  }

  async #read(statement: Statement, key: string): Promise<QueueBoard | null> {
    const [row] = await this.#database.run(statement, [key, this.#clock().toISOString()])
    return (row as unknown as QueueBoard | undefined) ?? null
  }
}
