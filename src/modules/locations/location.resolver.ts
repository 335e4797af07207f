import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { CreateLocationInput, CreateRoomInput, UpdateLocationInput, UpdateRoomInput } from './location.inputs.js'
import { Location } from './location.entity.js'
import { Room } from './room.entity.js'

/** Entering and changing sites and rooms. */
@Resolver()
export class LocationResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => Location, { nullable: true, description: 'Opens a site of the clinic.' })
  async createLocation(
    @Arg('input', () => CreateLocationInput, { description: 'What it is called and where it is.' }) input: CreateLocationInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.locations.create(context, input)
    return context.loaders.one(Location, Location, id)
  }

  @Mutation(() => Location, { nullable: true, description: 'Changes a site, or closes it for good.' })
  async updateLocation(
    @Arg('input', () => UpdateLocationInput, { description: 'What changes.' }) input: UpdateLocationInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.locations.update(context, input)
    return context.loaders.one(Location, Location, input.id)
  }

  @Mutation(() => Room, { nullable: true, description: 'Adds a room to a site.' })
  async createRoom(
    @Arg('input', () => CreateRoomInput, { description: 'What it is called and where it is.' }) input: CreateRoomInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.locations.createRoom(context, input)
    return context.loaders.one(Room, Room, id)
  }

  @Mutation(() => Room, { nullable: true, description: 'Changes a room, or takes it out of use.' })
  async updateRoom(
    @Arg('input', () => UpdateRoomInput, { description: 'What changes.' }) input: UpdateRoomInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.locations.updateRoom(context, input)
    return context.loaders.one(Room, Room, input.id)
  }
}
