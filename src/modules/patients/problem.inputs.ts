import { Field, ID, InputType, Int } from 'type-graphql'
import { CodeSystem } from '../../database/coding.js'
import { LocalDateScalar } from '../../graphql/scalars.js'
import { AllergyCategory, AllergyClinicalStatus, AllergyCriticality, AllergyVerificationStatus } from './allergy.entity.js'
import { ConditionClinicalStatus, ConditionVerificationStatus } from './condition.entity.js'

/** An allergy that goes on the list. */
@InputType({ description: 'An allergy or intolerance that goes on the list, coded where possible.' })
export class RecordAllergyInput {
  @Field(() => ID, { description: 'Whose allergy it is.' })
  patientId!: string

  @Field(() => String, { description: 'The substance, for instance "Penicillin".' })
  substance!: string

  @Field(() => CodeSystem, { nullable: true, description: 'The list the code is taken from; needed with a code.' })
  codeSystem?: CodeSystem | null

  @Field(() => String, { nullable: true, description: 'Code of the substance.' })
  code?: string | null

  @Field(() => AllergyCategory, { nullable: true, description: 'What kind of substance it is.' })
  category?: AllergyCategory | null

  @Field(() => AllergyCriticality, { nullable: true, description: 'How dangerous a future exposure would be.' })
  criticality?: AllergyCriticality | null

  @Field(() => [String], { nullable: true, description: 'What happened on exposure, for instance "Hives".' })
  reactions?: string[] | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'When it first showed.' })
  onsetDate?: string | null

  @Field(() => Boolean, { defaultValue: true, description: 'False when it was only said, and not shown by testing or a clear history.' })
  confirmed!: boolean

  @Field(() => String, {
    nullable: true,
    description: 'Any text of your own. The same key with the same input gives the first answer again.',
  })
  idempotencyKey?: string | null
}

/** A change of an allergy. */
@InputType({ description: 'A change of an allergy. What is not given stays; `null` empties.' })
export class UpdateAllergyInput {
  @Field(() => ID, { description: 'Which allergy.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => AllergyCategory, { nullable: true, description: 'What kind of substance it is.' })
  category?: AllergyCategory | null

  @Field(() => AllergyCriticality, { nullable: true, description: 'How dangerous a future exposure would be.' })
  criticality?: AllergyCriticality | null

  @Field(() => [String], { nullable: true, description: 'What happened on exposure; the whole list.' })
  reactions?: string[] | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'When it first showed.' })
  onsetDate?: string | null

  @Field(() => AllergyClinicalStatus, { nullable: true, description: 'Where it stands now.' })
  clinicalStatus?: AllergyClinicalStatus | null

  @Field(() => AllergyVerificationStatus, {
    nullable: true,
    description: 'How sure the clinic is now. Refuted and mistaken entries stay readable.',
  })
  verificationStatus?: AllergyVerificationStatus | null

  @Field(() => String, { nullable: true, description: 'Why a status changes; needed to refute one or to call it a mistake.' })
  reason?: string | null
}

/** A condition that goes on the list. */
@InputType({ description: 'A problem or diagnosis that goes on the list, coded where possible.' })
export class RecordConditionInput {
  @Field(() => ID, { description: 'Whose condition it is.' })
  patientId!: string

  @Field(() => String, { description: 'The condition in words.' })
  display!: string

  @Field(() => CodeSystem, { nullable: true, description: 'The list the code is taken from; needed with a code.' })
  codeSystem?: CodeSystem | null

  @Field(() => String, { nullable: true, description: 'Code of the condition.' })
  code?: string | null

  @Field(() => ConditionClinicalStatus, { nullable: true, description: 'Where it stands; active when not given.' })
  clinicalStatus?: ConditionClinicalStatus | null

  @Field(() => ConditionVerificationStatus, { nullable: true, description: 'How sure the clinic is; confirmed when not given.' })
  verificationStatus?: ConditionVerificationStatus | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'When it began.' })
  onsetDate?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'When it ended.' })
  abatementDate?: string | null

  @Field(() => ID, { nullable: true, description: 'The medical record of the same patient in which it was found.' })
  medicalRecordId?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Any text of your own. The same key with the same input gives the first answer again.',
  })
  idempotencyKey?: string | null
}

/** Where a condition stands now. */
@InputType({ description: 'Where a condition stands now, or how sure the clinic is of it.' })
export class UpdateConditionStatusInput {
  @Field(() => ID, { description: 'Which condition.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => ConditionClinicalStatus, { nullable: true, description: 'Where it stands now.' })
  clinicalStatus?: ConditionClinicalStatus | null

  @Field(() => ConditionVerificationStatus, {
    nullable: true,
    description: 'How sure the clinic is now. Refuted and mistaken entries stay readable.',
  })
  verificationStatus?: ConditionVerificationStatus | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'When it ended; taken back when it comes again.' })
  abatementDate?: string | null

  @Field(() => String, { nullable: true, description: 'Why; needed to refute one or to call it a mistake.' })
  reason?: string | null
}
