import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar, LocalDateScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { User } from '../identity/user.entity.js'

/** What kind of absence it is. */
export enum TimeOffKind {
  VACATION = 'VACATION',
  SICK_LEAVE = 'SICK_LEAVE',
  TRAINING = 'TRAINING',
  OTHER = 'OTHER',
}

registerEnumType(TimeOffKind, {
  name: 'TimeOffKind',
  description: 'What kind of absence it is.',
  valuesConfig: {
    VACATION: { description: 'Holiday.' },
    SICK_LEAVE: { description: 'Ill.' },
    TRAINING: { description: 'Course, congress, examination.' },
    OTHER: { description: 'Anything else.' },
  },
})

/**
 * A doctor's absence (RULES A4): between two instants, or over whole days of the calendar.
 *
 * Whole days (`startsOn`, `endsOn`, both inclusive) mean the day of whichever location the doctor would work at, so with them
 * `startsAt` and `endsAt` are only for showing and sorting: midnight at the location where the doctor's week is first worked.
 */
@ObjectType({ description: 'An absence of a doctor, during which nobody is booked with them.', simpleResolvers: true })
@Entity()
@Check({ name: 'time_off_times', expression: 'starts_at < ends_at' })
@Check({ name: 'time_off_days', expression: '(starts_on is null) = (ends_on is null) and (starts_on is null or starts_on <= ends_on)' })
@Check({ name: 'time_off_cancellation', expression: '(cancelled_at is null) = (cancelled_by_id is null)' })
@Index({ properties: ['doctor', 'startsAt', 'id'] })
export class TimeOff extends BaseEntity {
  @ManyToOne(() => Doctor, { ref: true, deleteRule: 'restrict' })
  doctor!: Ref<Doctor>

  @Field(() => TimeOffKind, { nullable: true, description: 'What kind of absence it is.' })
  @Enum({ items: () => TimeOffKind })
  kind!: TimeOffKind

  @Field(() => DateTimeScalar, { description: 'From when.' })
  @Property({ type: 'datetime', length: 3 })
  startsAt!: Date

  @Field(() => DateTimeScalar, { description: 'Until when.' })
  @Property({ type: 'datetime', length: 3 })
  endsAt!: Date

  @Field(() => LocalDateScalar, { nullable: true, description: 'First whole day; empty when it is between two instants.' })
  @Property({ type: 'date', nullable: true })
  startsOn?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Last whole day; empty when it is between two instants.' })
  @Property({ type: 'date', nullable: true })
  endsOn?: string | null

  @Field(() => String, { nullable: true, description: 'Why, for those who plan; never shown to patients.' })
  @Property({ type: 'text', nullable: true })
  reason?: string | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was called off; the time can be booked again since then.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  cancelledAt?: Date | null

  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  @Index()
  enteredBy!: Ref<User>

  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  cancelledBy?: Ref<User> | null

  @Field(() => String, { nullable: true, description: 'Who entered it.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.enteredBy})`, {
    type: 'text',
    lazy: true,
  })
  enteredByName?: string
}
