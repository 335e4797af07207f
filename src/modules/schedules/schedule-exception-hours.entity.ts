import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { LocalTimeScalar } from '../../graphql/scalars.js'
import { Room } from '../locations/room.entity.js'
import { ScheduleException } from './schedule-exception.entity.js'

/** One stretch of work on a day that differs. Two of one day never overlap: exclusion constraint `schedule_exception_hours_no_overlap`. */
@ObjectType({ description: 'One stretch of work on a day that differs from the working week.', simpleResolvers: true })
@Entity()
@Check({ name: 'schedule_exception_hours_hours', expression: 'starts_at < ends_at' })
export class ScheduleExceptionHours extends BaseEntity {
  @ManyToOne(() => ScheduleException, { ref: true, deleteRule: 'cascade' })
  @Index()
  scheduleException!: Ref<ScheduleException>

  @ManyToOne(() => Room, { ref: true, nullable: true, deleteRule: 'set null' })
  @Index()
  room?: Ref<Room> | null

  @Field(() => LocalTimeScalar, { description: 'Start of work, wall time at the location.' })
  @Property({ type: 'time', length: 0 })
  startsAt!: string

  @Field(() => LocalTimeScalar, { description: 'End of work, wall time at the location.' })
  @Property({ type: 'time', length: 0 })
  endsAt!: string
}
