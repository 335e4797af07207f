import type { Actor } from '../../access/actor.js'
import { scopeOf } from '../../access/scope.js'
import type { ReadDatabase } from '../../database/read-database.js'
import { BadUserInputError, ClientGoneError } from '../../graphql/errors.js'
import { and, Parameters } from '../../graphql/loaders/clauses.js'
import { isUuid } from '../../graphql/loaders/page.js'
import { prepared, valuesOf, type PreparedRead, type StatementBuilder } from '../../graphql/loaders/statements.js'
import { Appointment } from './appointment.entity.js'
import type { AppointmentDayCount } from './counts.types.js'

/** Which appointments to count. */
export interface CountQuery {
  /** First and last day, on the calendars of the locations. */
  readonly from: string
  readonly to: string
  readonly doctorId?: string | null | undefined
  readonly locationId?: string | null | undefined
}

const MOST_DAYS = 62
const DAY_MS = 86_400_000

/** Counts appointments for the views of a week or a month, within the rows that the actor reaches. */
export class CountsService {
  readonly #reads: ReadDatabase
  readonly #statements: () => StatementBuilder

  /** @param statements the builder of the schema, which is made after the services */
  constructor(reads: ReadDatabase, statements: () => StatementBuilder) {
    this.#reads = reads
    this.#statements = statements
  }

  /**
   * How many appointments there are of each status on each day; days and statuses without any are left out.
   * @throws BadUserInputError
   */
  async byDay(actor: Actor, query: CountQuery, signal?: AbortSignal): Promise<AppointmentDayCount[]> {
    const days = (Date.parse(query.to) - Date.parse(query.from)) / DAY_MS + 1
    const wrong = (['doctorId', 'locationId'] as const).find((name) => query[name] != null && !isUuid(query[name]))
    if (wrong !== undefined) throw new BadUserInputError([{ field: wrong, message: 'is not an id' }])
    if (days < 1 || days > MOST_DAYS)
      throw new BadUserInputError([{ field: 'to', message: `must be 1 to ${MOST_DAYS} days from the first day` }])
    if (signal?.aborted) throw new ClientGoneError()
    const read = this.#statement(actor, query)
    const rows = await this.#reads.run(read, valuesOf(read, actor, { ...query }))
    return rows as unknown as AppointmentDayCount[]
  }

  #statement(actor: Actor, { doctorId, locationId }: CountQuery): PreparedRead {
    const { clauses } = this.#statements()
    const parameters = new Parameters()
    const scope = scopeOf(clauses.scope(Appointment), actor, 'count')
    const from = parameters.placeholder('from', 'date')
    const to = parameters.placeholder('to', 'date')
    const day = '(t.starts_at at time zone l.time_zone)::date'
    const conditions = [
      `t.starts_at >= ${from}::timestamp at time zone 'UTC' - interval '14 hours'`,
      `t.starts_at < ${to}::timestamp at time zone 'UTC' + interval '36 hours'`,
      `${day} between ${from} and ${to}`,
      doctorId == null ? 'true' : `t.doctor_id = ${parameters.placeholder('doctorId', 'uuid')}`,
      locationId == null ? 'true' : `t.location_id = ${parameters.placeholder('locationId', 'uuid')}`,
      clauses.scoped({ entity: Appointment, alias: 't', filter: undefined, scope, parameters, prefix: '' }),
    ]
    const text = `select ${day} as day, t.status, count(*)::int as count
      from appointment t join location l on l.id = t.location_id where ${and(conditions)} group by 1, 2 order by 1, 2`
    return prepared(text, parameters)
  }
}
