import type { Ref } from '@mikro-orm/core'
import { Check, Embedded, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { CodeSystem } from '../../database/coding.js'
import { Money } from '../../database/money.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { TreatmentPlan } from './treatment-plan.entity.js'

/** Where a procedure stands (RULES C7). */
export enum ProcedureStatus {
  PREPARATION = 'PREPARATION',
  IN_PROGRESS = 'IN_PROGRESS',
  COMPLETED = 'COMPLETED',
  NOT_DONE = 'NOT_DONE',
  ENTERED_IN_ERROR = 'ENTERED_IN_ERROR',
}

registerEnumType(ProcedureStatus, {
  name: 'ProcedureStatus',
  description: 'Where a procedure stands.',
  valuesConfig: {
    PREPARATION: { description: 'Planned, not begun.' },
    IN_PROGRESS: { description: 'Being done.' },
    COMPLETED: { description: 'Done.' },
    NOT_DONE: { description: 'Not done, with a reason.' },
    ENTERED_IN_ERROR: { description: 'Should never have been entered.' },
  },
})

/** Something done to or for a patient, usually part of a plan and of an appointment (RULES C7). */
@ObjectType({ description: 'Something done to or for a patient.', simpleResolvers: true })
@Entity()
@Check({ name: 'procedure_performed', expression: "status <> 'COMPLETED' or performed_at is not null" })
@Check({ name: 'procedure_not_done_reason', expression: "status <> 'NOT_DONE' or status_reason is not null" })
@Check({
  name: 'procedure_price',
  expression: '(price_amount is null) = (price_currency is null) and (price_amount is null or price_amount >= 0)',
})
@Index({ properties: ['patient', 'createdAt', 'id'] })
export class Procedure extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  patient!: Ref<Patient>

  @ManyToOne(() => TreatmentPlan, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  treatmentPlan?: Ref<TreatmentPlan> | null

  @ManyToOne(() => Appointment, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  appointment?: Ref<Appointment> | null

  @ManyToOne(() => Doctor, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  performer?: Ref<Doctor> | null

  @Field(() => CodeSystem, { nullable: true, description: 'The list the code is taken from.' })
  @Enum({ items: () => CodeSystem, nullable: true })
  codeSystem?: CodeSystem | null

  @Field(() => String, { nullable: true, description: 'Code of the procedure.' })
  @Property({ type: 'text', nullable: true })
  code?: string | null

  @Field(() => String, { nullable: true, description: 'The procedure in words.' })
  @Property({ type: 'text' })
  name!: string

  @Field(() => ProcedureStatus, { description: 'Where the procedure stands.' })
  @Enum({ items: () => ProcedureStatus, default: ProcedureStatus.PREPARATION })
  status: ProcedureStatus = ProcedureStatus.PREPARATION

  @Field(() => String, { nullable: true, description: 'Why it was not done.' })
  @Property({ type: 'text', nullable: true })
  statusReason?: string | null

  @Field(() => Money, { nullable: true, description: 'What it costs.' })
  @Embedded(() => Money, { nullable: true })
  price?: Money | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was done.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  performedAt?: Date | null
}
