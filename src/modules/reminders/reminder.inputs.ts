import { Field, ID, InputType } from 'type-graphql'
import { ReminderChannel } from './reminder-channel.js'

/** How a patient wants to be reminded. */
@InputType({ description: 'How a patient wants to be reminded of appointments.' })
export class SetReminderPreferencesInput {
  @Field(() => ID, { description: 'Which patient.' })
  patientId!: string

  @Field(() => [ReminderChannel], { description: 'The ways in which they want to be reminded; those not named are not used any more.' })
  channels!: ReminderChannel[]
}
