import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql'
import { DateTimeScalar } from '../../graphql/scalars.js'
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
