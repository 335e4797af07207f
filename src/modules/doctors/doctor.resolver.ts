import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Doctor } from './doctor.entity.js'
import { CreateDoctorInput, UpdateDoctorInput } from './doctor.inputs.js'

/** Entering and changing doctors. */
@Resolver()
export class DoctorResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => Doctor, { nullable: true, description: 'Enters a doctor into the directory.' })
  async createDoctor(
    @Arg('input', () => CreateDoctorInput, { description: 'Who they are.' }) input: CreateDoctorInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.doctors.create(context, input)
    return context.loaders.one(Doctor, Doctor, id)
  }

  @Mutation(() => Doctor, { nullable: true, description: "Changes a doctor's entry in the directory." })
  async updateDoctor(
    @Arg('input', () => UpdateDoctorInput, { description: 'What changes.' }) input: UpdateDoctorInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.doctors.update(context, input)
    return context.loaders.one(Doctor, Doctor, input.id)
  }
}
