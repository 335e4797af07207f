import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { User } from '../identity/user.entity.js'
import type { AppointmentStatus } from '../scheduling/appointment-status.js'
import { QueueEntry } from './queue-entry.entity.js'
import { QueueStatus } from './queue-status.js'

/** What a move changes besides the status, as it was before: an undo puts it back. Instants are RFC 3339. */
export interface QueueEntryBefore {
  readonly doctorId: string | null
  readonly roomId: string | null
  readonly calledAt: string | null
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** What the appointment stood at, when the move took it along. */
  readonly appointmentStatus: AppointmentStatus | null
}

/** One move of a queue entry: from where, to where, when, by whom and why (RULES A11). Written once, never changed. */
@ObjectType({ description: 'One step of somebody in the queue.', simpleResolvers: true })
@Entity()
@Index({ properties: ['entry', 'at', 'id'] })
export class QueueEntryChange extends BaseEntity {
  @ManyToOne(() => QueueEntry, { ref: true, deleteRule: 'restrict' })
  entry!: Ref<QueueEntry>

  @Field(() => QueueStatus, { nullable: true, description: 'Where they stood before; empty for the check-in.' })
  @Enum({ items: () => QueueStatus, nullable: true })
  from?: QueueStatus | null

  @Field(() => QueueStatus, { description: 'Where they stood from then on.' })
  @Enum({ items: () => QueueStatus })
  to!: QueueStatus

  @Field(() => Boolean, { description: 'Whether this took back the step before it.' })
  @Property({ type: 'boolean', default: false })
  undo: boolean = false

  @Field(() => DateTimeScalar, { description: 'When.' })
  @Property({ type: 'datetime', length: 3 })
  at!: Date

  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  @Index()
  by!: Ref<User>

  @Field(() => String, { nullable: true, description: 'Who did it.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.by})`, { type: 'text', lazy: true })
  byName?: string | null

  @Field(() => String, { nullable: true, description: 'Why, when they said so.' })
  @Property({ type: 'text', nullable: true })
  reason?: string | null

  /** For the undo. */
  @Property({ type: 'json', nullable: true, lazy: true, hidden: true })
  before?: QueueEntryBefore | null
}
