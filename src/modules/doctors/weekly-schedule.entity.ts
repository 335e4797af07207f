import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { LocalDateScalar, LocalTimeScalar } from '../../graphql/scalars.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { Doctor } from './doctor.entity.js'

/**
 * One stretch of a doctor's working week: local wall time at the location, between two dates (RULES A4).
 * Two stretches of one doctor never overlap while both are valid: exclusion constraint `weekly_schedule_no_overlap`.
 */
@ObjectType({ description: "One stretch of a doctor's working week.", simpleResolvers: true })
@Entity()
@Check({ name: 'weekly_schedule_weekday', expression: 'weekday >= 1 and weekday <= 7' })
@Check({ name: 'weekly_schedule_hours', expression: 'starts_at < ends_at' })
@Check({ name: 'weekly_schedule_validity', expression: 'valid_to is null or valid_from <= valid_to' })
export class WeeklySchedule extends BaseEntity {
  @ManyToOne(() => Doctor, { ref: true, deleteRule: 'cascade' })
  @Index()
  doctor!: Ref<Doctor>

  @ManyToOne(() => Location, { ref: true, deleteRule: 'restrict' })
  @Index()
  location!: Ref<Location>

  @ManyToOne(() => Room, { ref: true, nullable: true, deleteRule: 'set null' })
  @Index()
  room?: Ref<Room> | null

  @Field(() => Int, { description: 'Day of the week, 1 = Monday … 7 = Sunday (ISO 8601).' })
  @Property({ type: 'smallint' })
  weekday!: number

  @Field(() => LocalTimeScalar, { description: 'Start of work, wall time at the location.' })
  @Property({ type: 'time', length: 0 })
  startsAt!: string

  @Field(() => LocalTimeScalar, { description: 'End of work, wall time at the location.' })
  @Property({ type: 'time', length: 0 })
  endsAt!: string

  @Field(() => LocalDateScalar, { description: 'First day on which this holds.' })
  @Property({ type: 'date' })
  validFrom!: string

  @Field(() => LocalDateScalar, { nullable: true, description: 'Last day on which this holds; open when empty.' })
  @Property({ type: 'date', nullable: true })
  validTo?: string | null
}
