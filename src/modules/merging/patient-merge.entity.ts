import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { User } from '../identity/user.entity.js'
import { Patient } from '../patients/patient.entity.js'

/** Two records that turned out to be of one person: everything of the one moved to the other (RULES P4). */
@ObjectType({ description: 'Two records of one person that were merged: everything of the one moved to the other.', simpleResolvers: true })
@Entity()
@Check({ name: 'patient_merge_of_two', expression: 'winner_id <> loser_id' })
@Check({
  name: 'patient_merge_undoing',
  expression: '(undone_at is null) = (undone_by_id is null) and (undone_at is null) = (undo_reason is null)',
})
@Index({
  name: 'patient_merge_one_per_loser',
  expression: 'create unique index "patient_merge_one_per_loser" on "patient_merge" ("loser_id") where undone_at is null',
})
@Index({ properties: ['loser', 'id'] })
@Index({ properties: ['winner', 'id'] })
export class PatientMerge extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  winner!: Ref<Patient>

  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  loser!: Ref<Patient>

  @Field(() => String, { nullable: true, description: 'Why they are one person.' })
  @Property({ type: 'text' })
  reason!: string

  @Field(() => String, { nullable: true, description: 'Why appointments at the same time may stand.' })
  @Property({ type: 'text', nullable: true })
  overlapReason?: string | null

  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  @Index()
  mergedBy!: Ref<User>

  @Field(() => String, { nullable: true, description: 'Who merged them.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.mergedBy})`, { type: 'text', lazy: true })
  mergedByName?: string

  @Field(() => Int, { nullable: true, description: 'How many rows moved from the one record to the other.' })
  @Property({ type: 'integer', default: 0 })
  movedRows: number = 0

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was undone; empty while it stands.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  undoneAt?: Date | null

  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  undoneBy?: Ref<User> | null

  @Field(() => String, { nullable: true, description: 'Why it was undone.' })
  @Property({ type: 'text', nullable: true })
  undoReason?: string | null
}
