import { LockMode, ref, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Clock } from '../../clock.js'
import { lock } from '../../database/locks.js'
import { requireVersion, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { ClinicError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { User } from '../identity/user.entity.js'
import { actorId, mergedAway } from '../patients/open-patient.js'
import { Patient } from '../patients/patient.entity.js'
import type { MergePatientsInput, UnmergePatientsInput } from './merge.inputs.js'
import { excuseOverlaps, giveBack, moveAll, overlapsOf, takeOver, type Pair } from './merge-work.js'
import { MERGE_REASON, openPair } from './open-pair.js'
import { PatientMerge } from './patient-merge.entity.js'
import { acceptProposal } from './proposal.service.js'
import { noteGivenBack, settleDoubles } from './settle-doubles.js'

/** Merges two records of one person, and takes it back (RULES P4). One merge runs at a time in the whole clinic. */
export class MergeService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #clock: Clock
  readonly #forgetAll: () => void

  /** @param forgetAll makes this process read accounts anew: a patient of the portal may now see another record */
  constructor(work: UnitOfWork, reach: RowReach, clock: Clock, forgetAll: () => void) {
    this.#work = work
    this.#reach = reach
    this.#clock = clock
    this.#forgetAll = forgetAll
  }

  /**
   * Moves everything that refers to the loser to the winner, row by row into a log. Nothing is deleted: the loser stays readable, points to
   * the winner and takes nothing new.
   *
   * @returns the id of the merge
   * @throws ClinicError `CONFLICT` when one of the two was merged already, when active appointments overlap and no reason is given, or
   *   when a row of both can stand only once
   */
  async merge(context: WriteContext, input: MergePatientsInput): Promise<string> {
    const checks = new InputChecks()
    const reason = checks.text('reason', input.reason, MERGE_REASON)
    const overlapReason = checks.optionalText('overlapReason', input.overlapReason, MERGE_REASON) ?? null
    checks.done()
    const id = await this.#work.run(context, async (transaction) => {
      const { em, audit } = transaction
      await lock(em, 'merging')
      const { winner, loser } = await this.#pair(em, context, input)
      requireVersion(winner, input.winnerVersion)
      requireVersion(loser, input.loserVersion)
      const pair = { winnerId: winner.id, loserId: loser.id }
      const merge = new PatientMerge()
      const mergedBy = ref(em.getReference(User, actorId(context)))
      Object.assign(merge, { winner: ref(winner), loser: ref(loser), reason, overlapReason, mergedBy })
      em.persist(merge)
      await em.flush()
      const overlaps = await overlapsOf(em, pair)
      if (overlaps.length > 0 && overlapReason === null)
        throw new ClinicError('CONFLICT', 'Both have an active appointment at the same time: cancel one, or give `overlapReason`.')
      if (overlapReason !== null) await excuseOverlaps(em, merge.id, pair, overlapReason)
      const takeFromLoser = new Set(input.takeFromLoser)
      await takeOver(em, merge.id, pair, takeFromLoser)
      const settling = { mergeId: merge.id, pair, userId: actorId(context), at: this.#clock() }
      const doubles = await settleDoubles(transaction, settling)
      merge.movedRows = await withoutCollision(() => moveAll(em, merge.id, pair))
      loser.mergedInto = ref(winner)
      // Whoever read the winner before has read another record.
      winner.updatedAt = this.#clock()
      if (input.proposalId != null) await acceptProposal(transaction, this.#reach, context, input.proposalId, merge, this.#clock())
      audit({
        action: AuditAction.MERGE,
        entity: 'PatientMerge',
        entityId: merge.id,
        patientIds: [winner.id, loser.id],
        facts: { movedRows: merge.movedRows, takenFromLoser: [...takeFromLoser], overlaps: overlaps.length, doubles },
      })
      return merge.id
    })
    this.#forgetAll()
    return id
  }

  /**
   * Gives everything back as the log has it. What was entered for the winner since stays with the winner, and a value that was changed
   * again since stays as it is.
   *
   * @throws ClinicError `CONFLICT` while a later merge of one of the two stands: merges are undone in the reverse order
   */
  async unmerge(context: WriteContext, input: UnmergePatientsInput): Promise<void> {
    const checks = new InputChecks()
    const undoReason = checks.text('reason', input.reason, MERGE_REASON)
    checks.done()
    await this.#work.run(context, async (transaction) => {
      const { em, audit } = transaction
      await lock(em, 'merging')
      await this.#reach.require(em, context.actor, PatientMerge, input.mergeId)
      const merge = await em.findOneOrFail(PatientMerge, { id: input.mergeId }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      requireVersion(merge, input.version)
      if (merge.undoneAt != null) throw new ClinicError('INVALID_TRANSITION', 'It was undone already.')
      const [winner, loser] = [await lockPatient(em, merge.winner.id), await lockPatient(em, merge.loser.id)]
      const pair = [winner.id, loser.id]
      const later = await em.count(PatientMerge, {
        undoneAt: null,
        id: { $ne: merge.id },
        createdAt: { $gte: merge.createdAt },
        $or: [{ winner: { $in: pair } }, { loser: { $in: pair } }],
      })
      if (later > 0) throw new ClinicError('CONFLICT', 'A later merge of these patients stands: undo that first.')
      loser.mergedInto = null
      winner.updatedAt = this.#clock()
      Object.assign(merge, { undoneAt: this.#clock(), undoneBy: ref(em.getReference(User, actorId(context))), undoReason })
      await em.flush()
      const { restored, left } = await withoutCollision(() => giveBack(em, merge.id))
      const ids = { winnerId: winner.id, loserId: loser.id }
      await noteGivenBack(transaction, { mergeId: merge.id, pair: ids, userId: actorId(context), at: this.#clock() })
      audit({ action: AuditAction.UNMERGE, entity: 'PatientMerge', entityId: merge.id, patientIds: pair, facts: { restored, left } })
    })
    this.#forgetAll()
  }

  /** Both records, locked in the order of their ids so that no two merges wait for each other; neither merged away. */
  async #pair(em: EntityManager, context: WriteContext, pair: Pair): Promise<{ winner: Patient; loser: Patient }> {
    const { winner, loser } = await openPair(em, this.#reach, context, pair)
    for (const id of [winner.id, loser.id].toSorted()) await lockPatient(em, id)
    if (winner.mergedInto != null || loser.mergedInto != null) throw mergedAway()
    return { winner, loser }
  }
}

const lockPatient = (em: EntityManager, id: string): Promise<Patient> =>
  em.findOneOrFail(Patient, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true })

/** Unique and exclusion constraints have the last word: the merge stops there, and says what is in the way. */
async function withoutCollision<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const { code, table } = error as { code?: unknown; table?: unknown }
    if (code === '23505' || code === '23P01')
      throw new ClinicError('CONFLICT', `Both have a row of "${String(table)}" of which only one can stand: settle that first.`)
    throw error
  }
}
