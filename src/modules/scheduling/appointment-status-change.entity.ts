import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { User } from '../identity/user.entity.js'
import { AppointmentStatus } from './appointment-status.js'
import { Appointment } from './appointment.entity.js'

/** One move of an appointment from status to status. Written once, never changed. */
@ObjectType({ description: 'One step in the life of an appointment.', simpleResolvers: true })
@Entity()
@Index({ properties: ['appointment', 'at', 'id'] })
export class AppointmentStatusChange extends BaseEntity {
  @ManyToOne(() => Appointment, { ref: true, deleteRule: 'restrict' })
  appointment!: Ref<Appointment>

  @Field(() => AppointmentStatus, { nullable: true, description: 'Where it stood before; empty when it was booked.' })
  @Enum({ items: () => AppointmentStatus, nullable: true })
  from?: AppointmentStatus | null

  @Field(() => AppointmentStatus, { description: 'Where it stood from then on.' })
  @Enum({ items: () => AppointmentStatus })
  to!: AppointmentStatus

  @Field(() => DateTimeScalar, { description: 'When.' })
  @Property({ type: 'datetime', length: 3 })
  at!: Date

  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  by?: Ref<User> | null

  @Field(() => String, { nullable: true, description: 'Who did it; empty when the clinic did so by itself.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.by})`, { type: 'text', lazy: true })
  byName?: string | null

  @Field(() => String, { nullable: true, description: 'Why, as they said.' })
  @Property({ type: 'text', nullable: true })
  reason?: string | null
}
