import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import type { PatientOffer } from './offer.service.js'
import { WaitlistEntry } from './waitlist-entry.entity.js'
import { WaitlistOffer } from './waitlist-offer.entity.js'
import { JoinWaitlistInput, LeaveWaitlistInput, OfferSlotInput, UpdateWaitlistEntryInput } from './waitlist.inputs.js'
import { AcceptWaitlistOfferResult, WaitlistOfferEnded } from './waitlist.results.js'

/** Who waits for a time, and what they are offered. */
@Resolver()
export class WaitlistResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => WaitlistEntry, {
    nullable: true,
    description: 'Puts a patient on the waitlist. When a time becomes free, the best match is offered it.',
  })
  async joinWaitlist(
    @Arg('input', () => JoinWaitlistInput, { description: 'Who, and for what.' }) input: JoinWaitlistInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.waitlist.entries.join(context, input)
    return context.loaders.one(WaitlistEntry, WaitlistEntry, id)
  }

  @Mutation(() => WaitlistEntry, { nullable: true, description: 'Changes what suits somebody who waits.' })
  async updateWaitlistEntry(
    @Arg('input', () => UpdateWaitlistEntryInput, { description: 'What changes.' }) input: UpdateWaitlistEntryInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.waitlist.entries.update(context, input)
    return context.loaders.one(WaitlistEntry, WaitlistEntry, input.id)
  }

  @Mutation(() => WaitlistEntry, {
    nullable: true,
    description: 'Takes somebody off the waitlist. A time that is kept for them is offered to the next.',
  })
  async leaveWaitlist(
    @Arg('input', () => LeaveWaitlistInput, { description: 'Who, and why.' }) input: LeaveWaitlistInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.waitlist.entries.leave(context, input)
    return context.loaders.one(WaitlistEntry, WaitlistEntry, input.id)
  }

  @Mutation(() => WaitlistOffer, {
    nullable: true,
    description: 'Offers a free time by hand to somebody who waits, and keeps it for them.',
  })
  async offerSlot(
    @Arg('input', () => OfferSlotInput, { description: 'To whom, and which time.' }) input: OfferSlotInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return shown(context, await this.services.waitlist.offers.offer(context, input))
  }

  @Mutation(() => AcceptWaitlistOfferResult, {
    nullable: true,
    description: 'Takes an offer: the appointment is booked. Taken twice it is booked once.',
  })
  async acceptWaitlistOffer(
    @Arg('id', () => ID, { description: 'Which offer.' }) id: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const accepted = await this.services.waitlist.offers.accept(context, id)
    if ('appointmentId' in accepted) return context.loaders.one(Appointment, Appointment, accepted.appointmentId)
    return Object.assign(new WaitlistOfferEnded(), { offer: await shown(context, accepted.ended) })
  }

  @Mutation(() => WaitlistOffer, {
    nullable: true,
    description: 'Declines an offer. Who declines waits on; the time is offered to the next.',
  })
  async declineWaitlistOffer(
    @Arg('id', () => ID, { description: 'Which offer.' }) id: string,
    @Arg('reason', () => String, { nullable: true, description: 'Why, when there is something to say.' }) reason: string | null | undefined,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return shown(context, await this.services.waitlist.offers.decline(context, id, reason))
  }
}

/** The row of an offer, noted as read of its patient: no row above it says whose it is. */
function shown({ loaders, notes }: GraphQLContext, { id, patientId }: PatientOffer): Promise<unknown> | null {
  notes.patient(patientId)
  return loaders.one(WaitlistOffer, WaitlistOffer, id)
}
