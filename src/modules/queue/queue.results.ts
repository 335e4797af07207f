import { createUnionType, Field, Int, ObjectType } from 'type-graphql'
import { QueueEntry } from './queue-entry.entity.js'

/** The patient is in the queue already (RULES A11: one open entry per patient and queue). */
@ObjectType({ description: 'The patient is in the queue of this location already.', simpleResolvers: true })
export class AlreadyInQueue {
  @Field(() => QueueEntry, { nullable: true, description: 'Their place in it.' })
  entry?: unknown
}

/** Nobody is left to be called. */
@ObjectType({ description: 'Nobody waits who could be called.', simpleResolvers: true })
export class QueueEmpty {
  @Field(() => Int, { description: 'How many wait for other doctors.' })
  waitingForOthers!: number
}

export const CheckInResult = createUnionType({
  name: 'CheckInResult',
  description: 'A place in the queue, or the one the patient has already.',
  types: () => [QueueEntry, AlreadyInQueue] as const,
  resolveType: (value) => (value instanceof AlreadyInQueue ? AlreadyInQueue : QueueEntry),
})

export const CallNextResult = createUnionType({
  name: 'CallNextResult',
  description: 'Who was called, or that nobody waits.',
  types: () => [QueueEntry, QueueEmpty] as const,
  resolveType: (value) => (value instanceof QueueEmpty ? QueueEmpty : QueueEntry),
})
