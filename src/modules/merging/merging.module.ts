import { can, open, type AccessMap } from '../../access/rules.js'
import { rowScope } from '../../access/scope.js'
import { ascending, descending, edgesOf, list, one, rootConnection } from '../../graphql/loaders/declaration.js'
import { isOneOf } from '../../graphql/loaders/filters.js'
import { connectionAccess, type ClinicModule } from '../../graphql/module.js'
import { readsPatients } from '../patients/patient.access.js'
import { Patient } from '../patients/patient.entity.js'
import { PatientMergeProposalFilter, PatientMergeProposalOrder } from './merge.inputs.js'
import { AppointmentOverlapResolver, MergeResolver, PatientMergePreviewResolver } from './merge.resolver.js'
import { MERGE_PROPOSAL_TRANSITIONS, PatientMergeProposal, type MergeProposalStatus } from './patient-merge-proposal.entity.js'
import { PatientMerge } from './patient-merge.entity.js'

const merges = can('patients.merge')
const proposes = can('patients.merge', 'patients.propose-merge')

const mergingAccess: AccessMap = {
  PatientMerge: {
    id: open,
    version: open,
    createdAt: open,
    reason: open,
    overlapReason: open,
    mergedByName: open,
    movedRows: open,
    undoneAt: open,
    undoReason: open,
    winner: readsPatients,
    loser: readsPatients,
  },
  PatientMergeProposal: {
    id: open,
    version: open,
    createdAt: open,
    reason: open,
    status: open,
    proposedByName: open,
    decidedAt: open,
    decisionReason: open,
    allowedTransitions: open,
    winner: readsPatients,
    loser: readsPatients,
    merge: merges,
  },
  ...connectionAccess('PatientMergeProposal', proposes),
  PatientMergePreview: {
    winner: readsPatients,
    loser: readsPatients,
    moves: open,
    differences: open,
    overlaps: open,
    bothHaveAccounts: open,
  },
  MovedKind: { kind: open, count: open },
  MergeDifference: { field: open, winnerValue: merges, loserValue: merges },
  AppointmentOverlap: { winnerAppointment: merges, loserAppointment: merges },
  Patient: { merges, mergedAway: merges },
  Query: { previewPatientMerge: merges, patientMergeProposals: proposes },
  Mutation: {
    mergePatients: merges,
    unmergePatients: merges,
    proposePatientMerge: proposes,
    rejectPatientMergeProposal: merges,
  },
}

export const mergingModule: ClinicModule = {
  scopes: [
    rowScope(() => PatientMerge, { all: ['patients.merge'], owner: 'winner' }),
    rowScope(() => PatientMergeProposal, { all: ['patients.merge', 'patients.propose-merge'], owner: 'winner' }),
  ],
  edges: [
    ...edgesOf(() => Patient, {
      merges: list(() => PatientMerge, {
        key: 'winner',
        order: [descending('id')],
        description: 'Records that were merged into this one, the latest first; also those that were undone.',
      }),
      mergedAway: list(() => PatientMerge, {
        key: 'loser',
        order: [descending('id')],
        description: 'When this record was merged into another one, the latest first; also what was undone.',
      }),
    }),
    ...edgesOf(() => PatientMerge, {
      winner: one(() => Patient, { from: 'winner', description: 'The record that goes on.' }),
      loser: one(() => Patient, { from: 'loser', description: 'The record whose contents moved.' }),
    }),
    ...edgesOf(() => PatientMergeProposal, {
      winner: one(() => Patient, { from: 'winner', description: 'The record that should go on.' }),
      loser: one(() => Patient, { from: 'loser', description: 'The record whose contents should move.' }),
      merge: one(() => PatientMerge, { from: 'merge', description: 'The merge that came of it.' }),
    }),
  ],
  roots: [
    rootConnection('patientMergeProposals', () => PatientMergeProposal, {
      filter: {
        input: () => PatientMergeProposalFilter,
        fields: { status: isOneOf('status', 'text') },
      },
      orders: {
        input: PatientMergeProposalOrder,
        choices: {
          [PatientMergeProposalOrder.OLDEST_FIRST]: { keys: [ascending('id')], reveals: null },
          [PatientMergeProposalOrder.LATEST_FIRST]: { keys: [descending('id')], reveals: null },
        },
      },
      description: 'Proposals of the front desk to merge records, the oldest first unless another order is asked for.',
    }),
  ],
  access: mergingAccess,
  resolvers: [MergeResolver, PatientMergePreviewResolver, AppointmentOverlapResolver],
  computed: {
    PatientMergeProposal: {
      allowedTransitions: { from: ['status'], compute: (row) => MERGE_PROPOSAL_TRANSITIONS[row['status'] as MergeProposalStatus] },
    },
  },
}
