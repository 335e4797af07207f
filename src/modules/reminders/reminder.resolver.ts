import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Patient } from '../patients/patient.entity.js'
import { SetReminderPreferencesInput } from './reminder.inputs.js'

/** How patients want to be reminded. */
@Resolver()
export class ReminderResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => Patient, { nullable: true, description: 'Sets how a patient wants to be reminded of appointments.' })
  async setReminderPreferences(
    @Arg('input', () => SetReminderPreferencesInput, { description: 'Whose, and how.' }) input: SetReminderPreferencesInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.reminders.set(context, input)
    return context.loaders.one(Patient, Patient, input.patientId)
  }
}
