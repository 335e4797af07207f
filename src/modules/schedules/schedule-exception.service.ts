import type { EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { DAY, type Clock } from '../../clock.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { ClinicError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import type { Availability } from '../scheduling/availability.js'
import { dayOf, type Day } from '../scheduling/slots/wall-clock.js'
import { checkedDay, checkPlaces, checkTimes, overlap } from './schedule-checks.js'
import { ScheduleExceptionHours } from './schedule-exception-hours.entity.js'
import { ScheduleException, ScheduleExceptionKind } from './schedule-exception.entity.js'
import { doctorToPlan } from './schedule-rights.js'
import type { SetScheduleExceptionInput } from './schedule.inputs.js'

const MOST_HOURS = 10
const NOTE = { most: 500 }

/** Days that differ from the working week (RULES A4). */
export class ScheduleExceptionService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #availability: Availability
  readonly #clock: Clock

  constructor(work: UnitOfWork, reach: RowReach, availability: Availability, clock: Clock) {
    this.#work = work
    this.#reach = reach
    this.#availability = availability
    this.#clock = clock
  }

  /**
   * Says how one day differs; what was said about it before is gone. Returns the id.
   * @throws ClinicError `CONFLICT` when the doctor would work in two places at once
   */
  async set(context: WriteContext, input: SetScheduleExceptionInput): Promise<string> {
    const checks = new InputChecks()
    const day = checkedDay(checks, 'date', input.date, this.#clock)
    const hours = input.hours ?? []
    const works = input.kind !== ScheduleExceptionKind.NOT_WORKING
    checks.require(works === hours.length > 0, 'hours', works ? 'must say from when to when' : 'must be none on a day without work')
    checks.require(hours.length <= MOST_HOURS, 'hours', `must be at most ${MOST_HOURS}`)
    for (const [index, times] of hours.entries()) checkTimes(checks, `hours.${index}`, times)
    checks.require(!overlap(hours), 'hours', 'must not overlap')
    const note = checks.optionalText('note', input.note, NOTE) ?? null
    checks.done()
    return this.#work.run(context, async ({ em, audit }) => {
      const doctor = await doctorToPlan(em, context, this.#reach, input.doctorId)
      await checkPlacesOf(em, input)
      const { locationId, date } = input
      const replaced = await em.nativeDelete(ScheduleException, { doctor, location: locationId, date })
      const exception = new ScheduleException()
      em.assign(exception, { doctor, location: locationId, date, kind: input.kind, note }, { em })
      em.persist(exception)
      for (const { startsAt, endsAt, roomId } of hours) {
        const row = new ScheduleExceptionHours()
        em.assign(row, { scheduleException: exception, room: roomId ?? null, startsAt, endsAt }, { em })
        em.persist(row)
      }
      await em.flush()
      if (works) await this.#requireOnePlace(em, doctor.id, day)
      const facts = { doctorId: doctor.id, date, kind: input.kind, ...(replaced > 0 && { replaced: true }) }
      audit({ action: AuditAction.CREATE, entity: 'ScheduleException', entityId: exception.id, facts })
      return exception.id
    })
  }

  /** @throws ClinicError `CONFLICT` */
  async #requireOnePlace(em: EntityManager, doctorId: string, day: Day): Promise<void> {
    // The days around as well: two locations need not share a zone.
    const window = { start: (day - 1) * DAY, end: (day + 2) * DAY }
    if (await this.#availability.inTwoPlaces(doctorId, window, em))
      throw new ClinicError('CONFLICT', 'The doctor would work in two places at once: change the hours at the other one first.')
  }

  /**
   * Makes the day as any other again. Returns the id of the doctor.
   * @throws ClinicError `CONFLICT` when the hours that come back lie in another place at the same time
   */
  async remove(context: WriteContext, id: string): Promise<string> {
    return this.#work.run(context, async ({ em, audit }) => {
      await this.#reach.require(em, context.actor, ScheduleException, id)
      const exception = await em.findOneOrFail(ScheduleException, { id })
      const doctorId = exception.doctor.id
      await doctorToPlan(em, context, this.#reach, doctorId)
      em.remove(exception)
      await em.flush()
      await this.#requireOnePlace(em, doctorId, dayOf(exception.date))
      const facts = { doctorId, date: exception.date, removed: true }
      audit({ action: AuditAction.UPDATE, entity: 'ScheduleException', entityId: exception.id, facts })
      return doctorId
    })
  }
}

async function checkPlacesOf(em: EntityManager, { locationId, hours }: SetScheduleExceptionInput): Promise<void> {
  const checks = new InputChecks()
  const rooms = (hours ?? []).flatMap(({ roomId }, index) => (roomId == null ? [] : [{ roomId, field: `hours.${index}.` }]))
  await checkPlaces(em, checks, [{ field: '', locationId, roomId: null }, ...rooms.map((room) => ({ ...room, locationId }))])
  checks.done()
}
