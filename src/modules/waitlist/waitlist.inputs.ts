import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql'
import { DateTimeScalar, LocalDateScalar, LocalTimeScalar } from '../../graphql/scalars.js'
import { WaitlistPriority, WaitlistStatus, Weekday } from './waitlist-status.js'

/** What somebody waits for. */
@InputType({
  description:
    'Who waits, and for what: a doctor, a service or a specialty, or several of these together. What is not given does not matter.',
})
export class JoinWaitlistInput {
  @Field(() => ID, { description: 'Which patient.' })
  patientId!: string

  @Field(() => ID, { nullable: true, description: 'Only this doctor.' })
  doctorId?: string | null

  @Field(() => ID, { nullable: true, description: 'For this service.' })
  serviceId?: string | null

  @Field(() => String, { nullable: true, description: 'Any doctor of this specialty.' })
  specialty?: string | null

  @Field(() => ID, { nullable: true, description: 'Only at this location.' })
  locationId?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'The first day that suits; today when not given.' })
  earliest?: string | null

  @Field(() => LocalDateScalar, { description: 'The last day that suits; at most a year ahead.' })
  latest!: string

  @Field(() => [Weekday], { nullable: true, description: 'The days of the week that suit.' })
  weekdays?: Weekday[] | null

  @Field(() => LocalTimeScalar, { nullable: true, description: 'The visit may begin at this time of the day or later.' })
  fromTime?: string | null

  @Field(() => LocalTimeScalar, { nullable: true, description: 'The visit must be over by this time of the day.' })
  toTime?: string | null

  @Field(() => Int, { nullable: true, description: 'Length of the visit in minutes, 5 to 480; for the clinic to say.' })
  minutes?: number | null

  @Field(() => WaitlistPriority, { nullable: true, description: 'How much it matters; for the clinic to say.' })
  priority?: WaitlistPriority | null
}

/** What changes of what somebody waits for. */
@InputType({ description: 'What changes. What is left out stays as it is; null takes a condition away.' })
export class UpdateWaitlistEntryInput {
  @Field(() => ID, { description: 'Which entry.' })
  id!: string

  @Field(() => Int, { description: 'The version you have read.' })
  version!: number

  @Field(() => ID, { nullable: true, description: 'Only at this location.' })
  locationId?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'The first day that suits.' })
  earliest?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'The last day that suits.' })
  latest?: string | null

  @Field(() => [Weekday], { nullable: true, description: 'The days of the week that suit.' })
  weekdays?: Weekday[] | null

  @Field(() => LocalTimeScalar, { nullable: true, description: 'The visit may begin at this time of the day or later.' })
  fromTime?: string | null

  @Field(() => LocalTimeScalar, { nullable: true, description: 'The visit must be over by this time of the day.' })
  toTime?: string | null

  @Field(() => Int, { nullable: true, description: 'Length of the visit in minutes, 5 to 480; for the clinic to say.' })
  minutes?: number | null

  @Field(() => WaitlistPriority, { nullable: true, description: 'How much it matters; for the clinic to say.' })
  priority?: WaitlistPriority | null
}

/** Who waits no more. */
@InputType({ description: 'Who does not wait any more, and why.' })
export class LeaveWaitlistInput {
  @Field(() => ID, { description: 'Which entry.' })
  id!: string

  @Field(() => Int, { description: 'The version you have read.' })
  version!: number

  @Field(() => String, { nullable: true, description: 'Why, when there is something to say.' })
  reason?: string | null
}

/** A time for somebody who waits. */
@InputType({ description: 'A free time that is offered by hand to somebody who waits.' })
export class OfferSlotInput {
  @Field(() => ID, { description: 'To which entry.' })
  entryId!: string

  @Field(() => Int, { description: 'The version you have read.' })
  version!: number

  @Field(() => ID, { description: 'With which doctor.' })
  doctorId!: string

  @Field(() => DateTimeScalar, { description: 'When the visit would begin.' })
  startsAt!: Date

  @Field(() => Int, {
    nullable: true,
    description: 'For how many minutes it is kept, 5 to 2880; as long as the clinic keeps such a time by itself when not given.',
  })
  keptMinutes?: number | null
}

/** Which entries to list. */
@InputType({ description: 'Which entries of the waitlist to list: those that match all given fields.' })
export class WaitlistFilter {
  @Field(() => [WaitlistStatus], { nullable: true, description: 'Only those who stand at one of these.' })
  status?: WaitlistStatus[] | null

  @Field(() => ID, { nullable: true, description: 'Only those who wait for this doctor.' })
  doctorId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only those who wait for this service.' })
  serviceId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only those who wait for this location alone.' })
  locationId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only those of this patient.' })
  patientId?: string | null
}

/** The orders of the waitlist. */
export enum WaitlistOrder {
  NEXT_FIRST = 'NEXT_FIRST',
  LATEST_FIRST = 'LATEST_FIRST',
}

registerEnumType(WaitlistOrder, {
  name: 'WaitlistOrder',
  description: 'The orders of the waitlist.',
  valuesConfig: {
    NEXT_FIRST: { description: 'As times are offered: the most urgent first, of equals who has waited longest.' },
    LATEST_FIRST: { description: 'Who joined last first.' },
  },
})
