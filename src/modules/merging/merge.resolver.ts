import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Patient } from '../patients/patient.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { MergePatientsInput, ProposePatientMergeInput, RejectPatientMergeProposalInput, UnmergePatientsInput } from './merge.inputs.js'
import { AppointmentOverlap, PatientMergePreview } from './merge.results.js'
import { PatientMergeProposal } from './patient-merge-proposal.entity.js'
import { PatientMerge } from './patient-merge.entity.js'

/** Merging records of one person, undoing it, proposing it. */
@Resolver()
export class MergeResolver {
  constructor(private readonly services: Services) {}

  @Query(() => PatientMergePreview, { nullable: true, description: 'What merging two records would do. Changes nothing.' })
  async previewPatientMerge(
    @Arg('winnerId', () => ID, { description: 'The record that goes on.' }) winnerId: string,
    @Arg('loserId', () => ID, { description: 'The record whose contents move.' }) loserId: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    context.notes.searched('previewPatientMerge')
    return this.services.merging.previews.of(context, { winnerId, loserId })
  }

  @Mutation(() => PatientMerge, {
    nullable: true,
    description: 'Merges two records of one person: everything of the one moves to the other. It can be undone.',
  })
  async mergePatients(
    @Arg('input', () => MergePatientsInput, { description: 'Which two, and how.' }) input: MergePatientsInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return context.loaders.one(PatientMerge, PatientMerge, await this.services.merging.merges.merge(context, input))
  }

  @Mutation(() => PatientMerge, {
    nullable: true,
    description: 'Undoes a merge: everything goes back to where it was. Of several merges the last is undone first.',
  })
  async unmergePatients(
    @Arg('input', () => UnmergePatientsInput, { description: 'Which merge, and why.' }) input: UnmergePatientsInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.merging.merges.unmerge(context, input)
    return context.loaders.one(PatientMerge, PatientMerge, input.mergeId)
  }

  @Mutation(() => PatientMergeProposal, {
    nullable: true,
    description: 'Proposes to those who may merge that two records are of one person.',
  })
  async proposePatientMerge(
    @Arg('input', () => ProposePatientMergeInput, { description: 'Which two, and why.' }) input: ProposePatientMergeInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return context.loaders.one(PatientMergeProposal, PatientMergeProposal, await this.services.merging.proposals.propose(context, input))
  }

  @Mutation(() => PatientMergeProposal, { nullable: true, description: 'Rejects a proposal; `mergePatients` with its id accepts it.' })
  async rejectPatientMergeProposal(
    @Arg('input', () => RejectPatientMergeProposalInput, { description: 'Which proposal, and why.' })
    input: RejectPatientMergeProposalInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.merging.proposals.reject(context, input)
    return context.loaders.one(PatientMergeProposal, PatientMergeProposal, input.id)
  }
}

/** The two records of a preview. */
@Resolver(() => PatientMergePreview)
export class PatientMergePreviewResolver {
  @FieldResolver(() => Patient, { nullable: true, description: 'The record that goes on.' })
  winner(@Root() { winnerId }: PatientMergePreview, @Ctx() context: GraphQLContext): unknown {
    return context.loaders.one(PatientMergePreview, Patient, winnerId)
  }

  @FieldResolver(() => Patient, { nullable: true, description: 'The record whose contents move.' })
  loser(@Root() { loserId }: PatientMergePreview, @Ctx() context: GraphQLContext): unknown {
    return context.loaders.one(PatientMergePreview, Patient, loserId)
  }
}

/** The two appointments of an overlap. */
@Resolver(() => AppointmentOverlap)
export class AppointmentOverlapResolver {
  @FieldResolver(() => Appointment, { nullable: true, description: 'That of the record that goes on.' })
  winnerAppointment(@Root() { winnerAppointmentId }: AppointmentOverlap, @Ctx() context: GraphQLContext): unknown {
    return context.loaders.one(AppointmentOverlap, Appointment, winnerAppointmentId)
  }

  @FieldResolver(() => Appointment, { nullable: true, description: 'That of the record whose contents move.' })
  loserAppointment(@Root() { loserAppointmentId }: AppointmentOverlap, @Ctx() context: GraphQLContext): unknown {
    return context.loaders.one(AppointmentOverlap, Appointment, loserAppointmentId)
  }
}
