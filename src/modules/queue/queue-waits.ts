import DataLoader from 'dataloader'
import { DAY, HOUR, after, type Clock } from '../../clock.js'
import type { ReadDatabase, Statement } from '../../database/read-database.js'
import { estimatedWaitMinutes, LEAST_TURNS } from './wait-estimate.js'

/** What somebody who waits wants to know. */
export interface Wait {
  /** Their place, from 1; `null` for who does not wait. */
  readonly position: number | null
  /** About how long it will take; `null` when nobody can say. */
  readonly minutes: number | null
}

/** How long back turns tell how long one takes, and how many of the latest. */
const TURNS = { days: 28, most: 20 } as const
/** Who has finished nobody for this long does not count as open. */
const OPEN_FOR_MS = HOUR

/**
 * For each entry: who is called before it, who is inside, who calls, and how long the latest turns of its doctor and of its location took.
 * Entries compete when they wait for the same doctor, or when one of them waits for whoever is free. Names nobody.
 */
const WAITS: Statement = {
  name: 'queue_waits',
  text: `
    select q.id, q.doctor_id is not null as "ofDoctor",
      (select count(*)::int from queue_entry a where a.location_id = q.location_id and a.day = q.day and a.status = 'WAITING'
        and (a.doctor_id is null or q.doctor_id is null or a.doctor_id = q.doctor_id)
        and (a.rank, a.arrived_at, a.id) < (q.rank, q.arrived_at, q.id)) as ahead,
      (select count(*)::int from queue_entry a where a.location_id = q.location_id and a.day = q.day and a.status in ('CALLED', 'IN_SERVICE')
        and (a.doctor_id is null or q.doctor_id is null or a.doctor_id = q.doctor_id)) as busy,
      (select count(distinct coalesce(a.doctor_id, a.room_id))::int from queue_entry a where a.location_id = q.location_id and a.day = q.day
        and (a.status in ('CALLED', 'IN_SERVICE') or (a.status = 'DONE' and a.ended_at > $2::timestamptz))) as open,
      array(select round(extract(epoch from a.ended_at - a.started_at) * 1000)::float8 from queue_entry a
        where a.doctor_id = q.doctor_id and a.status = 'DONE' and a.ended_at > $3::timestamptz order by a.ended_at desc limit $4) as "turnsOfDoctor",
      array(select round(extract(epoch from a.ended_at - a.started_at) * 1000)::float8 from queue_entry a
        where a.location_id = q.location_id and a.status = 'DONE' and a.ended_at > $3::timestamptz order by a.ended_at desc limit $4) as "turnsOfLocation"
    from queue_entry q where q.id = any($1::uuid[]) and q.status = 'WAITING'`,
}

interface WaitRow {
  readonly id: string
  readonly ofDoctor: boolean
  readonly ahead: number
  readonly busy: number
  readonly open: number
  readonly turnsOfDoctor: readonly number[]
  readonly turnsOfLocation: readonly number[]
}

const NO_WAIT: Wait = { position: null, minutes: null }

/** Works out places and waiting times, for all entries of an answer at once. */
export class QueueWaits {
  readonly #database: ReadDatabase
  readonly #clock: Clock
  readonly #loaders = new WeakMap<object, DataLoader<string, Wait>>()

  constructor(database: ReadDatabase, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /**
   * The place and the waiting time of an entry that the actor has been given.
   *
   * @param request whatever there is one of per request
   */
  of(request: object, entryId: string): Promise<Wait> {
    let loader = this.#loaders.get(request)
    if (!loader) this.#loaders.set(request, (loader = new DataLoader((ids) => this.#read(ids))))
    return loader.load(entryId)
  }

  async #read(ids: readonly string[]): Promise<Wait[]> {
    const now = this.#clock()
    const values = [ids, after(now, -OPEN_FOR_MS).toISOString(), after(now, -TURNS.days * DAY).toISOString(), TURNS.most]
    const rows = (await this.#database.run(WAITS, values)) as unknown as WaitRow[]
    const byId = new Map(rows.map((row) => [row.id, waitOf(row)]))
    return ids.map((id) => byId.get(id) ?? NO_WAIT)
  }
}

/** Who waits for a doctor waits for one; who waits for whoever is free, for all who are there. */
function waitOf({ ofDoctor, ahead, busy, open, turnsOfDoctor, turnsOfLocation }: WaitRow): Wait {
  const recentTurns = turnsOfDoctor.length >= LEAST_TURNS ? turnsOfDoctor : turnsOfLocation
  return { position: ahead + 1, minutes: estimatedWaitMinutes({ ahead, busy, open: ofDoctor ? 1 : Math.max(open, 1), recentTurns }) }
}
