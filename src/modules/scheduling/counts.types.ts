import { Field, Int, ObjectType } from 'type-graphql'
import { LocalDateScalar } from '../../graphql/scalars.js'
import { AppointmentStatus } from './appointment-status.js'

/** Appointments of one day and status. */
@ObjectType({ description: 'How many appointments of one status there are on one day.', simpleResolvers: true })
export class AppointmentDayCount {
  @Field(() => LocalDateScalar, { description: 'The day, on the calendar of the location.' })
  day!: string

  @Field(() => AppointmentStatus, { description: 'Where they stand.' })
  status!: AppointmentStatus

  @Field(() => Int, { description: 'How many.' })
  count!: number
}
