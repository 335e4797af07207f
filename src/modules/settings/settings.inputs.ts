import { Field, InputType, Int } from 'type-graphql'
import { ReminderChannel } from '../reminders/reminder-channel.js'
import { DoctorScope } from './clinic-settings.entity.js'

/** A change of the clinic's settings. */
@InputType({ description: "A change of the clinic's settings. What is not given stays." })
export class UpdateClinicSettingsInput {
  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => DoctorScope, { nullable: true, description: 'Which patients a doctor sees.' })
  doctorScope?: DoctorScope | null

  @Field(() => Int, { nullable: true, description: 'For how many months the patient stays in the care of the doctor: 1 to 120.' })
  careRelationMonths?: number | null

  @Field(() => String, {
    nullable: true,
    description: 'The language of letters to patients whose own is not known or not spoken here: `en`, `de`, `fr` or `es`.',
  })
  language?: string | null

  @Field(() => [Int], {
    nullable: true,
    description: 'How many hours before a visit the patient is reminded of it: at most 5 numbers of 1 to 336.',
  })
  reminderHours?: number[] | null

  @Field(() => [ReminderChannel], { nullable: true, description: 'In which ways patients are reminded.' })
  reminderChannels?: ReminderChannel[] | null
}
