import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { CodeSystem } from '../../database/coding.js'
import { DateTimeScalar, DecimalScalar } from '../../graphql/scalars.js'
import { MedicalRecord } from './medical-record.entity.js'

/** One measurement of a visit: code, value, unit (RULES C3). Blood pressure is two rows, systolic and diastolic. */
@ObjectType({ description: 'One measurement taken at a visit.', simpleResolvers: true })
@Entity()
export class Vital extends BaseEntity {
  @ManyToOne(() => MedicalRecord, { ref: true, deleteRule: 'restrict' })
  @Index()
  medicalRecord!: Ref<MedicalRecord>

  @Field(() => CodeSystem, { nullable: true, description: 'The list the code is taken from.' })
  @Enum({ items: () => CodeSystem, default: CodeSystem.LOINC })
  codeSystem: CodeSystem = CodeSystem.LOINC

  @Field(() => String, { nullable: true, description: 'What was measured, as a code (LOINC).' })
  @Property({ type: 'text' })
  code!: string

  @Field(() => String, { nullable: true, description: 'What was measured, in words.' })
  @Property({ type: 'text' })
  display!: string

  @Field(() => DecimalScalar, { nullable: true, description: 'The measured value.' })
  @Property({ type: 'decimal', columnType: 'numeric' })
  value!: string

  @Field(() => String, { nullable: true, description: 'Unit (UCUM), for instance `mm[Hg]`.' })
  @Property({ type: 'text' })
  unit!: string

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was measured.' })
  @Property({ type: 'datetime', length: 3 })
  measuredAt!: Date
}
