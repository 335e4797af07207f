import type { TimeOffKind } from '../schedules/time-off.entity.js'
import { SERVICES } from './facts/services.js'
import { CITIES } from './facts/sites.js'
import { SPECIALTIES } from './facts/specialties.js'
import type { Practice } from './practice.js'
import { present } from './present.js'
import type { RowsByTable } from './rows.js'
import { DAY, dateOf, YEAR } from './time.js'
import { add, randomFor, rowBase, type World } from './world.js'

/** Days on which a doctor is away, as dates; both inclusive. */
export interface DaysOff {
  readonly kind: `${TimeOffKind}`
  readonly reason: string
  readonly first: string
  readonly last: string
}

/** Absences by the doctor's place at the site, in days from today. None today, so that there is always something to book. */
const ABSENCES = [
  { doctor: 2, kind: 'VACATION', reason: 'Family holiday', from: 21, days: 12 },
  { doctor: 3, kind: 'TRAINING', reason: 'Congress', from: 10, days: 2 },
  { doctor: 1, kind: 'SICK_LEAVE', reason: 'Flu', from: -40, days: 5 },
] as const

/** The day on which the whole clinic is closed, in days from today. */
const CLOSED_IN = 35
const CLOSED_FOR = 'Team day'

/** When a doctor is away. */
export function daysOff(now: number, position: number): DaysOff[] {
  return ABSENCES.filter(({ doctor }) => doctor === position).map(({ kind, reason, from, days }) => ({
    kind,
    reason,
    first: dateOf(now + from * DAY),
    last: dateOf(now + (from + days - 1) * DAY),
  }))
}

/** The day on which nobody works. */
export const closedDay = (now: number): string => dateOf(now + CLOSED_IN * DAY)

/** Enters the absences of a practice's doctors: each by the doctor, who has an account by now. */
export function addAbsences(world: World, { sites }: Practice, place: number, rows: RowsByTable): void {
  const random = randomFor(world, 'absences', place)
  for (const { doctors, city } of sites)
    for (const [position, { id, staffId }] of doctors.entries())
      for (const { kind, reason, first, last } of daysOff(world.now, position)) {
        const midnight = (date: string): string =>
          Temporal.PlainDate.from(date).toZonedDateTime(city.timeZone).toInstant().toString({ fractionalSecondDigits: 3 })
        add(rows, 'time_off', {
          ...rowBase(random, world.now - 60 * DAY),
          doctor_id: id,
          kind,
          starts_at: midnight(first),
          ends_at: midnight(Temporal.PlainDate.from(last).add({ days: 1 }).toString()),
          starts_on: first,
          ends_on: last,
          reason,
          entered_by_id: present(rows.user_account.find(({ staff_id }) => staff_id === staffId)).id,
        })
      }
}

/** Enters what the whole clinic has once: the price list, and the day on which it is closed. */
export function addOffers(world: World, rows: RowsByTable): void {
  const random = randomFor(world, 'offers')
  const opened = world.now - 3 * YEAR
  const { currency } = present(CITIES[0])
  for (const { code, name, specialty, minutes, before = 0, after = 0, price, online } of SERVICES)
    add(rows, 'service', {
      ...rowBase(random, opened),
      code,
      name,
      specialty: specialty && SPECIALTIES[specialty].name,
      duration_minutes: minutes,
      buffer_before_minutes: before,
      buffer_after_minutes: after,
      price_amount: price,
      price_currency: currency,
      online_bookable: online,
    })
  const day = closedDay(world.now)
  add(rows, 'clinic_closure', { ...rowBase(random, world.now - 90 * DAY), name: CLOSED_FOR, starts_on: day, ends_on: day })
}
