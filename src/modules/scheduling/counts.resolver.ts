import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import { LocalDateScalar } from '../../graphql/scalars.js'
import type { Services } from '../../graphql/services.js'
import { AppointmentDayCount } from './counts.types.js'

/** Numbers for the desk's calendar. */
@Resolver()
export class CountsResolver {
  constructor(private readonly services: Services) {}

  @Query(() => [AppointmentDayCount], {
    nullable: true,
    description: 'How many appointments there are of each status on each day; days and statuses without any are left out.',
  })
  appointmentCounts(
    @Arg('from', () => LocalDateScalar, { description: 'First day, on the calendar of each location.' }) from: string,
    @Arg('to', () => LocalDateScalar, { description: 'Last day; at most 62 days.' }) to: string,
    @Arg('doctorId', () => ID, { nullable: true, description: 'Only those with this doctor.' }) doctorId: string | null | undefined,
    @Arg('locationId', () => ID, { nullable: true, description: 'Only those at this location.' }) locationId: string | null | undefined,
    @Ctx() { actor, request }: GraphQLContext,
  ): Promise<AppointmentDayCount[]> {
    return this.services.scheduling.counts.byDay(actor, { from, to, doctorId, locationId }, request.signal)
  }
}
