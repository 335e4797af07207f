import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { LocalDateScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Patient } from '../patients/patient.entity.js'

/** Where a plan stands (RULES C6). */
export enum TreatmentPlanStatus {
  DRAFT = 'DRAFT',
  PROPOSED = 'PROPOSED',
  ACCEPTED = 'ACCEPTED',
  IN_PROGRESS = 'IN_PROGRESS',
  COMPLETED = 'COMPLETED',
  REJECTED = 'REJECTED',
  ON_HOLD = 'ON_HOLD',
  CANCELLED = 'CANCELLED',
}

registerEnumType(TreatmentPlanStatus, {
  name: 'TreatmentPlanStatus',
  description: 'Where a treatment plan stands.',
  valuesConfig: {
    DRAFT: { description: 'Being written.' },
    PROPOSED: { description: 'Shown to the patient.' },
    ACCEPTED: { description: 'The patient has agreed.' },
    IN_PROGRESS: { description: 'Treatment has begun.' },
    COMPLETED: { description: 'Everything planned is done.' },
    REJECTED: { description: 'The patient has declined.' },
    ON_HOLD: { description: 'Interrupted for a time.' },
    CANCELLED: { description: 'Given up.' },
  },
})

/** What a doctor means to do for a patient over several visits. */
@ObjectType({ description: 'What a doctor means to do for a patient over several visits.', simpleResolvers: true })
@Entity()
@Check({ name: 'treatment_plan_dates', expression: 'starts_on is null or ends_on is null or starts_on <= ends_on' })
@Index({ properties: ['patient', 'createdAt', 'id'] })
export class TreatmentPlan extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  patient!: Ref<Patient>

  @ManyToOne(() => Doctor, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  doctor?: Ref<Doctor> | null

  @Field(() => String, { nullable: true, description: 'Short name of the plan.' })
  @Property({ type: 'text' })
  title!: string

  @Field(() => String, { nullable: true, description: 'What is being treated, in words.' })
  @Property({ type: 'text', nullable: true })
  diagnosisSummary?: string | null

  @Field(() => TreatmentPlanStatus, { description: 'Where the plan stands.' })
  @Enum({ items: () => TreatmentPlanStatus, default: TreatmentPlanStatus.DRAFT })
  status: TreatmentPlanStatus = TreatmentPlanStatus.DRAFT

  @Field(() => LocalDateScalar, { nullable: true, description: 'First day of the treatment.' })
  @Property({ type: 'date', nullable: true })
  startsOn?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Last day of the treatment.' })
  @Property({ type: 'date', nullable: true })
  endsOn?: string | null
}
