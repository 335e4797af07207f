import { Field, Int, ObjectType } from 'type-graphql'
import { DateTimeScalar } from '../../graphql/scalars.js'

/** A number that was called. */
@ObjectType({ description: 'A number that was called, and to which room.', simpleResolvers: true })
export class QueueBoardCall {
  @Field(() => Int, { description: 'The number of the day.' })
  number!: number

  @Field(() => String, { nullable: true, description: 'Name of the room; empty when none was said.' })
  room!: string | null

  @Field(() => DateTimeScalar, { description: 'When it was called.' })
  calledAt!: string
}

/** What a waiting room may see. */
@ObjectType({ description: 'What a screen in the waiting room shows: numbers and rooms, and nothing of anybody.', simpleResolvers: true })
export class QueueBoard {
  @Field(() => String, { description: 'Name of the site.' })
  locationName!: string

  @Field(() => [QueueBoardCall], { description: 'The numbers that were called and have not gone in yet, the latest first.' })
  called!: readonly QueueBoardCall[]

  @Field(() => [Int], { description: 'The numbers that are called next, in that order.' })
  waiting!: readonly number[]
}

/** The address of a board for a screen without an account. */
@ObjectType({ description: 'The secret address of the board of a location, for a screen without an account.', simpleResolvers: true })
export class QueueBoardAddress {
  @Field(() => String, { description: 'The address. It is shown once: whoever loses it makes a new one, which ends this one.' })
  url!: string
}
