import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql'
import { Role } from '../../access/roles.js'

/** Which staff members to list. */
@InputType({ description: 'Which staff members to list: those that match all given fields.' })
export class StaffFilter {
  @Field(() => String, { nullable: true, description: 'A part of the name; accents and case do not matter.' })
  search?: string | null

  @Field(() => Role, { nullable: true, description: 'Only those whose account has this role.' })
  role?: Role | null

  @Field(() => Boolean, { nullable: true, description: 'Only those who work here now, or only those who have left.' })
  active?: boolean | null
}

/** The orders of the list of staff. */
export enum StaffOrder {
  NAME = 'NAME',
  NEWEST = 'NEWEST',
}

registerEnumType(StaffOrder, {
  name: 'StaffOrder',
  description: 'The orders of the list of staff.',
  valuesConfig: { NAME: { description: 'By name.' }, NEWEST: { description: 'Latest entered first.' } },
})

/** A new member of the staff, with or without an account. */
@InputType({ description: 'A new member of the staff, with or without an account.' })
export class CreateStaffInput {
  @Field(() => String, { description: 'First and last name.' })
  fullName!: string

  @Field(() => String, { nullable: true, description: 'What they do, for instance "Head nurse".' })
  jobTitle?: string | null

  @Field(() => String, { nullable: true, description: 'Work e-mail address.' })
  email?: string | null

  @Field(() => String, { nullable: true, description: 'Work phone number.' })
  phone?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'The name to sign in with; opens an account, which then needs `roles`. Its password has to be set before the first sign-in.',
  })
  username?: string | null

  @Field(() => [Role], { nullable: true, description: 'The roles of the account; only those that you may give.' })
  roles?: Role[] | null
}

/** A change of a staff member's data. */
@InputType({ description: "A change of a staff member's data. What is not given stays; `null` empties." })
export class UpdateStaffInput {
  @Field(() => ID, { description: 'Which staff member.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => String, { nullable: true, description: 'First and last name.' })
  fullName?: string | null

  @Field(() => String, { nullable: true, description: 'What they do.' })
  jobTitle?: string | null

  @Field(() => String, { nullable: true, description: 'Work e-mail address.' })
  email?: string | null

  @Field(() => String, { nullable: true, description: 'Work phone number.' })
  phone?: string | null
}

/** The roles that a staff member is to have. */
@InputType({ description: 'The roles that a staff member is to have from now on.' })
export class SetStaffRolesInput {
  @Field(() => ID, { description: 'Which staff member.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => [Role], { description: 'All their roles; at least one. Roles are given and taken only by those who may give them.' })
  roles!: Role[]

  @Field(() => String, { nullable: true, description: 'The name to sign in with, when they have no account yet.' })
  username?: string | null
}
