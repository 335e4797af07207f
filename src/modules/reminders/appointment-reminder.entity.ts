import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { ReminderChannel } from './reminder-channel.js'

/** What a reminder is about. */
export enum ReminderKind {
  UPCOMING = 'UPCOMING',
}

registerEnumType(ReminderKind, {
  name: 'ReminderKind',
  description: 'What a reminder is about.',
  valuesConfig: { UPCOMING: { description: 'That the appointment is near.' } },
})

/** Where a reminder stands. */
export enum ReminderStatus {
  PENDING = 'PENDING',
  SENDING = 'SENDING',
  SENT = 'SENT',
  SKIPPED = 'SKIPPED',
  FAILED = 'FAILED',
}

registerEnumType(ReminderStatus, {
  name: 'ReminderStatus',
  description: 'Where a reminder stands.',
  valuesConfig: {
    PENDING: { description: 'Due, and about to be sent, or sent again after a failure.' },
    SENDING: { description: 'On its way.' },
    SENT: { description: 'Handed over to the mail or message service.' },
    SKIPPED: { description: 'Not sent, for the reason given.' },
    FAILED: { description: 'Could not be sent, and will not be tried again.' },
  },
})

/** Why a reminder was not sent. */
export enum SkipReason {
  MOVED = 'MOVED',
  NOT_BOOKED = 'NOT_BOOKED',
  TOO_LATE = 'TOO_LATE',
  OPTED_OUT = 'OPTED_OUT',
  NO_ADDRESS = 'NO_ADDRESS',
  DECEASED = 'DECEASED',
}

registerEnumType(SkipReason, {
  name: 'ReminderSkipReason',
  description: 'Why a reminder was not sent.',
  valuesConfig: {
    MOVED: { description: 'The appointment has another time now; that one has reminders of its own.' },
    NOT_BOOKED: { description: 'The appointment was cancelled, or is over.' },
    TOO_LATE: { description: 'The visit had begun before the reminder could be sent.' },
    OPTED_OUT: { description: 'The patient does not want reminders this way.' },
    NO_ADDRESS: { description: 'There is no e-mail address or phone number to send it to.' },
    DECEASED: { description: 'The patient has died.' },
  },
})

/**
 * One reminder that has become due. The unique key makes it one for each appointment, kind, offset and channel (RULES A12), and for each
 * time the appointment had: moved in place, it gets reminders for its new time.
 */
@ObjectType({ description: 'A reminder of an appointment, sent to the patient.', simpleResolvers: true })
@Entity()
@Unique({ name: 'appointment_reminder_once', properties: ['appointment', 'kind', 'offsetMinutes', 'channel', 'startsAt'] })
@Check({ name: 'appointment_reminder_sent', expression: "(status = 'SENT') = (sent_at is not null)" })
@Check({ name: 'appointment_reminder_skipped', expression: "(status = 'SKIPPED') = (skip_reason is not null)" })
@Index({
  name: 'appointment_reminder_open',
  expression: `create index "appointment_reminder_open" on "appointment_reminder" ("next_try_at") where status in ('PENDING', 'SENDING')`,
})
export class AppointmentReminder extends BaseEntity {
  @ManyToOne(() => Appointment, { ref: true, deleteRule: 'cascade' })
  appointment!: Ref<Appointment>

  @Field(() => ReminderKind, { description: 'What it is about.' })
  @Enum({ items: () => ReminderKind })
  kind!: ReminderKind

  @Field(() => Int, { description: 'How many minutes before the visit it is sent.' })
  @Property({ type: 'integer' })
  offsetMinutes!: number

  @Field(() => ReminderChannel, { description: 'How it reaches the patient.' })
  @Enum({ items: () => ReminderChannel })
  channel!: ReminderChannel

  @Field(() => DateTimeScalar, { description: 'The beginning of the visit that it speaks of.' })
  @Property({ type: 'datetime', length: 3 })
  startsAt!: Date

  @Field(() => ReminderStatus, { description: 'Where it stands.' })
  @Enum({ items: () => ReminderStatus, default: ReminderStatus.PENDING })
  status: ReminderStatus = ReminderStatus.PENDING

  @Field(() => SkipReason, { nullable: true, description: 'Why it was not sent; empty for others.' })
  @Enum({ items: () => SkipReason, nullable: true })
  skipReason?: SkipReason | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was handed over; empty for others.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  sentAt?: Date | null

  /** How often sending was tried. */
  @Property({ type: 'smallint', default: 0 })
  attempts: number = 0

  /** When somebody may take it: while it is being sent, the end of the time its sender has. */
  @Property({ type: 'datetime', length: 3 })
  nextTryAt!: Date

  /** Who is sending it. */
  @Property({ type: 'uuid', nullable: true })
  claim?: string | null
}
