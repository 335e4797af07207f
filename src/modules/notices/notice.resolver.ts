import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Notice } from './notice.entity.js'

/** What people have to be told. */
@Resolver()
export class NoticeResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => Notice, { nullable: true, description: 'Marks a notice as read.' })
  async markNoticeRead(
    @Arg('id', () => ID, { description: 'Which notice.' }) id: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.notices.markRead(context, id)
    return context.loaders.one(Notice, Notice, id)
  }
}
