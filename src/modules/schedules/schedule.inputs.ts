import { Field, ID, InputType, Int } from 'type-graphql'
import { DateTimeScalar, LocalDateScalar, LocalTimeScalar } from '../../graphql/scalars.js'
import { ScheduleExceptionKind } from './schedule-exception.entity.js'
import { TimeOffKind } from './time-off.entity.js'

/** A pause inside working hours. */
@InputType({ description: 'A pause inside working hours, during which nobody is booked.' })
export class ScheduleBreakInput {
  @Field(() => LocalTimeScalar, { description: 'Start of the break, wall time at the location.' })
  startsAt!: string

  @Field(() => LocalTimeScalar, { description: 'End of the break.' })
  endsAt!: string

  @Field(() => String, { nullable: true, description: 'What it is for, for instance "Lunch".' })
  label?: string | null
}

/** One stretch of the working week. */
@InputType({ description: 'One stretch of the working week.' })
export class WeeklyHoursInput {
  @Field(() => Int, { description: 'Day of the week, 1 = Monday … 7 = Sunday (ISO 8601).' })
  weekday!: number

  @Field(() => ID, { description: 'Where.' })
  locationId!: string

  @Field(() => ID, { nullable: true, description: 'In which room of that location.' })
  roomId?: string | null

  @Field(() => LocalTimeScalar, { description: 'Start of work, wall time at the location, to the minute.' })
  startsAt!: string

  @Field(() => LocalTimeScalar, { description: 'End of work, on the same day; `24:00` for the midnight at its end.' })
  endsAt!: string

  @Field(() => [ScheduleBreakInput], { nullable: true, description: 'Pauses inside these hours; at most 10.' })
  breaks?: ScheduleBreakInput[] | null
}

/** The working week of a doctor from a day on. */
@InputType({
  description:
    'The working week of a doctor from a day on: it takes the place of all hours that were entered for that time, at every location.',
})
export class SetDoctorScheduleInput {
  @Field(() => ID, { description: 'Which doctor.' })
  doctorId!: string

  @Field(() => LocalDateScalar, { description: 'First day on which it holds; not in the past.' })
  validFrom!: string

  @Field(() => LocalDateScalar, {
    nullable: true,
    description: 'Last day on which it holds; after it, the hours from before hold again. Open when not given.',
  })
  validTo?: string | null

  @Field(() => [WeeklyHoursInput], { description: 'The hours, at most 100; none for a doctor who stops working.' })
  hours!: WeeklyHoursInput[]
}

/** One stretch of work on a day that differs. */
@InputType({ description: 'One stretch of work on a day that differs from the working week.' })
export class ExceptionHoursInput {
  @Field(() => LocalTimeScalar, { description: 'Start of work, wall time at the location, to the minute.' })
  startsAt!: string

  @Field(() => LocalTimeScalar, { description: 'End of work, on the same day; `24:00` for the midnight at its end.' })
  endsAt!: string

  @Field(() => ID, { nullable: true, description: 'In which room of the location.' })
  roomId?: string | null
}

/** How one day differs from the working week. */
@InputType({ description: 'How one day differs from the working week; it takes the place of what was entered for that day and location.' })
export class SetScheduleExceptionInput {
  @Field(() => ID, { description: 'Which doctor.' })
  doctorId!: string

  @Field(() => ID, { description: 'At which location.' })
  locationId!: string

  @Field(() => LocalDateScalar, { description: 'Which day, on the calendar of the location; not in the past.' })
  date!: string

  @Field(() => ScheduleExceptionKind, { description: 'How the day differs.' })
  kind!: ScheduleExceptionKind

  @Field(() => [ExceptionHoursInput], {
    nullable: true,
    description: 'The hours; none with `NOT_WORKING`, else at least one and at most 10.',
  })
  hours?: ExceptionHoursInput[] | null

  @Field(() => String, { nullable: true, description: 'Why, for the front desk.' })
  note?: string | null
}

/** An absence of a doctor. */
@InputType({ description: 'An absence of a doctor: from `startsAt` to `endsAt`, or the whole days from `startsOn` to `endsOn`.' })
export class AddTimeOffInput {
  @Field(() => ID, { description: 'Which doctor.' })
  doctorId!: string

  @Field(() => TimeOffKind, { description: 'What kind of absence it is.' })
  kind!: TimeOffKind

  @Field(() => DateTimeScalar, { nullable: true, description: 'From when.' })
  startsAt?: Date | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when; at most two years later.' })
  endsAt?: Date | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'First whole day, on the calendar of wherever the doctor works.' })
  startsOn?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Last whole day; the first one when not given.' })
  endsOn?: string | null

  @Field(() => String, { nullable: true, description: 'Why, for those who plan; never shown to patients.' })
  reason?: string | null
}

/** Days on which a location, or the whole clinic, is closed. */
@InputType({ description: 'Days on which a location, or the whole clinic, is closed.' })
export class AddClosureInput {
  @Field(() => ID, { nullable: true, description: 'Which location; the whole clinic when not given.' })
  locationId?: string | null

  @Field(() => String, { description: 'Why, for instance "Christmas"; everybody may read it.' })
  name!: string

  @Field(() => LocalDateScalar, { description: 'First day closed.' })
  startsOn!: string

  @Field(() => LocalDateScalar, { nullable: true, description: 'Last day closed; the first one when not given.' })
  endsOn?: string | null
}
