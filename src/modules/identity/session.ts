import { Field, ID, ObjectType } from 'type-graphql'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { User } from './user.entity.js'

/** What a successful sign-in gives the client. */
@ObjectType({ description: 'What a successful sign-in gives the client. The same is set as cookies.', simpleResolvers: true })
export class Session {
  @Field(() => String, { description: 'Send it with every request: `Authorization: Bearer …`.' })
  accessToken!: string

  @Field(() => DateTimeScalar, { description: 'When the access token ends; get another with `refreshSession`.' })
  accessTokenExpiresAt!: Date

  @Field(() => String, { nullable: true, description: 'Exchanges itself for the next session answer, once; only when it was asked for.' })
  refreshToken!: string | null

  @Field(() => String, { description: 'Send it as header `x-csrf-token` with requests that authenticate by cookie and change something.' })
  csrfToken!: string

  @Field(() => User, { description: 'Who has signed in.' })
  viewer!: unknown
}

/** One of the places where an account is signed in. */
@ObjectType({ description: 'A device on which you are signed in.', simpleResolvers: true })
export class DeviceSession {
  @Field(() => ID, { description: 'Identifier, for `revokeSession`.' })
  id!: string

  @Field(() => String, { description: 'Browser and system, as far as they say.' })
  device!: string

  @Field(() => String, { description: 'Address the sign-in came from.' })
  network!: string

  @Field(() => DateTimeScalar, { description: 'When it was signed in.' })
  createdAt!: Date

  @Field(() => DateTimeScalar, { description: 'When it was last used, to the minute.' })
  lastUsedAt!: Date

  @Field(() => DateTimeScalar, { description: 'When it ends at the latest.' })
  expiresAt!: Date

  @Field(() => Boolean, { description: 'Whether a second factor was given.' })
  secondFactor!: boolean

  @Field(() => Boolean, { description: 'Whether this is the session that asks.' })
  current!: boolean
}

/** What an authenticator app needs. */
@ObjectType({ description: 'What an authenticator app needs; shown once.', simpleResolvers: true })
export class TotpSetup {
  @Field(() => String, { description: 'The secret, for typing in.' })
  secret!: string

  @Field(() => String, { description: 'The same as an `otpauth` address, for a QR code.' })
  uri!: string
}

/** Codes for the day the phone is lost. */
@ObjectType({ description: 'Codes that stand in for the second factor, once each; shown once.', simpleResolvers: true })
export class RecoveryCodes {
  @Field(() => [String], { description: 'Ten codes, to be kept on paper.' })
  codes!: string[]
}

/** A password to hand over. */
@ObjectType({ description: 'A password to hand over; it must be changed at the first sign-in.', simpleResolvers: true })
export class TemporaryPasswordResult {
  @Field(() => String, { description: 'The password; shown once.' })
  temporaryPassword!: string

  @Field(() => DateTimeScalar, { description: 'Until when it works.' })
  expiresAt!: Date
}

/** A link for a patient. */
@ObjectType({ description: 'A link with which a patient makes their portal account.', simpleResolvers: true })
export class PortalInvitation {
  @Field(() => String, { description: 'The link; works once.' })
  link!: string

  @Field(() => DateTimeScalar, { description: 'Until when it works.' })
  expiresAt!: Date

  @Field(() => Boolean, { description: 'Whether it was sent to the e-mail address of the patient.' })
  mailed!: boolean
}
