import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql'
import { LocalDateScalar } from '../../graphql/scalars.js'
import { QueuePriority, QueueStatus } from './queue-status.js'

/** Who has come, and for what. */
@InputType({
  description: 'Who has come: the patient of an appointment of today, or, without one, a patient who walked in at a location.',
})
export class CheckInInput {
  @Field(() => ID, { nullable: true, description: 'The appointment they have come for. It becomes `ARRIVED`.' })
  appointmentId?: string | null

  @Field(() => ID, { nullable: true, description: 'Without an appointment: which patient.' })
  patientId?: string | null

  @Field(() => ID, { nullable: true, description: 'Without an appointment: at which location.' })
  locationId?: string | null

  @Field(() => ID, { nullable: true, description: 'Without an appointment: whom they want to see; empty for whoever is free.' })
  doctorId?: string | null

  @Field(() => QueuePriority, { nullable: true, description: 'How urgent it is; normal when not given.' })
  priority?: QueuePriority | null
}

/** Who calls, from where. */
@InputType({ description: 'Who calls the next patient, and to which room.' })
export class CallNextInput {
  @Field(() => ID, { description: 'From the queue of which location.' })
  locationId!: string

  @Field(() => ID, {
    nullable: true,
    description: 'For which doctor: the next of those who wait for this doctor or for whoever is free. Without one, the next of all.',
  })
  doctorId?: string | null

  @Field(() => ID, { nullable: true, description: 'To which room of the location; that of their appointment when not given.' })
  roomId?: string | null
}

/** Whom to call. */
@InputType({ description: 'Whom to call, out of turn when need be.' })
export class CallQueueEntryInput {
  @Field(() => ID, { description: 'Which entry.' })
  id!: string

  @Field(() => Int, { description: 'The version you have read.' })
  version!: number

  @Field(() => ID, { nullable: true, description: 'To which room; as it was when not given.' })
  roomId?: string | null
}

/** Who is to be moved on. */
@InputType({ description: 'An entry of the queue, and why it is moved.' })
export class QueueMoveInput {
  @Field(() => ID, { description: 'Which entry.' })
  id!: string

  @Field(() => Int, { description: 'The version you have read.' })
  version!: number

  @Field(() => String, { nullable: true, description: 'Why, when there is something to say.' })
  reason?: string | null
}

/** Who was seen. */
@InputType({ description: 'Whose turn has ended.' })
export class FinishServiceInput {
  @Field(() => ID, { description: 'Which entry.' })
  id!: string

  @Field(() => Int, { description: 'The version you have read.' })
  version!: number

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether the appointment is completed with it. It is not by itself: the doctor may still have to write the record.',
  })
  completeAppointment!: boolean
}

/** Where somebody is sent on to. */
@InputType({
  description: 'Where somebody in the queue is sent on to. What is not given stays as it is, but the room: a new one is found when called.',
})
export class TransferQueueEntryInput {
  @Field(() => ID, { description: 'Which entry.' })
  id!: string

  @Field(() => Int, { description: 'The version you have read.' })
  version!: number

  @Field(() => ID, { nullable: true, description: 'To another location.' })
  locationId?: string | null

  @Field(() => ID, { nullable: true, description: 'To another doctor; null for whoever is free.' })
  doctorId?: string | null

  @Field(() => ID, { nullable: true, description: 'To a certain room.' })
  roomId?: string | null

  @Field(() => QueuePriority, { nullable: true, description: 'With another priority.' })
  priority?: QueuePriority | null

  @Field(() => String, { nullable: true, description: 'Why, when there is something to say.' })
  reason?: string | null
}

/** Which entries to list. */
@InputType({ description: 'Which entries of the queue to list: those that match all given fields.' })
export class QueueFilter {
  @Field(() => ID, { nullable: true, description: 'Only those of this location.' })
  locationId?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Only those of this day.' })
  day?: string | null

  @Field(() => Boolean, { nullable: true, description: 'Only those of today, as the wall clock of their location says.' })
  today?: boolean | null

  @Field(() => [QueueStatus], { nullable: true, description: 'Only those who stand at one of these.' })
  status?: QueueStatus[] | null

  @Field(() => ID, { nullable: true, description: 'Only those who wait for, or were seen by, this doctor.' })
  doctorId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only those of this patient.' })
  patientId?: string | null
}

/** The orders of the queue. */
export enum QueueOrder {
  NEXT_FIRST = 'NEXT_FIRST',
  LATEST_FIRST = 'LATEST_FIRST',
}

registerEnumType(QueueOrder, {
  name: 'QueueOrder',
  description: 'The orders of the queue.',
  valuesConfig: {
    NEXT_FIRST: { description: 'As they are called: the latest day first; within it the most urgent, and of equals who came first.' },
    LATEST_FIRST: { description: 'Who came last first.' },
  },
})
