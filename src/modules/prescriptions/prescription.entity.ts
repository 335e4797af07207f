import type { Ref } from '@mikro-orm/core'
import { Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { TreatmentPlan } from '../plans/treatment-plan.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'

/** The medicines a doctor orders at one time; each item has a life of its own. */
@ObjectType({ description: 'The medicines a doctor orders at one time.', simpleResolvers: true })
@Entity()
@Index({ properties: ['patient', 'prescribedAt', 'id'] })
export class Prescription extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  patient!: Ref<Patient>

  @ManyToOne(() => Doctor, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  prescriber?: Ref<Doctor> | null

  @ManyToOne(() => Appointment, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  appointment?: Ref<Appointment> | null

  @ManyToOne(() => TreatmentPlan, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  treatmentPlan?: Ref<TreatmentPlan> | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the doctor wrote it.' })
  @Property({ type: 'datetime', length: 3 })
  prescribedAt!: Date

  @Field(() => String, { nullable: true, description: 'A note for the pharmacist.' })
  @Property({ type: 'text', nullable: true })
  note?: string | null
}
