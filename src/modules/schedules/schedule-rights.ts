import { LockMode, type EntityManager } from '@mikro-orm/postgresql'
import type { Actor } from '../../access/actor.js'
import type { WriteContext } from '../../database/unit-of-work.js'
import { NotFoundError, UnauthenticatedError } from '../../graphql/errors.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { Doctor } from '../doctors/doctor.entity.js'

/**
 * Whose hours the actor may change: management everybody's, a doctor their own.
 * @throws NotFoundError for those of others, whose hours they may not see either
 */
export function requireMayPlan(actor: Actor, doctorId: string): void {
  if (!actor.can('schedules.write') && actor.identity?.doctorId !== doctorId.toLowerCase()) throw new NotFoundError()
}

/**
 * The doctor whose hours are about to change. Locked, so that two changes at once see each other.
 * @throws NotFoundError when there is no such doctor, or the actor may not change their hours
 */
export async function doctorToPlan(em: EntityManager, { actor }: WriteContext, reach: RowReach, doctorId: string): Promise<Doctor> {
  await reach.require(em, actor, Doctor, doctorId)
  requireMayPlan(actor, doctorId)
  return em.findOneOrFail(Doctor, { id: doctorId }, { lockMode: LockMode.PESSIMISTIC_WRITE })
}

/** The account that acts. */
export function actorId({ actor }: WriteContext): string {
  if (!actor.identity) throw new UnauthenticatedError()
  return actor.identity.userId
}
