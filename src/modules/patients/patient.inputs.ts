import { Field, InputType, registerEnumType } from 'type-graphql'
import { LocalDateScalar } from '../../graphql/scalars.js'

/** Which patients to list. */
@InputType({ description: 'Which patients to list: those that match all given fields.' })
export class PatientFilter {
  @Field(() => String, {
    nullable: true,
    description:
      'What the front desk types: parts of a name (accents and small typing errors do not matter), a record number, a phone number or a date of birth.',
  })
  search?: string | null

  @Field(() => String, { nullable: true, description: 'Exact medical record number.' })
  mrn?: string | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'Exact date of birth.' })
  birthDate?: string | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: also records that were merged into another one. They are left out unless asked for.',
  })
  includeMerged?: boolean | null

  @Field(() => String, { nullable: true, description: 'A phone number or a part of it; only its digits count.' })
  phone?: string | null
}

/** The orders of the patient list. */
export enum PatientOrder {
  NAME = 'NAME',
  BIRTH_DATE = 'BIRTH_DATE',
  NEWEST = 'NEWEST',
}

registerEnumType(PatientOrder, {
  name: 'PatientOrder',
  description: 'The orders of the patient list. A search without an order lists the best matches first.',
  valuesConfig: {
    NAME: { description: 'By family name, then given names.' },
    BIRTH_DATE: { description: 'Oldest patients first.' },
    NEWEST: { description: 'Latest registered first.' },
  },
})
