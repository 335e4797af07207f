import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { BreakGlass, BreakGlassVerdict } from './break-glass.entity.js'
import { BreakGlassInput } from './break-glass.inputs.js'

/** Emergency openings and their review. */
@Resolver()
export class BreakGlassResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => BreakGlass, {
    nullable: true,
    description: 'Opens one chart outside of your scope in an emergency. The owners are told and review it.',
  })
  async breakGlass(
    @Arg('input', () => BreakGlassInput, { description: 'Whose chart, why, and for how long.' }) input: BreakGlassInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.breakGlass.open(context, input)
    return context.loaders.one(BreakGlass, BreakGlass, id)
  }

  @Mutation(() => BreakGlass, { nullable: true, description: 'Reviews an emergency opening of somebody else.' })
  async reviewBreakGlass(
    @Arg('id', () => ID, { description: 'Which opening.' }) id: string,
    @Arg('verdict', () => BreakGlassVerdict, { description: 'Whether there was a need.' }) verdict: BreakGlassVerdict,
    @Arg('note', () => String, { nullable: true, description: 'What there is to say about it.' }) note: string | null | undefined,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.breakGlass.review(context, id, verdict, note)
    return context.loaders.one(BreakGlass, BreakGlass, id)
  }
}
