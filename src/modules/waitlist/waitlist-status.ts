import { registerEnumType } from 'type-graphql'

/** Where somebody stands who waits for an earlier time (RULES A10). */
export enum WaitlistStatus {
  WAITING = 'WAITING',
  OFFERED = 'OFFERED',
  BOOKED = 'BOOKED',
  EXPIRED = 'EXPIRED',
  CANCELLED = 'CANCELLED',
}

registerEnumType(WaitlistStatus, {
  name: 'WaitlistStatus',
  description: 'Where somebody stands who waits for a time.',
  valuesConfig: {
    WAITING: { description: 'Waits for a time that fits.' },
    OFFERED: { description: 'Was offered a time, which is kept for them until they answer or the offer ends. Who declines waits again.' },
    BOOKED: { description: 'Has taken a time that was offered.' },
    EXPIRED: { description: 'The last day that they could come has passed.' },
    CANCELLED: { description: 'Does not wait any more.' },
  },
})

/** Every allowed move; anything else is `INVALID_TRANSITION`. */
export const WAITLIST_TRANSITIONS: Readonly<Record<WaitlistStatus, readonly WaitlistStatus[]>> = {
  WAITING: [WaitlistStatus.OFFERED, WaitlistStatus.EXPIRED, WaitlistStatus.CANCELLED],
  OFFERED: [WaitlistStatus.BOOKED, WaitlistStatus.WAITING, WaitlistStatus.CANCELLED],
  BOOKED: [],
  EXPIRED: [],
  CANCELLED: [],
}

/** Moves that only the clinic makes. */
export const BY_THE_CLINIC: readonly WaitlistStatus[] = [WaitlistStatus.OFFERED, WaitlistStatus.EXPIRED]

/** What became of an offer. */
export enum OfferStatus {
  OPEN = 'OPEN',
  ACCEPTED = 'ACCEPTED',
  DECLINED = 'DECLINED',
  EXPIRED = 'EXPIRED',
  WITHDRAWN = 'WITHDRAWN',
}

registerEnumType(OfferStatus, {
  name: 'OfferStatus',
  description: 'What became of an offer.',
  valuesConfig: {
    OPEN: { description: 'Waits for an answer; the time is kept.' },
    ACCEPTED: { description: 'Was taken; the appointment is booked.' },
    DECLINED: { description: 'Was declined; the patient waits on.' },
    EXPIRED: { description: 'Nobody has answered in time; the patient waits on.' },
    WITHDRAWN: { description: 'Was taken back: the time cannot be had any more, or the patient waits no longer.' },
  },
})

/** How much it matters; of equals, who has waited longest comes first. */
export enum WaitlistPriority {
  NORMAL = 'NORMAL',
  HIGH = 'HIGH',
  URGENT = 'URGENT',
}

registerEnumType(WaitlistPriority, {
  name: 'WaitlistPriority',
  description: 'How much it matters that they come soon. Of equals, who has waited longest is offered a time first.',
  valuesConfig: {
    NORMAL: { description: 'In the order of waiting.' },
    HIGH: { description: 'Before all normal ones.' },
    URGENT: { description: 'Before everybody else.' },
  },
})

/** A day of the week. */
export enum Weekday {
  MONDAY = 'MONDAY',
  TUESDAY = 'TUESDAY',
  WEDNESDAY = 'WEDNESDAY',
  THURSDAY = 'THURSDAY',
  FRIDAY = 'FRIDAY',
  SATURDAY = 'SATURDAY',
  SUNDAY = 'SUNDAY',
}

registerEnumType(Weekday, {
  name: 'Weekday',
  description: 'A day of the week.',
  valuesConfig: {
    MONDAY: { description: 'Monday.' },
    TUESDAY: { description: 'Tuesday.' },
    WEDNESDAY: { description: 'Wednesday.' },
    THURSDAY: { description: 'Thursday.' },
    FRIDAY: { description: 'Friday.' },
    SATURDAY: { description: 'Saturday.' },
    SUNDAY: { description: 'Sunday.' },
  },
})

/** In the order of ISO 8601. */
export const WEEKDAYS = Object.values(Weekday)
