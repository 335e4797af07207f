import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { CodeSystem } from '../../database/coding.js'
import { DateTimeScalar, LocalDateScalar } from '../../graphql/scalars.js'
import { ALLERGY_VERIFICATIONS, allowedAllergyStatuses } from './problem-status.js'
import { Patient } from './patient.entity.js'

/** How dangerous a future exposure would be. */
export enum AllergyCriticality {
  LOW = 'LOW',
  HIGH = 'HIGH',
  UNABLE_TO_ASSESS = 'UNABLE_TO_ASSESS',
}

registerEnumType(AllergyCriticality, {
  name: 'AllergyCriticality',
  description: 'How dangerous a future exposure would be.',
  valuesConfig: {
    LOW: { description: 'Not expected to be life-threatening.' },
    HIGH: { description: 'May be life-threatening.' },
    UNABLE_TO_ASSESS: { description: 'Not known.' },
  },
})

/** What kind of substance it is. */
export enum AllergyCategory {
  FOOD = 'FOOD',
  MEDICATION = 'MEDICATION',
  ENVIRONMENT = 'ENVIRONMENT',
  BIOLOGIC = 'BIOLOGIC',
}

registerEnumType(AllergyCategory, {
  name: 'AllergyCategory',
  description: 'What kind of substance it is.',
  valuesConfig: {
    FOOD: { description: 'Something eaten or drunk.' },
    MEDICATION: { description: 'A medicine.' },
    ENVIRONMENT: { description: 'Something in the surroundings, such as pollen.' },
    BIOLOGIC: { description: 'A preparation made from living matter, such as a serum.' },
  },
})

/** Whether the allergy is still there. */
export enum AllergyClinicalStatus {
  ACTIVE = 'ACTIVE',
  INACTIVE = 'INACTIVE',
  RESOLVED = 'RESOLVED',
}

registerEnumType(AllergyClinicalStatus, {
  name: 'AllergyClinicalStatus',
  description: 'Whether the allergy is still there.',
  valuesConfig: {
    ACTIVE: { description: 'Still there.' },
    INACTIVE: { description: 'No longer a risk at present.' },
    RESOLVED: { description: 'Gone, shown by testing or exposure.' },
  },
})

/** How sure the clinic is of an allergy (HL7 allergyintolerance-verification). */
export enum AllergyVerificationStatus {
  UNCONFIRMED = 'UNCONFIRMED',
  CONFIRMED = 'CONFIRMED',
  REFUTED = 'REFUTED',
  ENTERED_IN_ERROR = 'ENTERED_IN_ERROR',
}

registerEnumType(AllergyVerificationStatus, {
  name: 'AllergyVerificationStatus',
  description: 'How sure the clinic is of an allergy.',
  valuesConfig: {
    UNCONFIRMED: { description: 'Said, not yet shown.' },
    CONFIRMED: { description: 'Shown by testing or a clear history.' },
    REFUTED: { description: 'Shown not to be there; stays readable, counts no more.' },
    ENTERED_IN_ERROR: { description: 'Should not have been entered; stays readable, counts no more.' },
  },
})

/** An allergy or intolerance of a patient, coded where possible (RULES P5). */
@ObjectType({ description: 'An allergy or intolerance of a patient.', simpleResolvers: true })
@Entity()
export class Allergy extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  @Index()
  patient!: Ref<Patient>

  @Field(() => String, { nullable: true, description: 'The substance, for instance "Penicillin".' })
  @Property({ type: 'text' })
  substance!: string

  @Field(() => CodeSystem, { nullable: true, description: 'The list the code is taken from.' })
  @Enum({ items: () => CodeSystem, nullable: true })
  codeSystem?: CodeSystem | null

  @Field(() => String, { nullable: true, description: 'Code of the substance.' })
  @Property({ type: 'text', nullable: true })
  code?: string | null

  @Field(() => AllergyCategory, { nullable: true, description: 'What kind of substance it is.' })
  @Enum({ items: () => AllergyCategory, nullable: true })
  category?: AllergyCategory | null

  @Field(() => AllergyCriticality, { nullable: true, description: 'How dangerous a future exposure would be.' })
  @Enum({ items: () => AllergyCriticality, nullable: true })
  criticality?: AllergyCriticality | null

  @Field(() => AllergyClinicalStatus, { nullable: true, description: 'Whether the allergy is still there.' })
  @Enum({ items: () => AllergyClinicalStatus, default: AllergyClinicalStatus.ACTIVE })
  clinicalStatus: AllergyClinicalStatus = AllergyClinicalStatus.ACTIVE

  @Field(() => AllergyVerificationStatus, { nullable: true, description: 'How sure the clinic is of it.' })
  @Enum({ items: () => AllergyVerificationStatus, default: AllergyVerificationStatus.CONFIRMED })
  verificationStatus: AllergyVerificationStatus = AllergyVerificationStatus.CONFIRMED

  @Field(() => [String], { nullable: true, description: 'What happened on exposure.' })
  @Property({ type: 'string[]', defaultRaw: "'{}'" })
  reactions: string[] = []

  @Field(() => LocalDateScalar, { nullable: true, description: 'When it first showed.' })
  @Property({ type: 'date', nullable: true })
  onsetDate?: string | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was put on the list.' })
  @Property({ type: 'datetime', length: 3 })
  recordedAt!: Date

  @Field(() => [AllergyClinicalStatus], { description: 'The clinical statuses it can be moved to from here.' })
  get allowedTransitions(): AllergyClinicalStatus[] {
    return allowedAllergyStatuses(this)
  }

  @Field(() => [AllergyVerificationStatus], { description: 'The verification statuses it can be moved to from here.' })
  get allowedVerifications(): AllergyVerificationStatus[] {
    return [...ALLERGY_VERIFICATIONS[this.verificationStatus]]
  }
}
