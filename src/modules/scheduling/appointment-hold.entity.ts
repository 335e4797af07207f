import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { User } from '../identity/user.entity.js'
import { Room } from '../locations/room.entity.js'
import { Patient } from '../patients/patient.entity.js'

/**
 * A stretch of a doctor's time that is kept for somebody for some minutes, while they fill in a form or think about an offer. It stands
 * in the way of every booking but those of its user and those for its patient. After `expiresAt` it means nothing; a sweep removes it.
 */
@ObjectType({ description: "A stretch of a doctor's time that is kept for somebody for some minutes.", simpleResolvers: true })
@Entity()
@Check({ name: 'appointment_hold_times', expression: 'starts_at < ends_at' })
@Check({ name: 'appointment_hold_length', expression: "(ends_at - starts_at) <= '24:00:00'::interval" })
@Check({ name: 'appointment_hold_for', expression: 'num_nonnulls(user_id, patient_id) >= 1' })
@Index({ properties: ['doctor', 'startsAt'] })
export class AppointmentHold extends BaseEntity {
  @ManyToOne(() => Doctor, { ref: true, deleteRule: 'cascade' })
  doctor!: Ref<Doctor>

  @ManyToOne(() => Room, { ref: true, nullable: true, deleteRule: 'cascade' })
  @Index()
  room?: Ref<Room> | null

  /** For whom the time is kept. */
  @ManyToOne(() => Patient, { ref: true, nullable: true, deleteRule: 'cascade' })
  @Index()
  patient?: Ref<Patient> | null

  /** Who keeps it; empty when the clinic did so by itself. */
  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'cascade' })
  @Index()
  user?: Ref<User> | null

  @Field(() => DateTimeScalar, { description: 'From when the time is kept.' })
  @Property({ type: 'datetime', length: 3 })
  startsAt!: Date

  @Field(() => DateTimeScalar, { description: 'Until when the time is kept.' })
  @Property({ type: 'datetime', length: 3 })
  endsAt!: Date

  @Field(() => DateTimeScalar, { description: 'When the hold ends by itself.' })
  @Property({ type: 'datetime', length: 3 })
  @Index()
  expiresAt!: Date
}
