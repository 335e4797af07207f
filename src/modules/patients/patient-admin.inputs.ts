import { Field, ID, InputType, Int } from 'type-graphql'
import { AddressInput } from '../../database/address.inputs.js'
import { DateTimeScalar, LocalDateScalar } from '../../graphql/scalars.js'
import { Sex } from './patient.entity.js'

/** Somebody who is new to the clinic. */
@InputType({ description: 'Somebody who is new to the clinic. The record number is issued by the clinic.' })
export class CreatePatientInput {
  @Field(() => String, { description: 'Given names.' })
  firstName!: string

  @Field(() => String, { description: 'Family name.' })
  lastName!: string

  @Field(() => LocalDateScalar, { description: 'Date of birth.' })
  birthDate!: string

  @Field(() => Sex, { description: 'Administrative sex.' })
  sex!: Sex

  @Field(() => String, { nullable: true, description: 'Phone number.' })
  phone?: string | null

  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  email?: string | null

  @Field(() => AddressInput, { nullable: true, description: 'Where the patient lives.' })
  address?: AddressInput | null

  @Field(() => String, { nullable: true, description: 'Preferred language (BCP 47), for instance `de`.' })
  language?: string | null

  @Field(() => [ID], {
    nullable: true,
    description: 'The candidates of an earlier answer, all of them: somebody has looked and it is none of these people.',
  })
  confirmNotDuplicateOf?: string[] | null

  @Field(() => String, {
    nullable: true,
    description: 'Any text of your own. The same key with the same input gives the patient of the first time again.',
  })
  idempotencyKey?: string | null
}

/** A change of a patient's demographics. */
@InputType({ description: "A change of a patient's demographics. What is not given stays; `null` empties." })
export class UpdatePatientInput {
  @Field(() => ID, { description: 'Which patient.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => String, { nullable: true, description: 'Given names.' })
  firstName?: string | null

  @Field(() => String, { nullable: true, description: 'Family name.' })
  lastName?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Date of birth.' })
  birthDate?: string | null

  @Field(() => Sex, { nullable: true, description: 'Administrative sex.' })
  sex?: Sex | null

  @Field(() => String, { nullable: true, description: 'Phone number.' })
  phone?: string | null

  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  email?: string | null

  @Field(() => AddressInput, { nullable: true, description: 'Where the patient lives; the whole address.' })
  address?: AddressInput | null

  @Field(() => String, { nullable: true, description: 'Preferred language (BCP 47).' })
  language?: string | null
}

/** That a patient has died. */
@InputType({ description: 'That a patient has died.' })
export class RecordPatientDeathInput {
  @Field(() => ID, { description: 'Which patient.' })
  patientId!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => DateTimeScalar, { description: 'When.' })
  deceasedAt!: Date
}
