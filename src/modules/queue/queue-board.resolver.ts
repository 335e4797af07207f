import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { QueueBoard, QueueBoardAddress } from './queue-board.types.js'

/** The board in the waiting room. */
@Resolver()
export class QueueBoardResolver {
  constructor(private readonly services: Services) {}

  @Query(() => QueueBoard, { nullable: true, description: 'The numbers that were called and that wait at a location today. Names nobody.' })
  queueBoard(@Arg('locationId', () => ID, { description: 'At which location.' }) locationId: string): Promise<QueueBoard> {
    return this.services.queue.board.ofLocation(locationId)
  }

  @Mutation(() => QueueBoardAddress, {
    nullable: true,
    description: 'Makes a new secret address under which a screen without an account shows the board of a location; the one before ends.',
  })
  async createQueueBoardAddress(
    @Arg('locationId', () => ID, { description: 'Of which location.' }) locationId: string,
    @Ctx() context: GraphQLContext,
  ): Promise<QueueBoardAddress> {
    return { url: await this.services.queue.board.newAddress(context, locationId) }
  }

  @Mutation(() => Boolean, { nullable: true, description: 'Ends the secret address of the board of a location.' })
  async endQueueBoardAddress(
    @Arg('locationId', () => ID, { description: 'Of which location.' }) locationId: string,
    @Ctx() context: GraphQLContext,
  ): Promise<boolean> {
    await this.services.queue.board.endAddress(context, locationId)
    return true
  }
}
