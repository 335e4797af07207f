import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { AppointmentHold } from './appointment-hold.entity.js'
import { BookAppointmentInput, HoldSlotInput, RescheduleAppointmentInput } from './appointment.inputs.js'
import { Appointment } from './appointment.entity.js'
import { BookAppointmentResult, HoldSlotResult } from './booking.results.js'
import type { BookingOutcome } from './booking.service.js'

/** Booking and moving appointments, and keeping times. */
@Resolver()
export class BookingResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => BookAppointmentResult, {
    nullable: true,
    description: 'Books an appointment. Patients and their proxies book for themselves, within what the clinic allows.',
  })
  async bookAppointment(
    @Arg('input', () => BookAppointmentInput, { description: 'Who, with whom, when and what for.' }) input: BookAppointmentInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return appointmentOf(context, await this.services.scheduling.bookings.book(context, input))
  }

  @Mutation(() => BookAppointmentResult, {
    nullable: true,
    description:
      'Moves an appointment: the old one is called off, a new one booked, each linked to the other. When the new time cannot be had, the old one stays as it is.',
  })
  async rescheduleAppointment(
    @Arg('input', () => RescheduleAppointmentInput, { description: 'Which one, and where to.' }) input: RescheduleAppointmentInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return appointmentOf(context, await this.services.scheduling.bookings.reschedule(context, input))
  }

  @Mutation(() => HoldSlotResult, {
    nullable: true,
    description: 'Keeps a time for some minutes (see the clinic settings): others cannot book it, you and the patient can.',
  })
  async holdSlot(
    @Arg('input', () => HoldSlotInput, { description: 'Which time, for whom.' }) input: HoldSlotInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const outcome = await this.services.scheduling.holds.hold(context, input)
    return 'bookedId' in outcome ? context.loaders.one(AppointmentHold, AppointmentHold, outcome.bookedId) : outcome
  }

  @Mutation(() => Boolean, { nullable: true, description: 'Lets go of a time that you keep.' })
  async releaseHold(@Arg('id', () => ID, { description: 'Which hold.' }) id: string, @Ctx() context: GraphQLContext): Promise<boolean> {
    await this.services.scheduling.holds.release(context, id)
    return true
  }
}

function appointmentOf({ loaders }: GraphQLContext, outcome: BookingOutcome): unknown {
  return 'bookedId' in outcome ? loaders.one(Appointment, Appointment, outcome.bookedId) : outcome
}
