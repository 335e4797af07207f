import DataLoader from 'dataloader'
import { after, DAY, type Clock } from '../../clock.js'
import type { ReadDatabase, Statement } from '../../database/read-database.js'
import type { GraphQLContext } from '../../graphql/context.js'
import { ACTIVE_APPOINTMENT_STATUSES } from '../scheduling/appointment-status.js'
import type { Availability, PlacedVisit } from '../scheduling/availability.js'

const ACTIVE = ACTIVE_APPOINTMENT_STATUSES.map((status) => `'${status}'`).join(', ')

/** The most visits that one list shows; whoever has moved these sees the next. */
const MOST_SHOWN = 200
/** How many visits to come of one doctor are looked at. */
const MOST_LOOKED_AT = 2000
const LOOKED_AHEAD = 400 * DAY

/** Visits to come during absences, at most 200 of each: `$1` the absences, `$2` now. */
const DURING_TIME_OFF: Statement = {
  name: 'visits_during_time_off',
  text: `
select t.id as "timeOffId", a.id
from time_off t cross join lateral (
  select a.id from appointment a join location l on l.id = a.location_id
  where a.doctor_id = t.doctor_id and a.status in (${ACTIVE}) and a.starts_at > $2::timestamptz
    and a.starts_at > t.starts_at - interval '3 days' and a.starts_at < t.ends_at + interval '2 days'
    and case when t.starts_on is null then a.ends_at > t.starts_at and a.starts_at < t.ends_at
        else (a.ends_at at time zone l.time_zone) > t.starts_on and (a.starts_at at time zone l.time_zone)::date <= t.ends_on end
  order by a.starts_at, a.id limit ${MOST_SHOWN}) a
where t.id = any($1::uuid[]) and t.cancelled_at is null`,
}

/** Visits to come of doctors: `$1` the doctors, `$2` and `$3` from and to. */
const TO_COME: Statement = {
  name: 'visits_to_come',
  text: `
select a.id, d.id as "doctorId", a.location_id as "locationId", a.starts_at as "startsAt", a.ends_at as "endsAt"
from unnest($1::uuid[]) d(id) cross join lateral (
  select * from appointment a where a.doctor_id = d.id and a.status in (${ACTIVE})
    and a.starts_at > $2::timestamptz and a.starts_at < $3::timestamptz
  order by a.starts_at, a.id limit ${MOST_LOOKED_AT}) a`,
}

type Ask = DataLoader<string, string[]>

/**
 * Visits that somebody should move because hours have changed since they were booked. Gives ids only: whoever asks reads the rows through
 * the loaders, in their own scope. Questions of one request are asked together.
 */
export class ScheduleConflicts {
  readonly #database: ReadDatabase
  readonly #availability: Availability
  readonly #clock: Clock
  readonly #asked = new WeakMap<object, { readonly timeOff: Ask; readonly doctor: Ask }>()

  constructor(database: ReadDatabase, availability: Availability, clock: Clock) {
    this.#database = database
    this.#availability = availability
    this.#clock = clock
  }

  /** Ids of visits to come during an absence that the actor sees. */
  duringTimeOff(context: GraphQLContext, timeOffId: string): Promise<string[]> {
    return this.#of(context).timeOff.load(timeOffId)
  }

  /** Ids of visits to come outside of a doctor's hours; none when the hours are not the actor's to see. */
  async outsideHours(context: GraphQLContext, doctorId: string): Promise<string[]> {
    const { actor } = context
    if (!actor.can('schedules.read') && actor.identity?.doctorId !== doctorId) return []
    return this.#of(context).doctor.load(doctorId)
  }

  #of({ loaders }: GraphQLContext): { readonly timeOff: Ask; readonly doctor: Ask } {
    let ask = this.#asked.get(loaders)
    if (!ask) {
      ask = {
        timeOff: new DataLoader((ids) => this.#duringTimeOff(ids)),
        doctor: new DataLoader((ids) => this.#outsideHours(ids)),
      }
      this.#asked.set(loaders, ask)
    }
    return ask
  }

  async #duringTimeOff(ids: readonly string[]): Promise<string[][]> {
    const rows = await this.#database.run(DURING_TIME_OFF, [ids, this.#clock().toISOString()])
    const byTimeOff = Map.groupBy(rows, (row) => row['timeOffId'])
    return ids.map((id) => (byTimeOff.get(id) ?? []).map((row) => row['id'] as string))
  }

  async #outsideHours(doctorIds: readonly string[]): Promise<string[][]> {
    const now = this.#clock()
    const rows = await this.#database.run(TO_COME, [doctorIds, now.toISOString(), after(now, LOOKED_AHEAD).toISOString()])
    const outside = await this.#availability.outsideHours(
      doctorIds,
      rows.map(
        (row): PlacedVisit => ({
          id: row['id'] as string,
          doctorId: row['doctorId'] as string,
          locationId: row['locationId'] as string,
          startsAt: new Date(row['startsAt'] as string),
          endsAt: new Date(row['endsAt'] as string),
        }),
      ),
    )
    const byDoctor = Map.groupBy(outside, ({ doctorId }) => doctorId)
    return doctorIds.map((id) => (byDoctor.get(id) ?? []).slice(0, MOST_SHOWN).map((visit) => visit.id))
  }
}
