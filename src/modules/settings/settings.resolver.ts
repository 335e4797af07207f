import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { CLINIC_SETTINGS_ID, ClinicSettings } from './clinic-settings.entity.js'
import { UpdateClinicSettingsInput } from './settings.inputs.js'

/** The clinic's settings. */
@Resolver()
export class SettingsResolver {
  constructor(private readonly services: Services) {}

  @Query(() => ClinicSettings, { nullable: true, description: 'What the management has set for the whole clinic.' })
  clinicSettings(@Ctx() { loaders }: GraphQLContext): unknown {
    return loaders.one(ClinicSettings, ClinicSettings, CLINIC_SETTINGS_ID)
  }

  @Mutation(() => ClinicSettings, { nullable: true, description: "Changes the clinic's settings; it bites within a second, everywhere." })
  async updateClinicSettings(
    @Arg('input', () => UpdateClinicSettingsInput, { description: 'What changes.' }) input: UpdateClinicSettingsInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.settings.update(context, input)
    return context.loaders.one(ClinicSettings, ClinicSettings, CLINIC_SETTINGS_ID)
  }
}
