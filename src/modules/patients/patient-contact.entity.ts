import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { Patient } from './patient.entity.js'

/** Somebody to call about a patient (RULES P6). */
@ObjectType({ description: 'Somebody to call about a patient.', simpleResolvers: true })
@Entity()
@Check({ name: 'patient_contact_reachable', expression: 'phone is not null or email is not null' })
export class PatientContact extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  @Index()
  patient!: Ref<Patient>

  @Field(() => String, { nullable: true, description: 'Full name of the contact.' })
  @Property({ type: 'text' })
  fullName!: string

  @Field(() => String, { nullable: true, description: 'How they are related, for instance "mother".' })
  @Property({ type: 'text', nullable: true })
  relationship?: string | null

  @Field(() => String, { nullable: true, description: 'Phone number.' })
  @Property({ type: 'text', nullable: true })
  phone?: string | null

  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  @Property({ type: 'text', nullable: true })
  email?: string | null

  @Field(() => Boolean, { nullable: true, description: 'To be called in an emergency.' })
  @Property({ type: 'boolean', default: false })
  emergency: boolean = false

  @Field(() => Boolean, { nullable: true, description: 'Legal guardian of the patient.' })
  @Property({ type: 'boolean', default: false })
  guardian: boolean = false
}
