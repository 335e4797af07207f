import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { User } from '../identity/user.entity.js'
import { WaitlistEntry } from './waitlist-entry.entity.js'
import { WaitlistStatus } from './waitlist-status.js'

/** One move of an entry of the waitlist. Written once, never changed. */
@ObjectType({ description: 'One step of somebody on the waitlist.', simpleResolvers: true })
@Entity()
@Index({ properties: ['entry', 'at', 'id'] })
export class WaitlistEntryChange extends BaseEntity {
  @ManyToOne(() => WaitlistEntry, { ref: true, deleteRule: 'restrict' })
  entry!: Ref<WaitlistEntry>

  @Field(() => WaitlistStatus, { nullable: true, description: 'Where they stood before; empty when they joined.' })
  @Enum({ items: () => WaitlistStatus, nullable: true })
  from?: WaitlistStatus | null

  @Field(() => WaitlistStatus, { description: 'Where they stood from then on.' })
  @Enum({ items: () => WaitlistStatus })
  to!: WaitlistStatus

  @Field(() => DateTimeScalar, { description: 'When.' })
  @Property({ type: 'datetime', length: 3 })
  at!: Date

  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  by?: Ref<User> | null

  @Field(() => String, { nullable: true, description: 'Who did it; empty when the clinic did so by itself.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.by})`, { type: 'text', lazy: true })
  byName?: string | null

  @Field(() => String, { nullable: true, description: 'Why, when somebody said so.' })
  @Property({ type: 'text', nullable: true })
  reason?: string | null
}
