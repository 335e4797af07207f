import { Field, ID, InputType, Int } from 'type-graphql'
import { LocalDateScalar } from '../../graphql/scalars.js'
import { ConsentKind, ConsentSigner } from './patient-consent.entity.js'
import { PatientIdentifierType } from './patient-identifier.entity.js'

/** A number somebody else issued. */
@InputType({ description: 'A number somebody else issued for the patient.' })
export class AddPatientIdentifierInput {
  @Field(() => ID, { description: 'Whose number it is.' })
  patientId!: string

  @Field(() => PatientIdentifierType, { description: 'What kind of number it is.' })
  type!: PatientIdentifierType

  @Field(() => String, { description: 'Who issued it: a URI or a name.' })
  system!: string

  @Field(() => String, { description: 'The number itself.' })
  value!: string
}

/** Somebody to call about a patient. */
@InputType({ description: 'Somebody to call about a patient; a phone number or an e-mail address is needed.' })
export class AddPatientContactInput {
  @Field(() => ID, { description: 'About whom to call them.' })
  patientId!: string

  @Field(() => String, { description: 'Full name.' })
  fullName!: string

  @Field(() => String, { nullable: true, description: 'How they are related, for instance "mother".' })
  relationship?: string | null

  @Field(() => String, { nullable: true, description: 'Phone number.' })
  phone?: string | null

  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  email?: string | null

  @Field(() => Boolean, { defaultValue: false, description: 'To be called in an emergency.' })
  emergency!: boolean

  @Field(() => Boolean, { defaultValue: false, description: 'Legal guardian of the patient.' })
  guardian!: boolean
}

/** A change of a contact. */
@InputType({ description: 'A change of a contact. What is not given stays; `null` empties.' })
export class UpdatePatientContactInput {
  @Field(() => ID, { description: 'Which contact.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => String, { nullable: true, description: 'Full name.' })
  fullName?: string | null

  @Field(() => String, { nullable: true, description: 'How they are related.' })
  relationship?: string | null

  @Field(() => String, { nullable: true, description: 'Phone number.' })
  phone?: string | null

  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  email?: string | null

  @Field(() => Boolean, { nullable: true, description: 'To be called in an emergency.' })
  emergency?: boolean | null

  @Field(() => Boolean, { nullable: true, description: 'Legal guardian of the patient.' })
  guardian?: boolean | null
}

/** A consent that was signed. */
@InputType({ description: 'A consent that was signed.' })
export class RecordConsentInput {
  @Field(() => ID, { description: 'Whose consent it is.' })
  patientId!: string

  @Field(() => ConsentKind, { description: 'What was agreed to.' })
  kind!: ConsentKind

  @Field(() => String, { description: 'Version of the form that was signed, for instance "2026-03".' })
  formVersion!: string

  @Field(() => String, { description: 'Name of the person who signed.' })
  signerName!: string

  @Field(() => ConsentSigner, { description: 'What they are to the patient.' })
  signer!: ConsentSigner

  @Field(() => LocalDateScalar, { nullable: true, description: 'First day on which it holds; today when not given.' })
  validFrom?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Last day on which it holds; until revoked when not given.' })
  validTo?: string | null
}
