import { LockMode, ref, UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Clock } from '../../clock.js'
import { requireVersion, type Transaction, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ClinicError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { User } from '../identity/user.entity.js'
import { actorId } from '../patients/open-patient.js'
import type { DuplicateService } from '../patients/duplicate.service.js'
import type { ProposePatientMergeInput, RejectPatientMergeProposalInput } from './merge.inputs.js'
import { MERGE_REASON, openPair } from './open-pair.js'
import { MERGE_PROPOSAL_TRANSITIONS, MergeProposalStatus, PatientMergeProposal } from './patient-merge-proposal.entity.js'
import type { PatientMerge } from './patient-merge.entity.js'

/** The front desk proposes merges, those who may merge decide (RULES P4). */
export class MergeProposalService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #duplicates: DuplicateService
  readonly #clock: Clock

  constructor(work: UnitOfWork, reach: RowReach, duplicates: DuplicateService, clock: Clock) {
    this.#work = work
    this.#reach = reach
    this.#duplicates = duplicates
    this.#clock = clock
  }

  /**
   * Proposes a merge; returns the id of the proposal.
   * @throws ClinicError `CONFLICT` when one of the two was merged already, or the pair is proposed already
   */
  async propose(context: WriteContext, input: ProposePatientMergeInput): Promise<string> {
    const checks = new InputChecks()
    const reason = checks.text('reason', input.reason, MERGE_REASON)
    checks.done()
    return this.#work.run(context, async ({ em, audit }) => {
      const { winner, loser } = await openPair(em, this.#reach, context, input)
      const proposal = new PatientMergeProposal()
      const proposedBy = ref(em.getReference(User, actorId(context)))
      Object.assign(proposal, { winner: ref(winner), loser: ref(loser), reason, proposedBy })
      em.persist(proposal)
      const patientIds = [winner.id, loser.id]
      audit({ action: AuditAction.CREATE, entity: 'PatientMergeProposal', entityId: proposal.id, patientIds })
      try {
        await em.flush()
      } catch (error) {
        if (error instanceof UniqueConstraintViolationException) throw new ClinicError('CONFLICT', 'These two are proposed already.')
        throw error
      }
      return proposal.id
    })
  }

  /** Rejects a proposal; on request the two are remembered as two people in the same transaction, so that they stand on no list again. */
  async reject(context: WriteContext, input: RejectPatientMergeProposalInput): Promise<void> {
    const checks = new InputChecks()
    const decisionReason = checks.text('reason', input.reason, { most: MERGE_REASON.most })
    checks.done()
    await this.#work.run(context, async (transaction) => {
      const { em, audit } = transaction
      const proposal = await openProposal(em, this.#reach, context, input.id)
      requireVersion(proposal, input.version)
      decide(em, proposal, context, MergeProposalStatus.REJECTED, this.#clock())
      proposal.decisionReason = decisionReason
      const patientIds = [proposal.winner.id, proposal.loser.id]
      const facts = { status: proposal.status }
      audit({ action: AuditAction.UPDATE, entity: 'PatientMergeProposal', entityId: proposal.id, patientIds, facts })
      if (input.notDuplicates) await this.#duplicates.tellApartWithin(transaction, context, proposal.winner.id, proposal.loser.id)
    })
  }
}

/** Marks a proposal as accepted by a merge of the same two records, whichever of them goes on. */
export async function acceptProposal(
  { em, audit }: Transaction,
  reach: RowReach,
  context: WriteContext,
  id: string,
  merge: PatientMerge,
  now: Date,
): Promise<void> {
  const proposal = await openProposal(em, reach, context, id)
  const merged = [merge.winner.id, merge.loser.id]
  if (!merged.includes(proposal.winner.id) || !merged.includes(proposal.loser.id))
    throw new BadUserInputError([{ field: 'input.proposalId', message: 'is about other patients' }])
  decide(em, proposal, context, MergeProposalStatus.ACCEPTED, now)
  proposal.merge = ref(merge)
  audit({
    action: AuditAction.UPDATE,
    entity: 'PatientMergeProposal',
    entityId: proposal.id,
    patientIds: merged,
    facts: { status: proposal.status },
  })
}

async function openProposal(em: EntityManager, reach: RowReach, context: WriteContext, id: string): Promise<PatientMergeProposal> {
  await reach.require(em, context.actor, PatientMergeProposal, id)
  return em.findOneOrFail(PatientMergeProposal, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
}

function decide(
  em: EntityManager,
  proposal: PatientMergeProposal,
  context: WriteContext,
  status: MergeProposalStatus,
  decidedAt: Date,
): void {
  if (!MERGE_PROPOSAL_TRANSITIONS[proposal.status].includes(status))
    throw new ClinicError('INVALID_TRANSITION', 'The proposal was decided already.')
  Object.assign(proposal, { status, decidedAt, decidedBy: ref(em.getReference(User, actorId(context))) })
}
