import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { ClinicClosure } from './clinic-closure.entity.js'
import { AddClosureInput } from './schedule.inputs.js'

/** Days on which the clinic is closed. */
@Resolver()
export class ClosureResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => ClinicClosure, { nullable: true, description: 'Closes a location, or the whole clinic, for some days.' })
  async addClosure(
    @Arg('input', () => AddClosureInput, { description: 'Where, when and why.' }) input: AddClosureInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.schedules.closures.add(context, input)
    return context.loaders.one(ClinicClosure, ClinicClosure, id)
  }

  @Mutation(() => Boolean, { nullable: true, description: 'Takes a closure back. True once it is gone.' })
  async removeClosure(@Arg('id', () => ID, { description: 'Which closure.' }) id: string, @Ctx() context: GraphQLContext): Promise<boolean> {
    await this.services.schedules.closures.remove(context, id)
    return true
  }
}
