import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { CodeSystem } from '../../database/coding.js'
import { MedicalRecord } from './medical-record.entity.js'

/** A medicine the patient was taking at the time of a visit, as it was noted then (RULES C1). */
@ObjectType({ description: 'A medicine the patient was taking at the time of the visit.', simpleResolvers: true })
@Entity()
export class CurrentMedication extends BaseEntity {
  @ManyToOne(() => MedicalRecord, { ref: true, deleteRule: 'restrict' })
  @Index()
  medicalRecord!: Ref<MedicalRecord>

  @Field(() => String, { nullable: true, description: 'Name and strength of the medicine.' })
  @Property({ type: 'text' })
  name!: string

  @Field(() => CodeSystem, { nullable: true, description: 'The list the code is taken from.' })
  @Enum({ items: () => CodeSystem, nullable: true })
  codeSystem?: CodeSystem | null

  @Field(() => String, { nullable: true, description: 'Code of the medicine.' })
  @Property({ type: 'text', nullable: true })
  code?: string | null

  @Field(() => String, { nullable: true, description: 'How it is taken.' })
  @Property({ type: 'text', nullable: true })
  dosage?: string | null
}
