import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Staff } from './staff.entity.js'
import { CreateStaffInput, SetStaffRolesInput, UpdateStaffInput } from './staff.inputs.js'

/** Entering and changing staff. */
@Resolver()
export class StaffResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => Staff, { nullable: true, description: 'Enters a staff member, with or without an account.' })
  async createStaff(
    @Arg('input', () => CreateStaffInput, { description: 'Who they are.' }) input: CreateStaffInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.staff.create(context, input)
    return context.loaders.one(Staff, Staff, id)
  }

  @Mutation(() => Staff, { nullable: true, description: "Changes a staff member's name and contact data." })
  async updateStaff(
    @Arg('input', () => UpdateStaffInput, { description: 'What changes.' }) input: UpdateStaffInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.staff.update(context, input)
    return context.loaders.one(Staff, Staff, input.id)
  }

  @Mutation(() => Staff, {
    nullable: true,
    description: 'Gives and takes roles. Only roles that you may give yourself; the last owner stays one.',
  })
  async setStaffRoles(
    @Arg('input', () => SetStaffRolesInput, { description: 'Which roles they are to have.' }) input: SetStaffRolesInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.staff.setRoles(context, input)
    return context.loaders.one(Staff, Staff, input.id)
  }

  @Mutation(() => Staff, {
    nullable: true,
    description: 'For somebody who leaves: ends all their sessions at once and closes their account.',
  })
  async deactivateStaff(
    @Arg('id', () => ID, { description: 'Which staff member.' }) id: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.staff.deactivate(context, id)
    return context.loaders.one(Staff, Staff, id)
  }

  @Mutation(() => Staff, { nullable: true, description: 'For somebody who comes back: opens their account again.' })
  async reactivateStaff(
    @Arg('id', () => ID, { description: 'Which staff member.' }) id: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.staff.reactivate(context, id)
    return context.loaders.one(Staff, Staff, id)
  }
}
