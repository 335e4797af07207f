import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { BreakGlass } from '../break-glass/break-glass.entity.js'
import { User } from '../identity/user.entity.js'

/** What a notice is about. */
export enum NoticeKind {
  BREAK_GLASS = 'BREAK_GLASS',
}

registerEnumType(NoticeKind, {
  name: 'NoticeKind',
  description: 'What a notice is about.',
  valuesConfig: { BREAK_GLASS: { description: 'Somebody opened a chart in an emergency; it waits for a review.' } },
})

/** Something that one person has to be told. It names what it is about and holds nothing of it, so that row scope decides what they see. */
@ObjectType({ description: 'Something that the signed-in person has to be told.', simpleResolvers: true })
@Entity()
@Index({ properties: ['recipient', 'id'] })
export class Notice extends BaseEntity {
  @ManyToOne(() => User, { ref: true, deleteRule: 'cascade' })
  recipient!: Ref<User>

  @Field(() => NoticeKind, { description: 'What it is about.' })
  @Enum({ items: () => NoticeKind })
  kind!: NoticeKind

  @ManyToOne(() => BreakGlass, { ref: true, nullable: true, deleteRule: 'cascade' })
  @Index()
  breakGlass?: Ref<BreakGlass> | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was marked as read; empty until then.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  readAt?: Date | null
}
