import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { Patient } from './patient.entity.js'

/** What kind of number it is (RULES P1). */
export enum PatientIdentifierType {
  NATIONAL_ID = 'NATIONAL_ID',
  PASSPORT = 'PASSPORT',
  DRIVER_LICENSE = 'DRIVER_LICENSE',
  INSURANCE = 'INSURANCE',
  FOREIGN_MRN = 'FOREIGN_MRN',
  OTHER = 'OTHER',
}

registerEnumType(PatientIdentifierType, {
  name: 'PatientIdentifierType',
  description: 'What kind of number an identifier is.',
  valuesConfig: {
    NATIONAL_ID: { description: 'National identity or social security number.' },
    PASSPORT: { description: 'Passport number.' },
    DRIVER_LICENSE: { description: "Driver's licence number." },
    INSURANCE: { description: 'Member number of a health insurance.' },
    FOREIGN_MRN: { description: 'Medical record number of another institution.' },
    OTHER: { description: 'Any other number.' },
  },
})

/** A number somebody else issued for the patient; one issuer never gives the same number to two patients. */
@ObjectType({ description: 'A number somebody else issued for the patient.', simpleResolvers: true })
@Entity()
@Unique({ properties: ['system', 'value'] })
export class PatientIdentifier extends BaseEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  @Index()
  patient!: Ref<Patient>

  @Field(() => PatientIdentifierType, { nullable: true, description: 'What kind of number it is.' })
  @Enum({ items: () => PatientIdentifierType })
  type!: PatientIdentifierType

  @Field(() => String, { nullable: true, description: 'Who issued it: a URI or a name.' })
  @Property({ type: 'text' })
  system!: string

  @Field(() => String, { nullable: true, description: 'The number itself.' })
  @Property({ type: 'text' })
  value!: string
}
