import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql'

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

/** A new doctor of the directory. */
@InputType({ description: 'A new doctor of the directory.' })
export class CreateDoctorInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The staff member behind the doctor; their account then sees what is theirs as a doctor.',
  })
  staffId?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'The name patients know them by, with title; that of the staff member when not given.',
  })
  fullName?: string | null

  @Field(() => String, { nullable: true, description: 'Medical specialty.' })
  specialty?: string | null

  @Field(() => String, { nullable: true, description: 'Number of the licence to practise.' })
  licenseNumber?: string | null

  @Field(() => Int, { nullable: true, description: 'Length of an appointment when nothing else is said, in minutes: 5 to 480.' })
  defaultAppointmentMinutes?: number | null
}

/** A change of a doctor's entry in the directory. */
@InputType({ description: "A change of a doctor's entry in the directory. What is not given stays; `null` empties." })
export class UpdateDoctorInput {
  @Field(() => ID, { description: 'Which doctor.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => ID, { nullable: true, description: 'The staff member behind the doctor.' })
  staffId?: string | null

  @Field(() => String, { nullable: true, description: 'The name patients know them by, with title.' })
  fullName?: string | null

  @Field(() => String, { nullable: true, description: 'Medical specialty.' })
  specialty?: string | null

  @Field(() => String, { nullable: true, description: 'Number of the licence to practise.' })
  licenseNumber?: string | null

  @Field(() => Int, { nullable: true, description: 'Length of an appointment when nothing else is said, in minutes: 5 to 480.' })
  defaultAppointmentMinutes?: number | null

  @Field(() => Boolean, { nullable: true, description: 'False when they no longer see patients here.' })
  active?: boolean | null
}
