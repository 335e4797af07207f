import { ref, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { DAY, type Clock } from '../../clock.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { ClinicError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { WeeklySchedule } from '../doctors/weekly-schedule.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import type { Availability } from '../scheduling/availability.js'
import { dateOf, dayOf, timeOf, type Day } from '../scheduling/slots/wall-clock.js'
import { ScheduleBreak } from './schedule-break.entity.js'
import { checkedDay, checkedLastDay, checkPlaces, checkTimes, overlap } from './schedule-checks.js'
import { doctorToPlan } from './schedule-rights.js'
import type { ScheduleBreakInput, SetDoctorScheduleInput, WeeklyHoursInput } from './schedule.inputs.js'

const MOST_HOURS = 100
const MOST_BREAKS = 10
const LABEL = { most: 100 }
/** In days. */
const YEAR = 366

/** The days for which a week is set; `last` is null when it holds until further notice. */
interface Validity {
  readonly first: Day
  readonly last: Day | null
}

/** The working weeks of doctors (RULES A4). */
export class WeeklyScheduleService {
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
   * Sets the working week of a doctor from a day on, at all locations at once. What was entered for the days before (and after, when it
   * ends) stays. Visits that are booked already are not touched: `Doctor.appointmentsOutsideHours` has those left outside.
   *
   * @throws ClinicError `CONFLICT` when the doctor would be in two places at the same time: by the clocks of two zones, or on a day that differs
   */
  async set(context: WriteContext, input: SetDoctorScheduleInput): Promise<void> {
    const checks = new InputChecks()
    const first = checkedDay(checks, 'validFrom', input.validFrom, this.#clock)
    const last = input.validTo == null ? null : checkedLastDay(checks, 'validTo', input.validTo, first, this.#clock)
    checkWeek(checks, input.hours)
    checks.done()
    await this.#work.run(context, async ({ em, audit }) => {
      const doctor = await doctorToPlan(em, context, this.#reach, input.doctorId)
      await checkPlacesOf(em, input.hours)
      const resumed = last === null ? [] : await hoursAround(em, doctor, { first, last })
      await clear(em, doctor, { first, last })
      for (const { validTo, ...hours } of resumed) enter(em, doctor, hours, { first: (last ?? first) + 1, last: validTo })
      for (const hours of input.hours) enter(em, doctor, hours, { first, last: last === null ? null : dateOf(last) })
      await em.flush()
      await this.#requireOnePlace(em, doctor, first, input.hours)
      const facts = { from: dateOf(first), ...(last !== null && { to: dateOf(last) }), stretches: input.hours.length }
      audit({ action: AuditAction.UPDATE, entity: 'Doctor', entityId: doctor.id, sections: ['weeklySchedule'], facts })
    })
  }

  /** Hours in one zone do not overlap by themselves; those in two zones may, and days that differ may bring it about. */
  async #requireOnePlace(em: EntityManager, doctor: Doctor, first: Day, hours: readonly WeeklyHoursInput[]): Promise<void> {
    const [days] = await em.execute<{ first: string | null; last: string | null }[]>(
      "select min(date)::text as first, max(date)::text as last from schedule_exception where doctor_id = ? and date >= ? and kind <> 'NOT_WORKING'",
      [doctor.id, dateOf(first)],
    )
    const looked = [days?.first, days?.last].flatMap((day) => (day == null ? [] : [dayOf(day)]))
    // Within a year, each day of the week comes at every distance that the clocks of two zones may have.
    if (new Set(hours.map(({ locationId }) => locationId.toLowerCase())).size > 1) looked.push(first, first + YEAR)
    if (looked.length === 0) return
    const window = { start: (Math.min(...looked) - 1) * DAY, end: (Math.max(...looked) + 2) * DAY }
    if (await this.#availability.inTwoPlaces(doctor.id, window, em))
      throw new ClinicError('CONFLICT', 'The doctor would work in two places at once, in the week or on a day that differs from it.')
  }
}

function checkWeek(checks: InputChecks, hours: readonly WeeklyHoursInput[]): void {
  checks.require(hours.length <= MOST_HOURS, 'hours', `must be at most ${MOST_HOURS}`)
  for (const [index, { weekday, breaks, ...times }] of hours.entries()) {
    const field = `hours.${index}`
    checks.require(weekday >= 1 && weekday <= 7, `${field}.weekday`, 'must be between 1 and 7')
    checkTimes(checks, field, times)
    checkBreaks(checks, field, times, breaks ?? [])
  }
  for (const ofDay of Map.groupBy(hours, ({ weekday }) => weekday).values())
    checks.require(!overlap(ofDay), 'hours', 'must not overlap: nobody works in two places at once')
}

function checkBreaks(
  checks: InputChecks,
  field: string,
  hours: { startsAt: string; endsAt: string },
  breaks: readonly ScheduleBreakInput[],
): void {
  checks.require(breaks.length <= MOST_BREAKS, `${field}.breaks`, `must be at most ${MOST_BREAKS}`)
  for (const [index, pause] of breaks.entries()) {
    const at = `${field}.breaks.${index}`
    checkTimes(checks, at, pause)
    checks.optionalText(`${at}.label`, pause.label, LABEL)
    const inside = timeOf(hours.startsAt) <= timeOf(pause.startsAt) && timeOf(pause.endsAt) <= timeOf(hours.endsAt)
    checks.require(inside, `${at}.startsAt`, 'must lie inside the hours')
  }
  checks.require(!overlap(breaks), `${field}.breaks`, 'must not overlap')
}

async function checkPlacesOf(em: EntityManager, hours: readonly WeeklyHoursInput[]): Promise<void> {
  const checks = new InputChecks()
  const places = hours.map(({ locationId, roomId }, index) => ({ field: `hours.${index}.`, locationId, roomId: roomId ?? null }))
  await checkPlaces(em, checks, places)
  checks.done()
}

/** The hours that begin before the days that are set and last beyond them: they hold again afterwards. */
async function hoursAround(em: EntityManager, doctor: Doctor, { first, last }: { first: Day; last: Day }) {
  const beyond = { $or: [{ validTo: null }, { validTo: { $gt: dateOf(last) } }] }
  const rows = await em.find(WeeklySchedule, { doctor, validFrom: { $lt: dateOf(first) }, ...beyond })
  const breaks = await em.find(ScheduleBreak, { weeklySchedule: rows.map(({ id }) => id) })
  return rows.map((row) => ({
    locationId: row.location.id,
    roomId: row.room?.id ?? null,
    weekday: row.weekday,
    startsAt: row.startsAt,
    endsAt: row.endsAt,
    validTo: row.validTo ?? null,
    breaks: breaks
      .filter(({ weeklySchedule }) => weeklySchedule.id === row.id)
      .map(({ startsAt, endsAt, label = null }) => ({ startsAt, endsAt, label })),
  }))
}

/** Frees the days of what was entered for them. In SQL and in this order, because stretches must not overlap for a moment even. */
async function clear(em: EntityManager, doctor: Doctor, { first, last }: Validity): Promise<void> {
  const from = dateOf(first)
  if (last === null) await em.execute('delete from weekly_schedule where doctor_id = ? and valid_from >= ?', [doctor.id, from])
  else {
    const to = dateOf(last)
    await em.execute('delete from weekly_schedule where doctor_id = ? and valid_from >= ? and valid_to <= ?', [doctor.id, from, to])
    await em.execute('update weekly_schedule set valid_from = ?, updated_at = now() where doctor_id = ? and valid_from between ? and ?', [
      dateOf(last + 1),
      doctor.id,
      from,
      to,
    ])
  }
  await em.execute(
    'update weekly_schedule set valid_to = ?, updated_at = now() where doctor_id = ? and valid_from < ? and (valid_to is null or valid_to >= ?)',
    [dateOf(first - 1), doctor.id, from, from],
  )
  em.clear()
}

function enter(
  em: EntityManager,
  doctor: Doctor,
  hours: Omit<WeeklyHoursInput, 'breaks'> & { readonly breaks?: readonly ScheduleBreakInput[] | null },
  validity: { readonly first: Day; readonly last: string | null },
): void {
  const row = new WeeklySchedule()
  row.doctor = ref(em.getReference(Doctor, doctor.id))
  row.location = ref(em.getReference(Location, hours.locationId))
  row.room = hours.roomId == null ? null : ref(em.getReference(Room, hours.roomId))
  row.weekday = hours.weekday
  row.startsAt = hours.startsAt
  row.endsAt = hours.endsAt
  row.validFrom = dateOf(validity.first)
  row.validTo = validity.last
  em.persist(row)
  for (const { startsAt, endsAt, label } of hours.breaks ?? []) {
    const pause = new ScheduleBreak()
    em.assign(pause, { weeklySchedule: row, startsAt, endsAt, label: label?.trim() ?? null }, { em })
    em.persist(pause)
  }
}
