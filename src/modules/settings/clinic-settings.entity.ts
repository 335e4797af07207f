import { ArrayType } from '@mikro-orm/core'
import { Check, Entity, Enum, Property } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { ReminderChannel } from '../reminders/reminder-channel.js'

/** Which patients a doctor sees. */
export enum DoctorScope {
  ALL_PATIENTS = 'ALL_PATIENTS',
  CARE_RELATION = 'CARE_RELATION',
}

registerEnumType(DoctorScope, {
  name: 'DoctorScope',
  description: 'Which patients a doctor sees.',
  valuesConfig: {
    ALL_PATIENTS: { description: 'All patients of the clinic.' },
    CARE_RELATION: {
      description: 'Those with whom they have an appointment, a record or a plan of recent months; others by break-glass only.',
    },
  },
})

/** The id of the one row; the migration makes it. */
export const CLINIC_SETTINGS_ID = '00000000-0000-7000-8000-000000000001'

/** What the management sets for the whole clinic: one row. Every process believes what it has read for a second at most. */
@ObjectType({ description: 'What the management has set for the whole clinic.', simpleResolvers: true })
@Entity({ tableName: 'clinic_setting' })
@Check({ name: 'clinic_setting_care_relation_months', expression: 'care_relation_months >= 1 and care_relation_months <= 120' })
@Check({
  name: 'clinic_setting_booking_window',
  expression:
    'minimum_notice_minutes >= 0 and minimum_notice_minutes <= 20160 and booking_horizon_days >= 1 and booking_horizon_days <= 730 and max_open_bookings >= 1 and max_open_bookings <= 50',
})
@Check({
  name: 'clinic_setting_booking_times',
  expression:
    'late_cancellation_hours >= 0 and late_cancellation_hours <= 336 and slot_step_minutes >= 5 and slot_step_minutes <= 120 and hold_minutes >= 1 and hold_minutes <= 60',
})
export class ClinicSettings extends VersionedEntity {
  @Field(() => DoctorScope, { description: 'Which patients a doctor sees.' })
  @Enum({ items: () => DoctorScope, default: DoctorScope.ALL_PATIENTS })
  doctorScope: DoctorScope = DoctorScope.ALL_PATIENTS

  @Field(() => Int, {
    description: 'For how many months after an appointment, a record or a plan the patient stays in the care of the doctor.',
  })
  @Property({ type: 'smallint', default: 12 })
  careRelationMonths: number = 12

  @Field(() => Int, { description: 'How many minutes ahead patients must book at the latest.' })
  @Property({ type: 'smallint', default: 120 })
  minimumNoticeMinutes: number = 120

  @Field(() => Int, { description: 'How many days ahead patients may book at the earliest.' })
  @Property({ type: 'smallint', default: 90 })
  bookingHorizonDays: number = 90

  @Field(() => Int, { description: 'How many appointments to come a patient may have booked themselves at a time.' })
  @Property({ type: 'smallint', default: 3 })
  maxOpenBookings: number = 3

  @Field(() => Int, { description: 'A patient who calls off fewer hours before the visit than this does so late.' })
  @Property({ type: 'smallint', default: 24 })
  lateCancellationHours: number = 24

  @Field(() => Int, { description: 'Free times are offered in steps of so many minutes from the start of work.' })
  @Property({ type: 'smallint', default: 10 })
  slotStepMinutes: number = 10

  @Field(() => Int, { description: 'For how many minutes a time is held for somebody who is about to book it.' })
  @Property({ type: 'smallint', default: 10 })
  holdMinutes: number = 10

  @Field(() => String, {
    description: 'The language of letters to patients whose own is not known or not spoken here: `en`, `de`, `fr` or `es`.',
  })
  @Property({ type: 'text', default: 'en' })
  language: string = 'en'

  @Field(() => [Int], { description: 'How many hours before a visit the patient is reminded of it; empty: not at all.' })
  @Property({ type: new ArrayType(Number), columnType: 'smallint[]', defaultRaw: "'{24,2}'" })
  reminderHours: number[] = [24, 2]

  @Field(() => [ReminderChannel], { description: 'In which ways patients are reminded, unless they do not want to be.' })
  @Enum({ items: () => ReminderChannel, array: true, defaultRaw: "'{EMAIL}'" })
  reminderChannels: ReminderChannel[] = [ReminderChannel.EMAIL]
}
