import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Appointment } from './appointment.entity.js'
import { CancelAppointmentInput, ChangeAppointmentStatusInput } from './appointment.inputs.js'

/** What becomes of an appointment that is booked. */
@Resolver()
export class AppointmentStatusResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => Appointment, { nullable: true, description: 'Calls an appointment off; its time is free at once.' })
  async cancelAppointment(
    @Arg('input', () => CancelAppointmentInput, { description: 'Which one, and why.' }) input: CancelAppointmentInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.scheduling.statuses.cancel(context, input)
    return context.loaders.one(Appointment, Appointment, input.id)
  }

  @Mutation(() => Appointment, {
    nullable: true,
    description: 'Moves an appointment to another status: one of its `allowedTransitions`. Patients may confirm and cancel.',
  })
  async changeAppointmentStatus(
    @Arg('input', () => ChangeAppointmentStatusInput, { description: 'Which one, and where to.' }) input: ChangeAppointmentStatusInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.scheduling.statuses.change(context, input)
    return context.loaders.one(Appointment, Appointment, input.id)
  }
}
