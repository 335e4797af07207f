import { LockMode, type EntityManager } from '@mikro-orm/postgresql'
import { ClinicError, UnauthenticatedError } from '../../graphql/errors.js'
import type { WriteContext } from '../../database/unit-of-work.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { Patient } from './patient.entity.js'

/**
 * A patient whose record is about to be changed, locked until the transaction ends.
 *
 * @throws NotFoundError outside of the actor's reach
 * @throws ClinicError `CONFLICT` when the record was merged into another one
 */
export async function openPatient(em: EntityManager, reach: RowReach, context: WriteContext, id: string): Promise<Patient> {
  await reach.require(em, context.actor, Patient, id)
  const patient = await em.findOneOrFail(Patient, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
  if (patient.mergedInto != null) throw mergedAway()
  return patient
}

/** Nothing is written about a record that was merged into another one (RULES P4). */
export const mergedAway = (): ClinicError =>
  new ClinicError('CONFLICT', 'This record was merged into another one: use that one (`mergedInto`).')

/** The account that acts. */
export function actorId({ actor }: WriteContext): string {
  if (!actor.identity) throw new UnauthenticatedError()
  return actor.identity.userId
}
