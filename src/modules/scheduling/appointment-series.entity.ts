import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { LocalDateScalar } from '../../graphql/scalars.js'
import { User } from '../identity/user.entity.js'
import { Patient } from '../patients/patient.entity.js'

/** How a series repeats. */
export enum SeriesFrequency {
  WEEKLY = 'WEEKLY',
  MONTHLY = 'MONTHLY',
}

registerEnumType(SeriesFrequency, {
  name: 'SeriesFrequency',
  description: 'How a series of appointments repeats.',
  valuesConfig: {
    WEEKLY: { description: 'On the same day of the week.' },
    MONTHLY: { description: 'On the same day of the month; a month that has no such day is left out.' },
  },
})

/** An occurrence of a series that could not be had: an instant (RFC 3339), and why. */
export interface SkippedOccurrence {
  readonly startsAt: string
  readonly conflictsWith: string | null
  readonly reason: string | null
}

/**
 * The rule that a series of appointments was booked by (RULES A8). Every occurrence is an appointment of its own, so the rule is a
 * record of how they came about: editing an occurrence does not touch it.
 */
@ObjectType({ description: 'The rule that a series of appointments was booked by.', simpleResolvers: true })
@Entity()
@Check({ name: 'appointment_series_every', expression: 'every >= 1 and every <= 12' })
@Check({ name: 'appointment_series_end', expression: 'num_nonnulls(occurrences, until) = 1' })
export class AppointmentSeries extends BaseEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  @Index()
  patient!: Ref<Patient>

  @Field(() => SeriesFrequency, { description: 'How it repeats.' })
  @Enum({ items: () => SeriesFrequency })
  frequency!: SeriesFrequency

  @Field(() => Int, { description: 'Every how many weeks or months.' })
  @Property({ type: 'smallint' })
  every!: number

  @Field(() => Int, { nullable: true, description: 'How many occurrences were asked for; empty when it has a last day.' })
  @Property({ type: 'smallint', nullable: true })
  occurrences?: number | null

  @Field(() => LocalDateScalar, { nullable: true, description: 'The last day it may fall on; empty when it has a number of occurrences.' })
  @Property({ type: 'date', nullable: true })
  until?: string | null

  /** Occurrences that could not be had and were left out on request. */
  @Property({ type: 'json', default: '[]' })
  skipped: readonly SkippedOccurrence[] = []

  /** Who booked it. */
  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  @Index()
  bookedBy!: Ref<User>
}
