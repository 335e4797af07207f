import { Field, ID, InputType, registerEnumType } from 'type-graphql'
import { DateTimeScalar, LocalDateScalar } from '../../graphql/scalars.js'

/** Which absences to list. */
@InputType({ description: 'Which absences to list: those that match all given fields.' })
export class TimeOffFilter {
  @Field(() => DateTimeScalar, { nullable: true, description: 'Only those that last beyond this instant.' })
  from?: Date | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only those that begin before this instant.' })
  to?: Date | null

  @Field(() => Boolean, { nullable: true, description: 'Only those that were called off, or only those that were not.' })
  cancelled?: boolean | null
}

/** Which days that differ from the week to list. */
@InputType({ description: 'Which days that differ from the working week to list: those that match all given fields.' })
export class ScheduleExceptionFilter {
  @Field(() => ID, { nullable: true, description: 'Only those at this location.' })
  locationId?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Only this day and later ones.' })
  from?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Only this day and earlier ones.' })
  to?: string | null
}

/** Which closures to list. */
@InputType({ description: 'Which closures to list: those that match all given fields.' })
export class ClosureFilter {
  @Field(() => ID, { nullable: true, description: 'Only those that close this location: its own, and those of the whole clinic.' })
  locationId?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Only those that last until this day or longer.' })
  from?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Only those that begin on this day or earlier.' })
  to?: string | null
}

/** The orders of the list of closures. */
export enum ClosureOrder {
  EARLIEST_FIRST = 'EARLIEST_FIRST',
  LATEST_FIRST = 'LATEST_FIRST',
}

registerEnumType(ClosureOrder, {
  name: 'ClosureOrder',
  description: 'The orders of the list of closures.',
  valuesConfig: { EARLIEST_FIRST: { description: 'The earliest first.' }, LATEST_FIRST: { description: 'The latest first.' } },
})
