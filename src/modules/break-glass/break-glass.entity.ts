import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { User } from '../identity/user.entity.js'
import { Patient } from '../patients/patient.entity.js'

/** What the review of an emergency opening found. */
export enum BreakGlassVerdict {
  JUSTIFIED = 'JUSTIFIED',
  NOT_JUSTIFIED = 'NOT_JUSTIFIED',
}

registerEnumType(BreakGlassVerdict, {
  name: 'BreakGlassVerdict',
  description: 'What the review of an emergency opening found.',
  valuesConfig: {
    JUSTIFIED: { description: 'There was a need.' },
    NOT_JUSTIFIED: { description: 'There was none; the opening ends at once.' },
  },
})

/** The longest that one emergency opening may last (SECURITY A8). */
export const MOST_HOURS = 4

/** A chart that somebody opened outside of their scope in an emergency: one patient, a reason, a few hours, and a review (RULES S3). */
@ObjectType({ description: 'A chart opened in an emergency by somebody whose scope does not hold it.', simpleResolvers: true })
@Entity()
@Check({
  name: 'break_glass_length',
  expression: `starts_at <= ends_at and (ends_at - starts_at) <= '${String(MOST_HOURS).padStart(2, '0')}:00:00'::interval`,
})
@Check({ name: 'break_glass_reason', expression: 'length(reason) >= 10' })
@Check({
  name: 'break_glass_review',
  expression:
    '(verdict is null) = (reviewed_at is null) and (verdict is null) = (reviewed_by_id is null) and (reviewed_by_id is null or reviewed_by_id <> user_id)',
})
@Index({ properties: ['patient', 'user', 'endsAt'] })
@Index({ properties: ['user', 'endsAt'] })
@Index({ properties: ['startsAt', 'id'] })
export class BreakGlass extends BaseEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  patient!: Ref<Patient>

  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  user!: Ref<User>

  @Field(() => String, { nullable: true, description: 'Who opened the chart.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.user})`, { type: 'text', lazy: true })
  by?: string

  @Field(() => String, { nullable: true, description: 'Why, in their words.' })
  @Property({ type: 'text' })
  reason!: string

  @Field(() => DateTimeScalar, { description: 'From when the chart was open to them.' })
  @Property({ type: 'datetime', length: 3 })
  startsAt!: Date

  @Field(() => DateTimeScalar, { description: 'Until when; it ends by itself.' })
  @Property({ type: 'datetime', length: 3 })
  endsAt!: Date

  @Field(() => Boolean, { nullable: true, description: 'Whether the chart is open to them at this moment.' })
  @Formula((columns) => `(now() < ${columns.endsAt})`, { type: 'boolean', lazy: true })
  active?: boolean

  @Field(() => BreakGlassVerdict, { nullable: true, description: 'What the review found; empty until then.' })
  @Enum({ items: () => BreakGlassVerdict, nullable: true })
  verdict?: BreakGlassVerdict | null

  @Field(() => String, { nullable: true, description: 'What the reviewer noted.' })
  @Property({ type: 'text', nullable: true })
  reviewNote?: string | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was reviewed.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  reviewedAt?: Date | null

  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  reviewedBy?: Ref<User> | null

  @Field(() => String, { nullable: true, description: 'Who reviewed it.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.reviewedBy})`, {
    type: 'text',
    lazy: true,
  })
  reviewerName?: string | null
}
