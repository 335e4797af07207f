import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { User } from '../identity/user.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { ReminderChannel } from './reminder-channel.js'

/** Whether a patient wants reminders on a channel. The latest row counts; without one, they get what the clinic sends. */
@ObjectType({ description: 'Whether a patient wants to be reminded in one way. Without an entry, they are.', simpleResolvers: true })
@Entity()
@Index({ properties: ['patient', 'channel', 'id'] })
export class ReminderPreference extends BaseEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'cascade' })
  patient!: Ref<Patient>

  @Field(() => ReminderChannel, { description: 'In which way.' })
  @Enum({ items: () => ReminderChannel })
  channel!: ReminderChannel

  @Field(() => Boolean, { description: 'Whether they want it.' })
  @Property({ type: 'boolean' })
  wanted!: boolean

  /** Who said so; empty for whoever has used the link of a reminder. */
  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  setBy?: Ref<User> | null
}
