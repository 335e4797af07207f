import type { Ref } from '@mikro-orm/core'
import { Check, Entity, OneToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { Staff } from '../staff/staff.entity.js'

/** A practitioner patients are booked with. One who only stands in imported history has no staff member behind them. */
@ObjectType({ description: 'A doctor or other practitioner whom patients see.', simpleResolvers: true })
@Entity()
@Check({
  name: 'doctor_default_appointment_minutes',
  expression: 'default_appointment_minutes >= 5 and default_appointment_minutes <= 480',
})
export class Doctor extends VersionedEntity {
  @Field(() => String, { description: 'The name patients know them by, with title.' })
  @Property({ type: 'text' })
  fullName!: string

  @Field(() => String, { nullable: true, description: 'Medical specialty, for instance "Dermatology".' })
  @Property({ type: 'text', nullable: true, index: true })
  specialty?: string | null

  @Field(() => String, { nullable: true, description: 'Number of the licence to practise.' })
  @Property({ type: 'text', nullable: true, unique: true })
  licenseNumber?: string | null

  @Field(() => Int, { description: 'Length of an appointment when nothing else is said, in minutes.' })
  @Property({ type: 'integer', default: 20 })
  defaultAppointmentMinutes: number = 20

  @Field(() => Boolean, { description: 'False when they no longer see patients here.' })
  @Property({ type: 'boolean', default: true })
  active: boolean = true

  @OneToOne(() => Staff, { ref: true, nullable: true, unique: true, deleteRule: 'restrict' })
  staff?: Ref<Staff> | null
}
