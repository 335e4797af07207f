import { Field, InputType } from 'type-graphql'
import { LocalDateScalar } from '../../graphql/scalars.js'

/** Name and password. */
@InputType({ description: 'Name and password of an account.' })
export class LoginInput {
  @Field(() => String, { description: 'The name used to sign in.' })
  username!: string

  @Field(() => String, { description: 'The password.' })
  password!: string

  @Field(() => String, {
    nullable: true,
    description: 'Code of the second factor, or a recovery code; asked for by the error `SECOND_FACTOR_REQUIRED`.',
  })
  code?: string | null

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether the refresh token is wanted in the answer, for clients without cookies.',
  })
  returnRefreshToken?: boolean | null
}

/** The present password and the next one. */
@InputType({ description: 'The present password and the next one.' })
export class ChangePasswordInput {
  @Field(() => String, { description: 'The password as it is now.' })
  currentPassword!: string

  @Field(() => String, {
    description:
      'The new one: long rather than complicated. 15 characters or more for staff, 8 or more beside a second factor and for the portal.',
  })
  newPassword!: string

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether the refresh token is wanted in the answer, for clients without cookies.',
  })
  returnRefreshToken?: boolean | null
}

/** A password chosen by a link. */
@InputType({ description: 'A new password, by the link that was sent.' })
export class ResetPasswordByLinkInput {
  @Field(() => String, { description: 'The token of the link.' })
  token!: string

  @Field(() => String, { description: 'The new password.' })
  newPassword!: string
}

/** How a patient takes an invitation. */
@InputType({ description: 'How a patient takes the invitation to the portal.' })
export class AcceptInvitationInput {
  @Field(() => String, { description: 'The token of the link.' })
  token!: string

  @Field(() => LocalDateScalar, { description: 'The date of birth, as proof.' })
  birthDate!: string

  @Field(() => String, { nullable: true, description: 'The name to sign in with; without one, the e-mail address.' })
  username?: string | null

  @Field(() => String, { description: 'The password.' })
  password!: string

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether the refresh token is wanted in the answer, for clients without cookies.',
  })
  returnRefreshToken?: boolean | null
}

/** The first owner. */
@InputType({ description: 'The first owner of an empty clinic.' })
export class SetUpOwnerInput {
  @Field(() => String, { description: 'The token of the link that the server printed when it started.' })
  token!: string

  @Field(() => String, { description: 'The name to sign in with.' })
  username!: string

  @Field(() => String, { description: 'First and last name.' })
  displayName!: string

  @Field(() => String, { description: 'The password, of 15 characters or more.' })
  password!: string

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether the refresh token is wanted in the answer, for clients without cookies.',
  })
  returnRefreshToken?: boolean | null
}
