import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { CodeSystem } from '../../database/coding.js'
import { TreatmentPlan } from './treatment-plan.entity.js'

/** Where a step of a plan stands (RULES C6). */
export enum TreatmentPlanItemStatus {
  PLANNED = 'PLANNED',
  SCHEDULED = 'SCHEDULED',
  DONE = 'DONE',
  SKIPPED = 'SKIPPED',
}

registerEnumType(TreatmentPlanItemStatus, {
  name: 'TreatmentPlanItemStatus',
  description: 'Where a step of a plan stands.',
  valuesConfig: {
    PLANNED: { description: 'To be done.' },
    SCHEDULED: { description: 'Has an appointment.' },
    DONE: { description: 'Done.' },
    SKIPPED: { description: 'Left out.' },
  },
})

/** One step of a treatment plan, in order. */
@ObjectType({ description: 'One step of a treatment plan.', simpleResolvers: true })
@Entity()
@Unique({ properties: ['treatmentPlan', 'position'] })
export class TreatmentPlanItem extends BaseEntity {
  @ManyToOne(() => TreatmentPlan, { ref: true, deleteRule: 'restrict' })
  treatmentPlan!: Ref<TreatmentPlan>

  @Field(() => Int, { nullable: true, description: 'Place in the plan, from 1.' })
  @Property({ type: 'smallint' })
  position!: number

  @Field(() => CodeSystem, { nullable: true, description: 'The list the code is taken from.' })
  @Enum({ items: () => CodeSystem, nullable: true })
  codeSystem?: CodeSystem | null

  @Field(() => String, { nullable: true, description: 'Code of the step.' })
  @Property({ type: 'text', nullable: true })
  code?: string | null

  @Field(() => String, { nullable: true, description: 'The step in words.' })
  @Property({ type: 'text' })
  display!: string

  @Field(() => TreatmentPlanItemStatus, { nullable: true, description: 'Where the step stands.' })
  @Enum({ items: () => TreatmentPlanItemStatus, default: TreatmentPlanItemStatus.PLANNED })
  status: TreatmentPlanItemStatus = TreatmentPlanItemStatus.PLANNED
}
