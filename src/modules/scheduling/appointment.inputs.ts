import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql'
import { DateTimeScalar, LocalDateScalar } from '../../graphql/scalars.js'
import { SeriesFrequency } from './appointment-series.entity.js'
import { AppointmentStatus } from './appointment-status.js'

/** Which appointments to list. */
@InputType({ description: 'Which appointments to list: those that match all given fields.' })
export class AppointmentFilter {
  @Field(() => ID, { nullable: true, description: 'Only those with this doctor.' })
  doctorId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only those of this patient.' })
  patientId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only those at this location.' })
  locationId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only those in this room.' })
  roomId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only those for this service.' })
  serviceId?: string | null

  @Field(() => String, { nullable: true, description: 'Only those with doctors of exactly this specialty.' })
  specialty?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Only those that begin on this day, on the calendar of their location.' })
  day?: string | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: only those that are over and of which nobody has said what became of them. The worklist of the end of the day.',
  })
  unresolved?: boolean | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only those that begin at this instant or later.' })
  from?: Date | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only those that begin before this instant.' })
  to?: Date | null

  @Field(() => [AppointmentStatus], { nullable: true, description: 'Only those in one of these statuses.' })
  status?: AppointmentStatus[] | null
}

/** The orders of the list of appointments. */
export enum AppointmentOrder {
  LATEST_FIRST = 'LATEST_FIRST',
  EARLIEST_FIRST = 'EARLIEST_FIRST',
}

registerEnumType(AppointmentOrder, {
  name: 'AppointmentOrder',
  description: 'The orders of the list of appointments.',
  valuesConfig: {
    LATEST_FIRST: { description: 'The latest appointment first.' },
    EARLIEST_FIRST: { description: 'The earliest appointment first.' },
  },
})

/** Calling an appointment off. */
@InputType({ description: 'Calling an appointment off.' })
export class CancelAppointmentInput {
  @Field(() => ID, { description: 'Which appointment.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => String, { description: 'Why.' })
  reason!: string
}

/** A move of an appointment to another status. */
@InputType({ description: 'A move of an appointment to another status.' })
export class ChangeAppointmentStatusInput {
  @Field(() => ID, { description: 'Which appointment.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => AppointmentStatus, { description: 'Where it is to stand: one of its `allowedTransitions`.' })
  status!: AppointmentStatus

  @Field(() => String, { nullable: true, description: 'Why; needed to cancel, and for what was entered in error.' })
  reason?: string | null
}

/** A booking. */
@InputType({ description: 'A booking.' })
export class BookAppointmentInput {
  @Field(() => ID, { description: 'Who comes.' })
  patientId!: string

  @Field(() => ID, { description: 'Whom they see.' })
  doctorId!: string

  @Field(() => DateTimeScalar, { description: 'When the visit begins.' })
  startsAt!: Date

  @Field(() => Int, {
    nullable: true,
    description: "Its length in minutes, 5 to 480; the service's when not given, and without a service the doctor's usual one. Staff only.",
  })
  durationMinutes?: number | null

  @Field(() => ID, { nullable: true, description: 'What for: gives the length, the time kept free around it, and the price.' })
  serviceId?: string | null

  @Field(() => ID, { nullable: true, description: 'At which site; where the doctor works then when not given.' })
  locationId?: string | null

  @Field(() => ID, { nullable: true, description: 'In which room; the one the doctor works in then when not given. Staff only.' })
  roomId?: string | null

  @Field(() => String, { nullable: true, description: 'Why the patient comes, in their words.' })
  reason?: string | null

  @Field(() => String, {
    nullable: true,
    description: "Places the visit over another one of the doctor's, or outside of working hours, and says why. Needs a right of its own.",
  })
  overbookReason?: string | null

  @Field(() => String, { nullable: true, description: "Lets the visit overlap another one of the patient's, and says why. Staff only." })
  patientOverlapReason?: string | null

  @Field(() => ID, { nullable: true, description: 'The hold on this time (see `holdSlot`); it is used up.' })
  holdId?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'Any text of up to 200 characters that is yours alone: sent again with the same input, it gives the appointment that was booked and books no other.',
  })
  idempotencyKey?: string | null
}

/** Moving an appointment to another time. */
@InputType({ description: 'Moving an appointment to another time, or to another doctor. What is not given stays as it was.' })
export class RescheduleAppointmentInput {
  @Field(() => ID, { description: 'Which appointment.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => DateTimeScalar, { description: 'When the visit begins now.' })
  startsAt!: Date

  @Field(() => ID, { nullable: true, description: 'Whom they see now.' })
  doctorId?: string | null

  @Field(() => ID, { nullable: true, description: 'At which site; where the doctor works then when not given.' })
  locationId?: string | null

  @Field(() => ID, { nullable: true, description: 'In which room; the one the doctor works in then when not given. Staff only.' })
  roomId?: string | null

  @Field(() => String, { nullable: true, description: 'Why it is moved.' })
  reason?: string | null

  @Field(() => String, { nullable: true, description: "As for a booking: places it over another one of the doctor's." })
  overbookReason?: string | null

  @Field(() => String, { nullable: true, description: "As for a booking: lets it overlap another one of the patient's. Staff only." })
  patientOverlapReason?: string | null

  @Field(() => ID, { nullable: true, description: 'The hold on the new time; it is used up.' })
  holdId?: string | null

  @Field(() => String, { nullable: true, description: 'As for a booking: sent again with the same input, it moves nothing more.' })
  idempotencyKey?: string | null
}

/** A series of bookings. */
@InputType({ description: 'A series of bookings: its first visit, and how it repeats. All are at the same wall time of the location.' })
export class BookAppointmentSeriesInput {
  @Field(() => ID, { description: 'Who comes.' })
  patientId!: string

  @Field(() => ID, { description: 'Whom they see.' })
  doctorId!: string

  @Field(() => DateTimeScalar, { description: 'When the first visit begins.' })
  startsAt!: Date

  @Field(() => SeriesFrequency, { description: 'How it repeats.' })
  frequency!: SeriesFrequency

  @Field(() => Int, { defaultValue: 1, description: 'Every how many weeks or months: 1 to 12.' })
  every!: number

  @Field(() => Int, { nullable: true, description: 'How many visits: 2 to 104. This or `until`.' })
  count?: number | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'The last day a visit may fall on. This or `count`.' })
  until?: string | null

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Books those that can be had when others cannot; otherwise all or none are booked.',
  })
  skipConflicts!: boolean

  @Field(() => Int, { nullable: true, description: 'Length of a visit in minutes, as for a booking.' })
  durationMinutes?: number | null

  @Field(() => ID, { nullable: true, description: 'What for, as for a booking.' })
  serviceId?: string | null

  @Field(() => ID, { nullable: true, description: 'At which site, as for a booking.' })
  locationId?: string | null

  @Field(() => ID, { nullable: true, description: 'In which room, as for a booking.' })
  roomId?: string | null

  @Field(() => String, { nullable: true, description: 'Why the patient comes, in their words.' })
  reason?: string | null

  @Field(() => String, { nullable: true, description: 'As for a booking.' })
  idempotencyKey?: string | null
}

/** How much of a series is meant. */
export enum SeriesScope {
  THIS = 'THIS',
  THIS_AND_FOLLOWING = 'THIS_AND_FOLLOWING',
  ALL = 'ALL',
}

registerEnumType(SeriesScope, {
  name: 'SeriesScope',
  description: 'How much of a series is meant. What is over, or called off already, is never meant.',
  valuesConfig: {
    THIS: { description: 'This appointment alone.' },
    THIS_AND_FOLLOWING: { description: 'This one and those after it.' },
    ALL: { description: 'All that are still to come.' },
  },
})

/** Calling off appointments of a series. */
@InputType({ description: 'Calling off appointments of a series: all that are meant, or none.' })
export class CancelAppointmentSeriesInput {
  @Field(() => ID, { description: 'An appointment of the series.' })
  id!: string

  @Field(() => Int, { description: 'The version of that appointment that was read.' })
  version!: number

  @Field(() => SeriesScope, { description: 'How much of the series.' })
  scope!: SeriesScope

  @Field(() => String, { description: 'Why.' })
  reason!: string
}

/** Moving appointments of a series. */
@InputType({ description: 'Moving appointments of a series: all that are meant, or none.' })
export class RescheduleAppointmentSeriesInput {
  @Field(() => ID, { description: 'An appointment of the series.' })
  id!: string

  @Field(() => Int, { description: 'The version of that appointment that was read.' })
  version!: number

  @Field(() => SeriesScope, { description: 'How much of the series.' })
  scope!: SeriesScope

  @Field(() => DateTimeScalar, { description: 'When that appointment begins now; the others move by the same distance on the wall clock.' })
  startsAt!: Date

  @Field(() => ID, { nullable: true, description: 'Whom they see now; each keeps its doctor when not given.' })
  doctorId?: string | null

  @Field(() => String, { nullable: true, description: 'Why they are moved.' })
  reason?: string | null
}

/** Keeping a time for some minutes. */
@InputType({ description: 'Keeping a time for some minutes, for whoever is about to book it.' })
export class HoldSlotInput {
  @Field(() => ID, { description: "Whose time. Patients keep one time at a time: another hold of theirs ends." })
  doctorId!: string

  @Field(() => DateTimeScalar, { description: 'When the visit would begin.' })
  startsAt!: Date

  @Field(() => ID, { description: 'For whom.' })
  patientId!: string

  @Field(() => ID, { nullable: true, description: 'What for: decides on the length.' })
  serviceId?: string | null

  @Field(() => Int, { nullable: true, description: 'Length in minutes, as for a booking. Staff only.' })
  durationMinutes?: number | null

  @Field(() => ID, { nullable: true, description: 'At which site, as for a booking.' })
  locationId?: string | null

  @Field(() => ID, { nullable: true, description: 'In which room, as for a booking. Staff only.' })
  roomId?: string | null
}
