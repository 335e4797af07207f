import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { CodeSystem } from '../../database/coding.js'
import { MedicalRecord } from './medical-record.entity.js'

/** How certain a diagnosis is. */
export enum DiagnosisCertainty {
  SUSPECTED = 'SUSPECTED',
  CONFIRMED = 'CONFIRMED',
  RULED_OUT = 'RULED_OUT',
  STATUS_POST = 'STATUS_POST',
}

registerEnumType(DiagnosisCertainty, {
  name: 'DiagnosisCertainty',
  description: 'How certain a diagnosis is.',
  valuesConfig: {
    SUSPECTED: { description: 'Suspected.' },
    CONFIRMED: { description: 'Confirmed.' },
    RULED_OUT: { description: 'Ruled out.' },
    STATUS_POST: { description: 'State after the condition.' },
  },
})

/** A coded diagnosis of one visit; rank 1 is the primary one (RULES C1). */
@ObjectType({ description: 'A coded diagnosis of one visit.', simpleResolvers: true })
@Entity()
@Unique({ properties: ['medicalRecord', 'rank'] })
@Check({ name: 'diagnosis_rank', expression: 'rank >= 1' })
@Index({ properties: ['codeSystem', 'code'] })
export class Diagnosis extends BaseEntity {
  @ManyToOne(() => MedicalRecord, { ref: true, deleteRule: 'restrict' })
  medicalRecord!: Ref<MedicalRecord>

  @Field(() => Int, { nullable: true, description: '1 is the primary diagnosis.' })
  @Property({ type: 'smallint' })
  rank!: number

  @Field(() => CodeSystem, { nullable: true, description: 'The list the code is taken from.' })
  @Enum({ items: () => CodeSystem })
  codeSystem!: CodeSystem

  @Field(() => String, { nullable: true, description: 'Code of the diagnosis.' })
  @Property({ type: 'text' })
  code!: string

  @Field(() => String, { nullable: true, description: 'The diagnosis in words.' })
  @Property({ type: 'text' })
  display!: string

  @Field(() => DiagnosisCertainty, { nullable: true, description: 'How certain it is.' })
  @Enum({ items: () => DiagnosisCertainty, default: DiagnosisCertainty.CONFIRMED })
  certainty: DiagnosisCertainty = DiagnosisCertainty.CONFIRMED
}
