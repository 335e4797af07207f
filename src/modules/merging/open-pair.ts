import type { EntityManager } from '@mikro-orm/postgresql'
import type { WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, NotFoundError } from '../../graphql/errors.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { mergedAway } from '../patients/open-patient.js'
import { Patient } from '../patients/patient.entity.js'
import type { Pair } from './merge-work.js'

/** How long the reason of a merge, its undoing or its proposal is. */
export const MERGE_REASON = { least: 10, most: 2000 }

/**
 * Both records within the actor's reach, neither merged away.
 * @throws ClinicError `CONFLICT` when one was merged into another one
 */
export async function openPair(
  em: EntityManager,
  reach: RowReach,
  context: WriteContext,
  { winnerId, loserId }: Pair,
): Promise<{ winner: Patient; loser: Patient }> {
  for (const id of [winnerId, loserId]) await reach.require(em, context.actor, Patient, id)
  if (winnerId.toLowerCase() === loserId.toLowerCase())
    throw new BadUserInputError([{ field: 'input.loserId', message: 'is the same record' }])
  const [winner, loser] = [await em.findOne(Patient, { id: winnerId }), await em.findOne(Patient, { id: loserId })]
  if (!winner || !loser) throw new NotFoundError()
  if (winner.mergedInto != null || loser.mergedInto != null) throw mergedAway()
  return { winner, loser }
}
