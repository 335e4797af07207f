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

  @Field(() => Int, { nullable: true, description: 'How many minutes ahead patients must book at the latest: 0 to 20160.' })
  minimumNoticeMinutes?: number | null

  @Field(() => Int, { nullable: true, description: 'How many days ahead patients may book at the earliest: 1 to 730.' })
  bookingHorizonDays?: number | null

  @Field(() => Int, { nullable: true, description: 'How many appointments to come a patient may have booked themselves: 1 to 50.' })
  maxOpenBookings?: number | null

  @Field(() => Int, { nullable: true, description: 'Fewer hours before the visit than this, calling off is late: 0 to 336.' })
  lateCancellationHours?: number | null

  @Field(() => Int, { nullable: true, description: 'Free times are offered in steps of so many minutes: 5 to 120.' })
  slotStepMinutes?: number | null

  @Field(() => Int, { nullable: true, description: 'For how many minutes a time is held for somebody about to book it: 1 to 60.' })
  holdMinutes?: number | null

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
