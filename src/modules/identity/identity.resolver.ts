import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver } from 'type-graphql'
import { STRANGER } from '../../access/actor.js'
import type { GraphQLContext } from '../../graphql/context.js'
import { UnauthenticatedError } from '../../graphql/errors.js'
import type { Services } from '../../graphql/services.js'
import { clientOf } from './client-facts.js'
import { LoginInput } from './identity.inputs.js'
import { answerWith, forgetCookies } from './session-answer.js'
import { DeviceSession, Session } from './session.js'
import { User } from './user.entity.js'

/** Signing in and out, and who is signed in where. */
@Resolver(() => User)
export class IdentityResolver {
  constructor(private readonly services: Services) {}

  @FieldResolver(() => [DeviceSession], { nullable: true, description: 'Where you are signed in, last used first.' })
  sessions(@Ctx() { actor }: GraphQLContext): Promise<unknown[]> {
    return this.services.identity.sessions.list(actor)
  }

  @Mutation(() => Session, {
    nullable: true,
    description: 'Signs in with name and password. Sets the cookies `access`, `refresh` and `csrf`.',
  })
  async login(
    @Arg('input', () => LoginInput, { description: 'Name and password.' }) input: LoginInput,
    @Ctx() context: GraphQLContext,
  ): Promise<Session> {
    const session = await this.services.identity.signIn.signIn(context.request, input, clientOf(context.request))
    return answerWith(context, session, { refreshToken: input.returnRefreshToken === true, cookies: true })
  }

  @Mutation(() => Session, {
    nullable: true,
    description:
      'Exchanges the refresh token for the next session answer. Each works once; using an old one again ends the session everywhere.',
  })
  async refreshSession(
    @Arg('refreshToken', () => String, { nullable: true, description: 'The refresh token; without it, that of the cookie is used.' })
    refreshToken: string | null | undefined,
    @Ctx() context: GraphQLContext,
  ): Promise<Session> {
    const cookie = context.request.cookies?.read('refresh')
    const presented = refreshToken ?? cookie
    if (presented == null) throw new UnauthenticatedError('There is no refresh token.')
    const byCookie = refreshToken == null
    try {
      const session = await this.services.identity.sessions.refresh(context, presented)
      return await answerWith(context, session, { refreshToken: !byCookie, cookies: byCookie })
    } catch (error) {
      if (byCookie && error instanceof UnauthenticatedError) forgetCookies(context)
      throw error
    }
  }

  @Mutation(() => Boolean, {
    nullable: true,
    description: 'Signs out: the session ends and the cookies go. False when nobody was signed in.',
  })
  async logout(@Ctx() context: GraphQLContext): Promise<boolean> {
    const { sessions } = this.services.identity
    const { identity } = context.actor
    const cookie = context.request.cookies?.read('refresh')
    const own = identity?.sessionId === undefined ? null : { sessionId: identity.sessionId, userId: identity.userId }
    const session = own ?? (cookie === undefined ? null : await sessions.sessionOfRefreshToken(cookie))
    if (session) await sessions.end(context, session)
    forgetCookies(context)
    context.become(STRANGER)
    return session !== null
  }

  @Mutation(() => Boolean, { nullable: true, description: 'Signs out on every device.' })
  async logoutEverywhere(@Ctx() context: GraphQLContext): Promise<boolean> {
    await this.services.identity.sessions.endAll(context)
    forgetCookies(context)
    context.become(STRANGER)
    return true
  }

  @Mutation(() => Boolean, { nullable: true, description: 'Ends one of your sessions, for instance that of a lost phone.' })
  async revokeSession(@Arg('id', () => ID, { description: 'Which one.' }) id: string, @Ctx() context: GraphQLContext): Promise<boolean> {
    await this.services.identity.sessions.revoke(context, id)
    return true
  }
}
