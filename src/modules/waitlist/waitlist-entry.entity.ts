import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { DateTimeScalar, LocalDateScalar, LocalTimeScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { Service } from '../services/service.entity.js'
import { WAITLIST_TRANSITIONS, WaitlistPriority, WaitlistStatus, Weekday } from './waitlist-status.js'

/** Somebody who waits for a time that is not free yet, and what would suit them (RULES A10). */
@ObjectType({ description: 'A patient who waits for a time that is not free yet, and what would suit them.', simpleResolvers: true })
@Entity()
@Check({ name: 'waitlist_entry_wish', expression: 'num_nonnulls(doctor_id, service_id, specialty) >= 1' })
@Check({ name: 'waitlist_entry_days', expression: 'earliest <= latest' })
@Check({ name: 'waitlist_entry_times', expression: 'from_time < to_time' })
@Check({ name: 'waitlist_entry_minutes', expression: 'minutes >= 5 and minutes <= 480' })
@Index({
  name: 'waitlist_entry_last_day',
  expression: 'create index "waitlist_entry_last_day" on "waitlist_entry" ("latest") where status = \'WAITING\'',
})
@Index({ properties: ['status', 'rank', 'waitingSince', 'id'] })
@Index({ properties: ['rank', 'waitingSince', 'id'] })
@Index({ properties: ['waitingSince', 'id'] })
@Index({ properties: ['patient', 'waitingSince', 'id'] })
@Index({ properties: ['doctor', 'rank', 'waitingSince', 'id'] })
export class WaitlistEntry extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  patient!: Ref<Patient>

  @ManyToOne(() => Doctor, { ref: true, nullable: true, deleteRule: 'restrict' })
  doctor?: Ref<Doctor> | null

  @ManyToOne(() => Service, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  service?: Ref<Service> | null

  @ManyToOne(() => Location, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  location?: Ref<Location> | null

  @Field(() => String, { nullable: true, description: 'Any doctor of this specialty will do; empty when that does not matter.' })
  @Property({ type: 'text', nullable: true })
  specialty?: string | null

  @Field(() => LocalDateScalar, { description: 'The first day that suits.' })
  @Property({ type: 'date' })
  earliest!: string

  @Field(() => LocalDateScalar, { description: 'The last day that suits; after it they do not wait any more.' })
  @Property({ type: 'date' })
  latest!: string

  @Field(() => [Weekday], { description: 'The days of the week that suit; all when empty.' })
  @Enum({ items: () => Weekday, array: true, defaultRaw: "'{}'" })
  weekdays: Weekday[] = []

  @Field(() => LocalTimeScalar, { nullable: true, description: 'The visit may begin at this time of the day or later.' })
  @Property({ type: 'time', length: 0, nullable: true })
  fromTime?: string | null

  @Field(() => LocalTimeScalar, { nullable: true, description: 'The visit must be over by this time of the day.' })
  @Property({ type: 'time', length: 0, nullable: true })
  toTime?: string | null

  @Field(() => Int, { nullable: true, description: "Length of the visit in minutes; the service's or the doctor's usual one when empty." })
  @Property({ type: 'smallint', nullable: true })
  minutes?: number | null

  @Field(() => WaitlistPriority, { description: 'How much it matters that they come soon.' })
  @Enum({ items: () => WaitlistPriority, default: WaitlistPriority.NORMAL })
  priority: WaitlistPriority = WaitlistPriority.NORMAL

  /** Generated: the priority as a number to order by, the most urgent first. */
  @Property({
    type: 'smallint',
    generated: "(case priority when 'URGENT' then 0 when 'HIGH' then 1 else 2 end) stored",
    hidden: true,
    nullable: true,
    lazy: true,
  })
  rank?: number

  @Field(() => WaitlistStatus, { description: 'Where they stand.' })
  @Enum({ items: () => WaitlistStatus, default: WaitlistStatus.WAITING })
  status: WaitlistStatus = WaitlistStatus.WAITING

  @Field(() => DateTimeScalar, { description: 'Since when they wait; who declines an offer keeps it.' })
  @Property({ type: 'datetime', length: 3 })
  waitingSince!: Date

  @Field(() => [WaitlistStatus], { description: 'The statuses it can be moved to from here.' })
  get allowedTransitions(): WaitlistStatus[] {
    return [...WAITLIST_TRANSITIONS[this.status]]
  }
}
