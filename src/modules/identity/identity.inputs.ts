import { Field, InputType } from 'type-graphql'

/** Name and password. */
@InputType({ description: 'Name and password of an account.' })
export class LoginInput {
  @Field(() => String, { description: 'The name used to sign in.' })
  username!: string

  @Field(() => String, { description: 'The password.' })
  password!: string
}
