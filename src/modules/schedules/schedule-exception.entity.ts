import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { LocalDateScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'

/** How one day differs from the working week. */
export enum ScheduleExceptionKind {
  OTHER_HOURS = 'OTHER_HOURS',
  EXTRA_HOURS = 'EXTRA_HOURS',
  NOT_WORKING = 'NOT_WORKING',
}

registerEnumType(ScheduleExceptionKind, {
  name: 'ScheduleExceptionKind',
  description: 'How one day differs from the working week.',
  valuesConfig: {
    OTHER_HOURS: { description: 'The hours given here hold instead of those of the working week.' },
    EXTRA_HOURS: { description: 'The hours given here are worked besides those of the working week.' },
    NOT_WORKING: { description: 'No work at this location on this day.' },
  },
})

/** One day on which a doctor's hours at a location are not those of the working week (RULES A4); one per doctor, location and day. */
@ObjectType({ description: "One day on which a doctor's hours at a location differ from the working week.", simpleResolvers: true })
@Entity()
@Unique({ properties: ['doctor', 'location', 'date'] })
@Index({ properties: ['doctor', 'date', 'id'] })
export class ScheduleException extends BaseEntity {
  @ManyToOne(() => Doctor, { ref: true, deleteRule: 'cascade' })
  doctor!: Ref<Doctor>

  @ManyToOne(() => Location, { ref: true, deleteRule: 'restrict' })
  @Index()
  location!: Ref<Location>

  @Field(() => LocalDateScalar, { description: 'Which day, on the calendar of the location.' })
  @Property({ type: 'date' })
  date!: string

  @Field(() => ScheduleExceptionKind, { description: 'How the day differs.' })
  @Enum({ items: () => ScheduleExceptionKind })
  kind!: ScheduleExceptionKind

  @Field(() => String, { nullable: true, description: 'Why, for the front desk.' })
  @Property({ type: 'text', nullable: true })
  note?: string | null
}
