import { Extensions, Field, ObjectType } from 'type-graphql'
import { DateTimeScalar } from '../../graphql/scalars.js'
import type { FreeSlot } from './availability.js'
import { EmptySlotReason } from './slots/empty-slot-reason.js'

/** A time at which a doctor can be booked. Doctor, location and room are read from `FreeSlot` by the resolver. */
@ObjectType({ description: 'A time at which a doctor can be booked.', simpleResolvers: true })
export class Slot implements FreeSlot {
  doctorId!: string
  locationId!: string
  roomId!: string | null

  @Field(() => DateTimeScalar, { description: 'When the visit would begin.' })
  startsAt!: Date

  @Field(() => DateTimeScalar, { description: 'When the visit would end.' })
  endsAt!: Date
}

/** The free times that were found, or why there is none. */
@ObjectType({ description: 'The free times that were found, or why there is none.', simpleResolvers: true })
export class SlotSearch {
  @Extensions({ rows: 1000 })
  @Field(() => [Slot], { description: 'The free times, the earliest first.' })
  slots!: readonly FreeSlot[]

  @Field(() => EmptySlotReason, { nullable: true, description: 'Why there is no free time; empty when there is one.' })
  emptyReason!: EmptySlotReason | null
}
