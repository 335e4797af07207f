import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { LoginInput } from './identity.inputs.js'
import { Session } from './session.js'
import { User } from './user.entity.js'

/** Signing in, and who is signed in. */
@Resolver()
export class IdentityResolver {
  constructor(private readonly services: Services) {}

  @Query(() => User, { nullable: true, description: 'Who is signed in.' })
  me(@Ctx() { actor, loaders }: GraphQLContext): unknown {
    return loaders.one(User, User, actor.identity?.userId)
  }

  @Mutation(() => Session, { nullable: true, description: 'Signs in with name and password.' })
  async login(
    @Arg('input', () => LoginInput, { description: 'Name and password.' }) input: LoginInput,
    @Ctx() context: GraphQLContext,
  ): Promise<Session> {
    const { actor, accessToken, accessTokenExpiresAt } = await this.services.signIn.signIn(input.username, input.password)
    context.become(actor)
    const viewer = await context.loaders.one(User, User, actor.identity?.userId)
    return { accessToken, accessTokenExpiresAt, viewer }
  }
}
