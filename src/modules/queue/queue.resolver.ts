import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql'
import type { Row } from '../../database/read-database.js'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { QueueEntry } from './queue-entry.entity.js'
import {
  CallNextInput,
  CallQueueEntryInput,
  CheckInInput,
  FinishServiceInput,
  QueueMoveInput,
  TransferQueueEntryInput,
} from './queue.inputs.js'
import { AlreadyInQueue, CallNextResult, CheckInResult, QueueEmpty } from './queue.results.js'

const theEntry = (id: string, { loaders }: GraphQLContext): Promise<unknown> => Promise.resolve(loaders.one(QueueEntry, QueueEntry, id))

/** The queue of the day. */
@Resolver(() => QueueEntry)
export class QueueResolver {
  constructor(private readonly services: Services) {}

  @FieldResolver(() => Int, { nullable: true, description: 'Their place among those who wait, from 1; empty for who does not wait.' })
  async position(@Root() entry: Row, @Ctx() { loaders }: GraphQLContext): Promise<number | null> {
    return (await this.services.queue.waits.of(loaders, entry['id'] as string)).position
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      'About how many minutes they will still wait, from how long recent visits took; empty when too little is known, and for who does not wait.',
  })
  async estimatedWaitMinutes(@Root() entry: Row, @Ctx() { loaders }: GraphQLContext): Promise<number | null> {
    return (await this.services.queue.waits.of(loaders, entry['id'] as string)).minutes
  }

  @Mutation(() => CheckInResult, {
    nullable: true,
    description: 'Gives a patient who has come a number and a place in the queue. The appointment, when there is one, becomes `ARRIVED`.',
  })
  async checkIn(
    @Arg('input', () => CheckInInput, { description: 'Who has come, and for what.' }) input: CheckInInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const { id, already } = await this.services.queue.checkIn.checkIn(context, input)
    const entry = await theEntry(id, context)
    return already ? Object.assign(new AlreadyInQueue(), { entry }) : entry
  }

  @Mutation(() => CallNextResult, {
    nullable: true,
    description: 'Calls whoever is next. However many call at the same time, each gets somebody else.',
  })
  async callNext(
    @Arg('input', () => CallNextInput, { description: 'Who calls, and to which room.' }) input: CallNextInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const { id, waitingForOthers } = await this.services.queue.moves.callNext(context, input)
    return id === null ? Object.assign(new QueueEmpty(), { waitingForOthers }) : theEntry(id, context)
  }

  @Mutation(() => QueueEntry, { nullable: true, description: 'Calls somebody who waits, out of turn when need be.' })
  async callQueueEntry(
    @Arg('input', () => CallQueueEntryInput, { description: 'Whom, and to which room.' }) input: CallQueueEntryInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.queue.moves.call(context, input)
    return theEntry(input.id, context)
  }

  @Mutation(() => QueueEntry, {
    nullable: true,
    description: 'Somebody who was called is being seen. The appointment becomes `IN_PROGRESS`.',
  })
  async startService(
    @Arg('input', () => QueueMoveInput, { description: 'Who.' }) input: QueueMoveInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.queue.moves.start(context, input)
    return theEntry(input.id, context)
  }

  @Mutation(() => QueueEntry, {
    nullable: true,
    description: 'Somebody was seen. The appointment is completed only when that is asked for.',
  })
  async finishService(
    @Arg('input', () => FinishServiceInput, { description: 'Who.' }) input: FinishServiceInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.queue.moves.finish(context, input)
    return theEntry(input.id, context)
  }

  @Mutation(() => QueueEntry, { nullable: true, description: 'Passes somebody over who did not come when called.' })
  async skipQueueEntry(
    @Arg('input', () => QueueMoveInput, { description: 'Who, and why.' }) input: QueueMoveInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.queue.moves.skip(context, input)
    return theEntry(input.id, context)
  }

  @Mutation(() => QueueEntry, {
    nullable: true,
    description: 'Somebody who was passed over is back, and waits again in the place that their arrival gives them.',
  })
  async recallQueueEntry(
    @Arg('input', () => QueueMoveInput, { description: 'Who.' }) input: QueueMoveInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.queue.moves.recall(context, input)
    return theEntry(input.id, context)
  }

  @Mutation(() => QueueEntry, { nullable: true, description: 'Somebody went away without having been seen to the end.' })
  async markLeft(
    @Arg('input', () => QueueMoveInput, { description: 'Who, and why.' }) input: QueueMoveInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.queue.moves.leave(context, input)
    return theEntry(input.id, context)
  }

  @Mutation(() => QueueEntry, {
    nullable: true,
    description: 'Sends somebody on to another doctor, room or location. The answer is their new place; their arrival stays the same.',
  })
  async transferQueueEntry(
    @Arg('input', () => TransferQueueEntryInput, { description: 'Who, and where to.' }) input: TransferQueueEntryInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return theEntry(await this.services.queue.moves.transfer(context, input), context)
  }

  @Mutation(() => QueueEntry, {
    nullable: true,
    description:
      'Takes the last move of an entry back: once, and on the same day. A check-in that is taken back ends as `LEFT`; of a transfer, the entry before it is back.',
  })
  async undoLastQueueMove(
    @Arg('id', () => ID, { description: 'Which entry.' }) id: string,
    @Arg('version', () => Int, { description: 'The version you have read.' }) version: number,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return theEntry(await this.services.queue.undo.undo(context, id, version), context)
  }
}
