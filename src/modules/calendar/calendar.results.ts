import { Field, ObjectType } from 'type-graphql'
import { CalendarFeed } from './calendar-feed.entity.js'

/** A calendar feed with its address. */
@ObjectType({ description: 'A calendar feed with its address, which is shown this once.', simpleResolvers: true })
export class CalendarFeedLink {
  @Field(() => String, { nullable: true, description: 'The secret address. Whoever has it sees the times: give it to nobody.' })
  url!: string

  @Field(() => CalendarFeed, { nullable: true, description: 'The feed.' })
  feed!: unknown
}
