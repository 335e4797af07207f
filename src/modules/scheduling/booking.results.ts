import { createUnionType, Field, ObjectType } from 'type-graphql'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { AppointmentHold } from './appointment-hold.entity.js'
import { AppointmentSeries } from './appointment-series.entity.js'
import { Appointment } from './appointment.entity.js'
import type { FreeSlot } from './availability.js'
import { BookingConflict } from './booking/conflicts.js'
import { Slot } from './slot.types.js'
import { EmptySlotReason } from './slots/empty-slot-reason.js'

/** Somebody else has the time. */
@ObjectType({ description: 'The time is taken. Nothing was booked.', simpleResolvers: true })
export class SlotTaken {
  @Field(() => BookingConflict, { description: 'Whose time is taken.' })
  conflictsWith!: BookingConflict

  @Field(() => [Slot], { description: 'Free times near the one that was asked for, the best first; nobody keeps them meanwhile.' })
  alternatives!: readonly FreeSlot[]
}

/** Nobody can be booked then. */
@ObjectType({ description: 'The time cannot be booked, whether it is taken or not. Nothing was booked.', simpleResolvers: true })
export class SlotUnavailable {
  @Field(() => EmptySlotReason, { description: 'Why.' })
  reason!: EmptySlotReason

  @Field(() => [Slot], { description: 'Free times near the one that was asked for, the best first; nobody keeps them meanwhile.' })
  alternatives!: readonly FreeSlot[]
}

/** Rows have no class of their own: refusals are known by what only they have. */
const refusalOf = (value: object): typeof SlotTaken | typeof SlotUnavailable | null => {
  if (!('alternatives' in value)) return null
  return 'conflictsWith' in value ? SlotTaken : SlotUnavailable
}

export const BookAppointmentResult = createUnionType({
  name: 'BookAppointmentResult',
  description: 'The appointment; or why there is none, and what is free instead.',
  types: () => [Appointment, SlotTaken, SlotUnavailable] as const,
  resolveType: (value: object) => refusalOf(value) ?? Appointment,
})

export const HoldSlotResult = createUnionType({
  name: 'HoldSlotResult',
  description: 'The hold; or why there is none, and what is free instead.',
  types: () => [AppointmentHold, SlotTaken, SlotUnavailable] as const,
  resolveType: (value: object) => refusalOf(value) ?? AppointmentHold,
})

/** An occurrence that could not be had. */
@ObjectType({ description: 'A time of a series that could not be had.', simpleResolvers: true })
export class SeriesConflict {
  @Field(() => DateTimeScalar, { description: 'When the visit would begin.' })
  startsAt!: Date

  @Field(() => BookingConflict, { nullable: true, description: 'Whose time is taken; empty when nobody can be booked then.' })
  conflictsWith!: BookingConflict | null

  @Field(() => EmptySlotReason, { nullable: true, description: 'Why nobody can be booked then; empty when the time is taken.' })
  reason!: EmptySlotReason | null
}

/** What became of a series. */
@ObjectType({ description: 'What became of a series: all of its times, or, unless conflicts were to be skipped, none.', simpleResolvers: true })
export class SeriesResult {
  @Field(() => AppointmentSeries, { nullable: true, description: 'The series; empty when nothing was booked.' })
  series!: unknown

  @Field(() => [Appointment], { nullable: true, description: 'What was booked, the earliest first.' })
  appointments!: unknown

  @Field(() => [SeriesConflict], { description: 'The times that could not be had, the earliest first.' })
  conflicts!: readonly SeriesConflict[]
}
