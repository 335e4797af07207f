import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { CalendarFeed } from './calendar-feed.entity.js'
import type { IssuedFeed } from './calendar-feed.service.js'
import { CalendarFeedLink } from './calendar.results.js'

const FEED_OF = 'Of which doctor.'

/** Calendar feeds. */
@Resolver()
export class CalendarResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => CalendarFeedLink, {
    nullable: true,
    description: "Makes a calendar feed of a doctor's appointments; its address is shown this once.",
  })
  async createCalendarFeed(
    @Arg('doctorId', () => ID, { description: FEED_OF }) doctorId: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return linkOf(await this.services.calendarFeeds.create(context, doctorId), context)
  }

  @Mutation(() => CalendarFeedLink, { nullable: true, description: 'Gives a calendar feed a new address; the old one stops working.' })
  async rotateCalendarFeed(
    @Arg('doctorId', () => ID, { description: FEED_OF }) doctorId: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return linkOf(await this.services.calendarFeeds.rotate(context, doctorId), context)
  }

  @Mutation(() => CalendarFeed, { nullable: true, description: 'Closes a calendar feed; its address stops working.' })
  async revokeCalendarFeed(
    @Arg('doctorId', () => ID, { description: FEED_OF }) doctorId: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return context.loaders.one(CalendarFeed, CalendarFeed, await this.services.calendarFeeds.revoke(context, doctorId))
  }
}

async function linkOf({ id, url }: IssuedFeed, { loaders }: GraphQLContext): Promise<unknown> {
  return { url, feed: await loaders.one(CalendarFeed, CalendarFeed, id) }
}
