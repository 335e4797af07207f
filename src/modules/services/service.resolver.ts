import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Service } from './service.entity.js'
import { CreateServiceInput, UpdateServiceInput } from './service.inputs.js'

/** Keeping the price list. */
@Resolver()
export class ServiceResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => Service, { nullable: true, description: 'Adds a service to the price list.' })
  async createService(
    @Arg('input', () => CreateServiceInput, { description: 'What it is, how long it takes and what it costs.' }) input: CreateServiceInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.priceList.create(context, input)
    return context.loaders.one(Service, Service, id)
  }

  @Mutation(() => Service, {
    nullable: true,
    description: 'Changes a service. Visits that are booked already keep the length and price they were booked with.',
  })
  async updateService(
    @Arg('input', () => UpdateServiceInput, { description: 'What changes.' }) input: UpdateServiceInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.priceList.update(context, input)
    return context.loaders.one(Service, Service, input.id)
  }
}
