import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql'
import { PatientMergeField } from './merge-fields.js'
import { MergeProposalStatus } from './patient-merge-proposal.entity.js'

/** Which two records are merged, and how. */
@InputType({ description: 'Which two records of one person are merged. Look at `previewPatientMerge` first.' })
export class MergePatientsInput {
  @Field(() => ID, { description: 'The record that goes on.' })
  winnerId!: string

  @Field(() => Int, { description: 'The version of it that was looked at.' })
  winnerVersion!: number

  @Field(() => ID, { description: 'The record whose contents move. It stays readable and points to the other one.' })
  loserId!: string

  @Field(() => Int, { description: 'The version of it that was looked at.' })
  loserVersion!: number

  @Field(() => String, { description: 'Why they are one person; at least 10 characters.' })
  reason!: string

  @Field(() => [PatientMergeField], {
    nullable: true,
    description: 'Demographics that are right in the record whose contents move. All others stay as the record that goes on has them.',
  })
  takeFromLoser?: PatientMergeField[] | null

  @Field(() => String, {
    nullable: true,
    description: 'Why appointments of both at the same time may stand; needed when there are any.',
  })
  overlapReason?: string | null

  @Field(() => ID, { nullable: true, description: 'The proposal that this accepts.' })
  proposalId?: string | null
}

/** Undoes a merge. */
@InputType({ description: 'Which merge is undone, and why.' })
export class UnmergePatientsInput {
  @Field(() => ID, { description: 'Which merge.' })
  mergeId!: string

  @Field(() => Int, { description: 'The version of the merge that was read.' })
  version!: number

  @Field(() => String, { description: 'Why they are two people after all; at least 10 characters.' })
  reason!: string
}

/** Proposes a merge. */
@InputType({ description: 'Which two records look like one person.' })
export class ProposePatientMergeInput {
  @Field(() => ID, { description: 'The record that should go on.' })
  winnerId!: string

  @Field(() => ID, { description: 'The record whose contents should move.' })
  loserId!: string

  @Field(() => String, { description: 'Why they look like one person; at least 10 characters.' })
  reason!: string
}

/** Rejects a proposal. */
@InputType({ description: 'Which proposal is rejected, and why.' })
export class RejectPatientMergeProposalInput {
  @Field(() => ID, { description: 'Which proposal.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => String, { description: 'Why.' })
  reason!: string

  @Field(() => Boolean, { defaultValue: false, description: 'True: they are two people, and nobody is asked again.' })
  notDuplicates!: boolean
}

/** Which proposals to list. */
@InputType({ description: 'Which proposals to list: those that match all given fields.' })
export class PatientMergeProposalFilter {
  @Field(() => [MergeProposalStatus], { nullable: true, description: 'Only those with one of these statuses.' })
  status?: MergeProposalStatus[] | null
}

/** The orders of the list of proposals. */
export enum PatientMergeProposalOrder {
  OLDEST_FIRST = 'OLDEST_FIRST',
  LATEST_FIRST = 'LATEST_FIRST',
}

registerEnumType(PatientMergeProposalOrder, {
  name: 'PatientMergeProposalOrder',
  description: 'The orders of the list of proposals.',
  valuesConfig: { OLDEST_FIRST: { description: 'The oldest first.' }, LATEST_FIRST: { description: 'The latest first.' } },
})
