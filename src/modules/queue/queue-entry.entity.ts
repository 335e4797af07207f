import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { DateTimeScalar, LocalDateScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { QUEUE_TRANSITIONS, QueuePriority, QueueStatus } from './queue-status.js'

/**
 * Somebody's place in the queue of one location on one day (RULES A11).
 *
 * All times are the server's. Numbers have no gaps and no doubles per location and day; a transferred entry gives its number on, so that
 * the patient keeps the one they were given. One patient has at most one open entry per location and day.
 */
@ObjectType({ description: "A patient's place in the queue of a location on one day.", simpleResolvers: true })
@Entity()
@Check({ name: 'queue_entry_number', expression: 'number > 0' })
@Check({ name: 'queue_entry_started', expression: "started_at is not null or (status <> 'IN_SERVICE' and status <> 'DONE')" })
@Check({ name: 'queue_entry_ended', expression: "(ended_at is not null) = (status in ('DONE', 'LEFT', 'TRANSFERRED'))" })
@Index({
  name: 'queue_entry_number_of_the_day',
  expression:
    'create unique index "queue_entry_number_of_the_day" on "queue_entry" ("location_id", "day", "number") where status <> \'TRANSFERRED\'',
})
@Index({
  name: 'queue_entry_one_open',
  expression:
    'create unique index "queue_entry_one_open" on "queue_entry" ("patient_id", "location_id", "day") where status in (\'WAITING\', \'CALLED\', \'IN_SERVICE\', \'SKIPPED\')',
})
@Index({
  name: 'queue_entry_next',
  expression: 'create index "queue_entry_next" on "queue_entry" ("location_id", "day" desc, "rank", "arrived_at", "id")',
})
@Index({
  name: 'queue_entry_next_anywhere',
  expression: 'create index "queue_entry_next_anywhere" on "queue_entry" ("day" desc, "rank", "arrived_at", "id")',
})
@Index({
  name: 'queue_entry_served_by_doctor',
  expression: 'create index "queue_entry_served_by_doctor" on "queue_entry" ("doctor_id", "ended_at") where status = \'DONE\'',
})
@Index({
  name: 'queue_entry_served_at_location',
  expression: 'create index "queue_entry_served_at_location" on "queue_entry" ("location_id", "ended_at") where status = \'DONE\'',
})
@Index({ properties: ['status', 'day', 'location'] })
@Index({ properties: ['patient', 'arrivedAt', 'id'] })
@Index({ properties: ['doctor', 'arrivedAt', 'id'] })
@Index({ properties: ['arrivedAt', 'id'] })
export class QueueEntry extends VersionedEntity {
  @ManyToOne(() => Location, { ref: true, deleteRule: 'restrict' })
  location!: Ref<Location>

  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  patient!: Ref<Patient>

  @ManyToOne(() => Appointment, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  appointment?: Ref<Appointment> | null

  @ManyToOne(() => Doctor, { ref: true, nullable: true, deleteRule: 'restrict' })
  doctor?: Ref<Doctor> | null

  @ManyToOne(() => Room, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  room?: Ref<Room> | null

  /** The entry whose place this one has taken. */
  @ManyToOne(() => QueueEntry, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  transferredFrom?: Ref<QueueEntry> | null

  @Field(() => LocalDateScalar, { description: 'The day at the location.' })
  @Property({ type: 'date' })
  day!: string

  @Field(() => Int, { description: 'The number of the day at the location, which the patient is called by.' })
  @Property({ type: 'integer' })
  number!: number

  @Field(() => QueuePriority, { description: 'How urgent it is.' })
  @Enum({ items: () => QueuePriority, default: QueuePriority.NORMAL })
  priority: QueuePriority = QueuePriority.NORMAL

  /** Generated: the priority as a number to order by, the most urgent first. */
  @Property({
    type: 'smallint',
    generated: "(case priority when 'EMERGENCY' then 0 when 'URGENT' then 1 else 2 end) stored",
    hidden: true,
    nullable: true,
    lazy: true,
  })
  rank?: number

  @Field(() => QueueStatus, { description: 'Where they stand.' })
  @Enum({ items: () => QueueStatus, default: QueueStatus.WAITING })
  status: QueueStatus = QueueStatus.WAITING

  @Field(() => DateTimeScalar, { description: 'When they came; kept when they are sent on to another doctor or room.' })
  @Property({ type: 'datetime', length: 3 })
  arrivedAt!: Date

  @Field(() => DateTimeScalar, { nullable: true, description: 'When they were last called.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  calledAt?: Date | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When somebody began to see them.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  startedAt?: Date | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When they were done, left or were sent on.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  endedAt?: Date | null

  @Field(() => [QueueStatus], { description: 'The statuses it can be moved to from here.' })
  get allowedTransitions(): QueueStatus[] {
    return [...QUEUE_TRANSITIONS[this.status]]
  }
}
