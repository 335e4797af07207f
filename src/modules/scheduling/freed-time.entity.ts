import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { BaseEntity } from '../../database/base.entity.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { Appointment } from './appointment.entity.js'

/**
 * A time to come that an appointment has given up, for whoever waits for one (RULES A10). Written in the transaction that gave it up, so
 * that none is lost; closed when somebody has it, nobody wants it, or it is not free after all.
 */
@Entity()
@Check({ name: 'freed_time_times', expression: 'starts_at < ends_at' })
@Index({
  name: 'freed_time_open',
  expression: 'create index "freed_time_open" on "freed_time" ("starts_at") where closed_at is null',
})
export class FreedTime extends BaseEntity {
  @ManyToOne(() => Appointment, { ref: true, deleteRule: 'restrict' })
  @Index()
  appointment!: Ref<Appointment>

  @ManyToOne(() => Doctor, { ref: true, deleteRule: 'restrict' })
  @Index()
  doctor!: Ref<Doctor>

  @ManyToOne(() => Location, { ref: true, deleteRule: 'restrict' })
  @Index()
  location!: Ref<Location>

  @ManyToOne(() => Room, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  room?: Ref<Room> | null

  @Property({ type: 'datetime', length: 3 })
  startsAt!: Date

  @Property({ type: 'datetime', length: 3 })
  endsAt!: Date

  @Property({ type: 'datetime', length: 3, nullable: true })
  closedAt?: Date | null
}
