import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { User } from '../identity/user.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { PatientMerge } from './patient-merge.entity.js'

/** Where a proposal stands. */
export enum MergeProposalStatus {
  PROPOSED = 'PROPOSED',
  ACCEPTED = 'ACCEPTED',
  REJECTED = 'REJECTED',
}

registerEnumType(MergeProposalStatus, {
  name: 'MergeProposalStatus',
  description: 'Where a proposal to merge two records stands.',
  valuesConfig: {
    PROPOSED: { description: 'Waits for a decision.' },
    ACCEPTED: { description: 'The records were merged.' },
    REJECTED: { description: 'They are two people, or the proposal was wrong.' },
  },
})

/** Every allowed move; it is decided once, and the row itself is the history: from `PROPOSED`, when, by whom, why. */
export const MERGE_PROPOSAL_TRANSITIONS: Readonly<Record<MergeProposalStatus, readonly MergeProposalStatus[]>> = {
  PROPOSED: [MergeProposalStatus.ACCEPTED, MergeProposalStatus.REJECTED],
  ACCEPTED: [],
  REJECTED: [],
}

/** The front desk has found two records that look like one person, and those who may merge decide (RULES P4). */
@ObjectType({ description: 'A proposal to merge two records of one person.', simpleResolvers: true })
@Entity()
@Check({ name: 'patient_merge_proposal_of_two', expression: 'winner_id <> loser_id' })
@Check({
  name: 'patient_merge_proposal_decision',
  expression:
    "(status = 'PROPOSED') = (decided_at is null) and (decided_at is null) = (decided_by_id is null) and (status = 'ACCEPTED') = (merge_id is not null)",
})
@Index({
  name: 'patient_merge_proposal_open',
  expression:
    'create unique index "patient_merge_proposal_open" on "patient_merge_proposal" (least(winner_id, loser_id), greatest(winner_id, loser_id)) where status = \'PROPOSED\'',
})
@Index({ properties: ['status', 'id'] })
export class PatientMergeProposal extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  @Index()
  winner!: Ref<Patient>

  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  @Index()
  loser!: Ref<Patient>

  @Field(() => String, { nullable: true, description: 'Why they look like one person.' })
  @Property({ type: 'text' })
  reason!: string

  @Field(() => MergeProposalStatus, { description: 'Where it stands.' })
  @Enum({ items: () => MergeProposalStatus, default: MergeProposalStatus.PROPOSED })
  status: MergeProposalStatus = MergeProposalStatus.PROPOSED

  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  @Index()
  proposedBy!: Ref<User>

  @Field(() => String, { nullable: true, description: 'Who proposed it.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.proposedBy})`, {
    type: 'text',
    lazy: true,
  })
  proposedByName?: string

  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  decidedBy?: Ref<User> | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was decided.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  decidedAt?: Date | null

  @Field(() => String, { nullable: true, description: 'Why it was rejected.' })
  @Property({ type: 'text', nullable: true })
  decisionReason?: string | null

  @ManyToOne(() => PatientMerge, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  merge?: Ref<PatientMerge> | null

  @Field(() => [MergeProposalStatus], { description: 'The statuses it can be moved to from here.' })
  get allowedTransitions(): MergeProposalStatus[] {
    return [...MERGE_PROPOSAL_TRANSITIONS[this.status]]
  }
}
