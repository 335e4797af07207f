import { Field, InputType, registerEnumType } from 'type-graphql'

/** Which doctors to list. */
@InputType({ description: 'Which doctors to list: those that match all given fields.' })
export class DoctorFilter {
  @Field(() => String, { nullable: true, description: 'A part of the name; accents and case do not matter.' })
  search?: string | null

  @Field(() => String, { nullable: true, description: 'Exact medical specialty.' })
  specialty?: string | null

  @Field(() => Boolean, { nullable: true, description: 'Only those who see patients now, or only those who no longer do.' })
  active?: boolean | null
}

/** The orders of the list of doctors. */
export enum DoctorOrder {
  NAME = 'NAME',
  SPECIALTY = 'SPECIALTY',
}

registerEnumType(DoctorOrder, {
  name: 'DoctorOrder',
  description: 'The orders of the list of doctors.',
  valuesConfig: { NAME: { description: 'By name.' }, SPECIALTY: { description: 'By specialty, then name.' } },
})
