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
