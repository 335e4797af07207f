import { createUnionType, Field, ObjectType } from 'type-graphql'
import { Appointment } from '../scheduling/appointment.entity.js'
import { WaitlistOffer } from './waitlist-offer.entity.js'

/** The offer cannot be had any more. */
@ObjectType({
  description: 'The offer has ended. Nothing was booked; who was offered it waits on, unless they wait no more.',
  simpleResolvers: true,
})
export class WaitlistOfferEnded {
  @Field(() => WaitlistOffer, { nullable: true, description: 'The offer, and what became of it.' })
  offer?: unknown
}

export const AcceptWaitlistOfferResult = createUnionType({
  name: 'AcceptWaitlistOfferResult',
  description: 'The appointment that was booked, or that the offer has ended.',
  types: () => [Appointment, WaitlistOfferEnded] as const,
  resolveType: (value: object) => (value instanceof WaitlistOfferEnded ? WaitlistOfferEnded : Appointment),
})
