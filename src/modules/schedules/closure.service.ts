import { AuditAction } from '../../audit/event.js'
import type { Clock } from '../../clock.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { Location } from '../locations/location.entity.js'
import { dateOf } from '../scheduling/slots/wall-clock.js'
import { ClinicClosure } from './clinic-closure.entity.js'
import { checkedDay, checkedLastDay } from './schedule-checks.js'
import type { AddClosureInput } from './schedule.inputs.js'

/** Days on which a location, or the whole clinic, is closed (RULES A4). */
export class ClosureService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #clock: Clock

  constructor(work: UnitOfWork, reach: RowReach, clock: Clock) {
    this.#work = work
    this.#reach = reach
    this.#clock = clock
  }

  /** Returns the id of the new closure. */
  async add(context: WriteContext, input: AddClosureInput): Promise<string> {
    const checks = new InputChecks()
    const name = checks.text('name', input.name, { most: 200 })
    const first = checkedDay(checks, 'startsOn', input.startsOn, this.#clock)
    const last = checkedLastDay(checks, 'endsOn', input.endsOn, first, this.#clock)
    checks.done()
    return this.#work.run(context, async ({ em, audit }) => {
      if (input.locationId != null) await this.#reach.require(em, context.actor, Location, input.locationId)
      const closure = new ClinicClosure()
      em.assign(closure, { location: input.locationId ?? null, name, startsOn: dateOf(first), endsOn: dateOf(last) }, { em })
      em.persist(closure)
      const facts = { startsOn: closure.startsOn, endsOn: closure.endsOn }
      audit({ action: AuditAction.CREATE, entity: 'ClinicClosure', entityId: closure.id, facts })
      return closure.id
    })
  }

  /** Takes a closure back. */
  async remove(context: WriteContext, id: string): Promise<void> {
    await this.#work.run(context, async ({ em, audit }) => {
      await this.#reach.require(em, context.actor, ClinicClosure, id)
      const closure = await em.findOneOrFail(ClinicClosure, { id })
      em.remove(closure)
      const facts = { startsOn: closure.startsOn, endsOn: closure.endsOn, removed: true }
      audit({ action: AuditAction.UPDATE, entity: 'ClinicClosure', entityId: closure.id, facts })
    })
  }
}
