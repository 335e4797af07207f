import type { Weekday } from './waitlist-status.js'

/** What somebody waits for, as far as it decides which times fit. Wall times are those of the location. */
export interface Wish {
  readonly id: string
  /** `null`: any doctor. */
  readonly doctorId: string | null
  /** `null`: any specialty. */
  readonly specialty: string | null
  /** `null`: anywhere. */
  readonly locationId: string | null
  /** First and last day that suits, `YYYY-MM-DD`, both included. */
  readonly earliest: string
  readonly latest: string
  /** Empty: any. */
  readonly weekdays: readonly Weekday[]
  /** The visit lies within these, in minutes since midnight; `null`: no bound. */
  readonly from: number | null
  readonly to: number | null
  /** How long the visit is, in minutes. */
  readonly minutes: number
  /** The lower the more urgent. */
  readonly rank: number
  /** Since when, in milliseconds since 1970. */
  readonly waitingSince: number
}

/** A time that somebody could have. */
export interface OfferedTime {
  readonly doctorId: string
  readonly specialty: string | null
  readonly locationId: string
  readonly day: string
  readonly weekday: Weekday
  /** When it begins, in minutes since midnight. */
  readonly from: number
  /** How long it is, in minutes. */
  readonly minutes: number
}

/** Whether the visit that somebody waits for could take place then (RULES A10). */
export function fits(wish: Wish, time: OfferedTime): boolean {
  return (
    (wish.doctorId === null || wish.doctorId === time.doctorId) &&
    (wish.specialty === null || wish.specialty === time.specialty) &&
    (wish.locationId === null || wish.locationId === time.locationId) &&
    wish.earliest <= time.day &&
    time.day <= wish.latest &&
    (wish.weekdays.length === 0 || wish.weekdays.includes(time.weekday)) &&
    wish.minutes <= time.minutes &&
    (wish.from === null || wish.from <= time.from) &&
    (wish.to === null || time.from + wish.minutes <= wish.to)
  )
}

/** Who comes first: the more urgent, then who has waited longer; of equals always the same one. */
export function comesFirst(one: Wish, other: Wish): number {
  return one.rank - other.rank || one.waitingSince - other.waitingSince || (one.id < other.id ? -1 : Number(one.id > other.id))
}

/** Those whom the time fits, the best match first (RULES A10: priority, then longest wait). */
export function bestFirst(wishes: readonly Wish[], time: OfferedTime): Wish[] {
  return wishes.filter((wish) => fits(wish, time)).toSorted(comesFirst)
}
