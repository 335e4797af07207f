import { LockMode, ref, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { DAY, type Clock } from '../../clock.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { User } from '../identity/user.entity.js'
import { dateOf, dayOf, WallClock } from '../scheduling/slots/wall-clock.js'
import { actorId, doctorToPlan, requireMayPlan } from './schedule-rights.js'
import type { AddTimeOffInput } from './schedule.inputs.js'
import { TimeOff } from './time-off.entity.js'

/** The longest that one absence may last, in days: two years. */
const LONGEST = 731
/** How far from today it may begin, in milliseconds: ten years. */
const FURTHEST = 3660 * DAY
const REASON = { most: 500 }

/** Absences of doctors (RULES A4). */
export class TimeOffService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #clock: Clock

  constructor(work: UnitOfWork, reach: RowReach, clock: Clock) {
    this.#work = work
    this.#reach = reach
    this.#clock = clock
  }

  /** Enters an absence; visits that are booked already stay (`TimeOff.affectedAppointments`). Returns the id. */
  async add(context: WriteContext, input: AddTimeOffInput): Promise<string> {
    const checks = new InputChecks()
    const reason = checks.optionalText('reason', input.reason, REASON) ?? null
    const span = spanOf(checks, input)
    const start = 'startsOn' in span ? dayOf(span.startsOn) * DAY : span.startsAt.getTime()
    const field = 'startsOn' in span ? 'startsOn' : 'startsAt'
    checks.require(Math.abs(start - this.#clock().getTime()) <= FURTHEST, field, 'must be within ten years')
    checks.done()
    return this.#work.run(context, async ({ em, audit }) => {
      const doctor = await doctorToPlan(em, context, this.#reach, input.doctorId)
      const instants = 'startsOn' in span ? await midnights(em, doctor.id, span) : span
      const timeOff = new TimeOff()
      em.assign(timeOff, { doctor, kind: input.kind, reason, enteredBy: actorId(context), ...span, ...instants }, { em })
      em.persist(timeOff)
      const facts = { doctorId: doctor.id, from: instants.startsAt.toISOString(), to: instants.endsAt.toISOString() }
      audit({ action: AuditAction.CREATE, entity: 'TimeOff', entityId: timeOff.id, facts })
      return timeOff.id
    })
  }

  /** Calls an absence off. Done twice it changes nothing more. */
  async cancel(context: WriteContext, id: string): Promise<void> {
    await this.#work.run(context, async ({ em, audit }) => {
      await this.#reach.require(em, context.actor, TimeOff, id)
      const timeOff = await em.findOneOrFail(TimeOff, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      requireMayPlan(context.actor, timeOff.doctor.id)
      if (timeOff.cancelledAt != null) return
      timeOff.cancelledAt = this.#clock()
      timeOff.cancelledBy = ref(em.getReference(User, actorId(context)))
      const facts = { doctorId: timeOff.doctor.id, cancelled: true }
      audit({ action: AuditAction.UPDATE, entity: 'TimeOff', entityId: timeOff.id, sections: ['cancelledAt'], facts })
    })
  }
}

type Span = { readonly startsAt: Date; readonly endsAt: Date } | { readonly startsOn: string; readonly endsOn: string }

/** Two instants or two days; what it returns is only good when the checks are. */
function spanOf(checks: InputChecks, { startsAt, endsAt, startsOn, endsOn }: AddTimeOffInput): Span {
  const byInstants = startsAt != null || endsAt != null
  const byDays = startsOn != null || endsOn != null
  checks.require(byInstants !== byDays, 'startsAt', 'say either from when to when, or which whole days')
  if (byDays) {
    checks.require(startsOn != null, 'startsOn', 'is needed')
    const first = startsOn ?? endsOn ?? '1970-01-01'
    const last = endsOn ?? first
    checks.require(last >= first, 'endsOn', 'must not be before the first day')
    checks.require(dayOf(last) - dayOf(first) < LONGEST, 'endsOn', 'must be at most two years later')
    return { startsOn: first, endsOn: last }
  }
  checks.require(startsAt != null, 'startsAt', 'is needed')
  checks.require(endsAt != null, 'endsAt', 'is needed')
  const start = startsAt ?? new Date(0)
  const end = endsAt ?? start
  checks.require(end > start, 'endsAt', 'must be after the beginning')
  checks.require(end.getTime() - start.getTime() <= LONGEST * DAY, 'endsAt', 'must be at most two years later')
  return { startsAt: start, endsAt: end }
}

/** Where a doctor's week is first worked; else the clinic's first location. */
const ZONE = `
  select coalesce(
    (select l.time_zone from weekly_schedule w join location l on l.id = w.location_id where w.doctor_id = ?
      order by w.valid_from desc, w.weekday, w.starts_at limit 1),
    (select time_zone from location where active order by id limit 1),
    'UTC') as zone`

async function midnights(em: EntityManager, doctorId: string, { startsOn, endsOn }: { startsOn: string; endsOn: string }) {
  const [row] = await em.execute<{ zone: string }[]>(ZONE, [doctorId])
  const [first, last] = [dayOf(startsOn), dayOf(endsOn)]
  const clock = WallClock.of(row?.zone ?? 'UTC', first * DAY, last * DAY)
  return {
    startsOn: dateOf(first),
    endsOn: dateOf(last),
    startsAt: new Date(clock.instantOf(first, 0)),
    endsAt: new Date(clock.instantOf(last + 1, 0)),
  }
}
