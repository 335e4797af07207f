import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { LocalTimeScalar } from '../../graphql/scalars.js'
import { WeeklySchedule } from '../doctors/weekly-schedule.entity.js'

/**
 * A pause inside one stretch of the working week, during which nobody is booked (RULES A4). A row of its own rather than a gap between
 * two stretches, so that the front desk reads back the day as it was entered: 8 to 17 with lunch from 12 to 13.
 * Two breaks of one stretch never overlap: exclusion constraint `schedule_break_no_overlap`.
 */
@ObjectType({ description: 'A pause inside working hours, during which nobody is booked.', simpleResolvers: true })
@Entity()
@Check({ name: 'schedule_break_hours', expression: 'starts_at < ends_at' })
export class ScheduleBreak extends BaseEntity {
  @ManyToOne(() => WeeklySchedule, { ref: true, deleteRule: 'cascade' })
  @Index()
  weeklySchedule!: Ref<WeeklySchedule>

  @Field(() => LocalTimeScalar, { description: 'Start of the break, wall time at the location.' })
  @Property({ type: 'time', length: 0 })
  startsAt!: string

  @Field(() => LocalTimeScalar, { description: 'End of the break, wall time at the location.' })
  @Property({ type: 'time', length: 0 })
  endsAt!: string

  @Field(() => String, { nullable: true, description: 'What it is for, for instance "Lunch".' })
  @Property({ type: 'text', nullable: true })
  label?: string | null
}
