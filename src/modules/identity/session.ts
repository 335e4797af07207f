import { Field, ObjectType } from 'type-graphql'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { User } from './user.entity.js'

/** What a successful sign-in gives the client. */
@ObjectType({ description: 'What a successful sign-in gives the client.', simpleResolvers: true })
export class Session {
  @Field(() => String, { description: 'Send it with every request: `Authorization: Bearer …`.' })
  accessToken!: string

  @Field(() => DateTimeScalar, { description: 'When the access token ends.' })
  accessTokenExpiresAt!: Date

  @Field(() => User, { description: 'Who has signed in.' })
  viewer!: unknown
}
