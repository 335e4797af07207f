import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { CodeSystem } from '../../database/coding.js'
import { DateTimeScalar, LocalDateScalar } from '../../graphql/scalars.js'
import { MedicalRecord } from '../records/medical-record.entity.js'
import { allowedConditionStatuses, CONDITION_VERIFICATIONS } from './problem-status.js'
import { Patient } from './patient.entity.js'

/** Where a condition stands (HL7 condition-clinical). */
export enum ConditionClinicalStatus {
  ACTIVE = 'ACTIVE',
  RECURRENCE = 'RECURRENCE',
  RELAPSE = 'RELAPSE',
  INACTIVE = 'INACTIVE',
  REMISSION = 'REMISSION',
  RESOLVED = 'RESOLVED',
}

registerEnumType(ConditionClinicalStatus, {
  name: 'ConditionClinicalStatus',
  description: 'Where a condition stands.',
  valuesConfig: {
    ACTIVE: { description: 'Present.' },
    RECURRENCE: { description: 'Came back after it was resolved.' },
    RELAPSE: { description: 'Came back after it got better.' },
    INACTIVE: { description: 'No longer present, may come back.' },
    REMISSION: { description: 'Better, still watched.' },
    RESOLVED: { description: 'Gone, not expected to come back.' },
  },
})

/** How sure the clinic is (HL7 condition-ver-status). */
export enum ConditionVerificationStatus {
  UNCONFIRMED = 'UNCONFIRMED',
  PROVISIONAL = 'PROVISIONAL',
  DIFFERENTIAL = 'DIFFERENTIAL',
  CONFIRMED = 'CONFIRMED',
  REFUTED = 'REFUTED',
  ENTERED_IN_ERROR = 'ENTERED_IN_ERROR',
}

registerEnumType(ConditionVerificationStatus, {
  name: 'ConditionVerificationStatus',
  description: 'How sure the clinic is of a condition.',
  valuesConfig: {
    UNCONFIRMED: { description: 'Not enough evidence yet.' },
    PROVISIONAL: { description: 'A working diagnosis.' },
    DIFFERENTIAL: { description: 'One of several possibilities.' },
    CONFIRMED: { description: 'Enough evidence.' },
    REFUTED: { description: 'Ruled out.' },
    ENTERED_IN_ERROR: { description: 'Should not have been entered.' },
  },
})

/** A problem, diagnosis or circumstance on a patient's list (RULES P5). */
@ObjectType({ description: "A problem or diagnosis on a patient's list.", simpleResolvers: true })
@Entity()
@Check({ name: 'condition_dates', expression: 'abatement_date is null or onset_date is null or onset_date <= abatement_date' })
@Index({ properties: ['codeSystem', 'code'] })
export class Condition extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  @Index()
  patient!: Ref<Patient>

  @ManyToOne(() => MedicalRecord, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  medicalRecord?: Ref<MedicalRecord> | null

  @Field(() => CodeSystem, { nullable: true, description: 'The list the code is taken from.' })
  @Enum({ items: () => CodeSystem, nullable: true })
  codeSystem?: CodeSystem | null

  @Field(() => String, { nullable: true, description: 'Code of the condition.' })
  @Property({ type: 'text', nullable: true })
  code?: string | null

  @Field(() => String, { nullable: true, description: 'The condition in words.' })
  @Property({ type: 'text' })
  display!: string

  @Field(() => ConditionClinicalStatus, { nullable: true, description: 'Where it stands.' })
  @Enum({ items: () => ConditionClinicalStatus, default: ConditionClinicalStatus.ACTIVE })
  clinicalStatus: ConditionClinicalStatus = ConditionClinicalStatus.ACTIVE

  @Field(() => ConditionVerificationStatus, { nullable: true, description: 'How sure the clinic is of it.' })
  @Enum({ items: () => ConditionVerificationStatus, default: ConditionVerificationStatus.CONFIRMED })
  verificationStatus: ConditionVerificationStatus = ConditionVerificationStatus.CONFIRMED

  @Field(() => LocalDateScalar, { nullable: true, description: 'When it began.' })
  @Property({ type: 'date', nullable: true })
  onsetDate?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'When it ended.' })
  @Property({ type: 'date', nullable: true })
  abatementDate?: string | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was put on the list.' })
  @Property({ type: 'datetime', length: 3 })
  recordedAt!: Date

  @Field(() => [ConditionClinicalStatus], { description: 'The clinical statuses it can be moved to from here.' })
  get allowedTransitions(): ConditionClinicalStatus[] {
    return allowedConditionStatuses(this)
  }

  @Field(() => [ConditionVerificationStatus], { description: 'The verification statuses it can be moved to from here.' })
  get allowedVerifications(): ConditionVerificationStatus[] {
    return [...CONDITION_VERIFICATIONS[this.verificationStatus]]
  }
}
