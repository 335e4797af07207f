import type { Ref } from '@mikro-orm/core'
import { Entity, Enum, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { User } from '../identity/user.entity.js'
import { Allergy } from './allergy.entity.js'
import { Condition } from './condition.entity.js'

/** Which of the two statuses of an entry changed. */
export enum ProblemStatusKind {
  CLINICAL = 'CLINICAL',
  VERIFICATION = 'VERIFICATION',
}

registerEnumType(ProblemStatusKind, {
  name: 'ProblemStatusKind',
  description: 'Which of the two statuses of an allergy or condition changed.',
  valuesConfig: {
    CLINICAL: { description: 'Where it stands.' },
    VERIFICATION: { description: 'How sure the clinic is of it.' },
  },
})

/** One change of a status: from, to, at, by, reason. */
@ObjectType({ simpleResolvers: true })
abstract class StatusChange extends BaseEntity {
  @Field(() => ProblemStatusKind, { nullable: true, description: 'Which of the two statuses changed.' })
  @Enum({ items: () => ProblemStatusKind })
  kind!: ProblemStatusKind

  @Field(() => String, { nullable: true, description: 'The status before.' })
  @Property({ type: 'text' })
  fromStatus!: string

  @Field(() => String, { nullable: true, description: 'The status after.' })
  @Property({ type: 'text' })
  toStatus!: string

  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  @Index()
  by!: Ref<User>

  @Field(() => String, { nullable: true, description: 'Who changed it.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.by})`, { type: 'text', lazy: true })
  byName?: string

  @Field(() => String, { nullable: true, description: 'Why.' })
  @Property({ type: 'text', nullable: true })
  reason?: string | null
}

/** What became of an allergy. */
@ObjectType({ description: 'A change of the status of an allergy.', simpleResolvers: true })
@Entity()
@Index({ properties: ['allergy', 'id'] })
export class AllergyStatusChange extends StatusChange {
  @ManyToOne(() => Allergy, { ref: true, deleteRule: 'restrict' })
  allergy!: Ref<Allergy>
}

/** What became of a condition. */
@ObjectType({ description: 'A change of the status of a condition.', simpleResolvers: true })
@Entity()
@Index({ properties: ['condition', 'id'] })
export class ConditionStatusChange extends StatusChange {
  @ManyToOne(() => Condition, { ref: true, deleteRule: 'restrict' })
  condition!: Ref<Condition>
}
