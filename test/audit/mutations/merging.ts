import { expect } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import type { Calls, Fixture } from './fixture.js'

const REASON = 'Same passport, seen by Zebedee Quill'

/** Records that are, or look like, those of one person. */
export function mergingCalls(f: Fixture): Calls {
  const two = async (): Promise<{ winnerId: string; loserId: string; both: string[] }> => {
    const [winner, loser] = [await f.patient(), await f.patient()]
    return { winnerId: winner.id, loserId: loser.id, both: [winner.id, loser.id] }
  }
  const clerk = f.server.as(f.accounts[Role.REGISTRATION_CLERK])
  const propose = ({ winnerId, loserId }: { winnerId: string; loserId: string }): Promise<any> =>
    f.made('proposePatientMerge', { input: { winnerId, loserId, reason: REASON } }, clerk)
  const merging = async ({ winnerId, loserId }: { winnerId: string; loserId: string }): Promise<Record<string, unknown>> => {
    const [winnerVersion, loserVersion] = [await f.versionOf('patient', winnerId), await f.versionOf('patient', loserId)]
    return { winnerId, loserId, winnerVersion, loserVersion, reason: REASON, takeFromLoser: ['PHONE'] }
  }
  return {
    markNotDuplicates: async () => {
      const { winnerId, loserId, both } = await two()
      return {
        ask: () => f.call('markNotDuplicates', { patientId: winnerId, otherId: loserId }),
        leaves: [
          f.updated('Patient', { id: both.toSorted()[0]!, patients: both.toSorted(), facts: { notDuplicates: true } }),
          f.read([winnerId], 'Patient'),
        ],
      }
    },
    proposePatientMerge: async () => {
      const { winnerId, loserId, both } = await two()
      const by = f.accounts.REGISTRATION_CLERK.id
      const input = { winnerId, loserId, reason: REASON }
      return {
        ask: () => f.call('proposePatientMerge', { input }, clerk),
        leaves: ({ id }) => [
          { ...f.created('PatientMergeProposal', { id, patients: both }), by },
          { ...f.read([winnerId], 'PatientMergeProposal'), by },
        ],
      }
    },
    rejectPatientMergeProposal: async () => {
      const pair = await two()
      const { id } = await propose(pair)
      const input = { ...(await f.lockOf('patient_merge_proposal', id)), reason: REASON, notDuplicates: true }
      const sorted = pair.both.toSorted()
      return {
        ask: () => f.call('rejectPatientMergeProposal', { input }),
        leaves: [
          f.updated('PatientMergeProposal', { id, patients: pair.both, facts: { status: 'REJECTED' } }),
          f.updated('Patient', { id: sorted[0]!, patients: sorted, facts: { notDuplicates: true } }),
          f.read([pair.winnerId], 'PatientMergeProposal'),
        ],
      }
    },
    mergePatients: async () => {
      const pair = await two()
      await f.made('addPatientContact', { input: { patientId: pair.loserId, fullName: 'Zebedee Quill', phone: '+49 30 7654321' } })
      const { id: proposalId } = await propose(pair)
      const input = { ...(await merging(pair)), proposalId }
      return {
        ask: () => f.call('mergePatients', { input }),
        leaves: ({ id }) => [
          f.updated('PatientMergeProposal', { id: proposalId, patients: pair.both, facts: { status: 'ACCEPTED' } }),
          {
            action: 'MERGE',
            by: f.by,
            entity: 'PatientMerge',
            id,
            patients: pair.both,
            facts: { movedRows: expect.any(Number), takenFromLoser: ['PHONE'], overlaps: 0, doubles: 0 },
          },
          f.read([pair.winnerId], 'PatientMerge'),
        ],
      }
    },
    unmergePatients: async () => {
      const pair = await two()
      const { id } = await f.made('mergePatients', { input: await merging(pair) })
      const input = { mergeId: id, version: await f.versionOf('patient_merge', id), reason: REASON }
      const facts = { restored: expect.any(Number), left: expect.any(Number) }
      return {
        ask: () => f.call('unmergePatients', { input }),
        leaves: [
          { action: 'UNMERGE', by: f.by, entity: 'PatientMerge', id, patients: pair.both, facts },
          f.read([pair.winnerId], 'PatientMerge'),
        ],
      }
    },
  }
}
