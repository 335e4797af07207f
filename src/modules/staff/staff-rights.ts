import type { EntityManager } from '@mikro-orm/postgresql'
import { mayGive } from '../../access/role-giving.js'
import { capabilitiesOf } from '../../access/capabilities.js'
import { Role } from '../../access/roles.js'
import { lock } from '../../database/locks.js'
import type { WriteContext } from '../../database/unit-of-work.js'
import { ClinicError, ForbiddenError } from '../../graphql/errors.js'
import { User } from '../identity/user.entity.js'

/**
 * Rights change one at a time, and the actor's own are read again under the lock: of two owners who take each other's role at once, the
 * second is no longer one.
 *
 * @returns the actor's account as it stands now
 * @throws ForbiddenError when the actor no longer manages staff
 */
export async function lockRights(em: EntityManager, { actor }: WriteContext): Promise<User> {
  await lock(em, 'rights')
  const user = actor.identity && (await em.findOne(User, { id: actor.identity.userId, active: true }))
  if (!user || !capabilitiesOf(user.roles).includes('staff.write')) throw new ForbiddenError()
  return user
}

/** @throws ForbiddenError when the giver could not have given each of the roles, so may not take them either */
export function requireMayGive(giver: User, roles: readonly Role[]): void {
  if (!mayGive(giver.roles, roles)) throw new ForbiddenError('You cannot give or take a role that only somebody above you gives.')
}

/** @throws ForbiddenError when the account is an owner's and the actor is none */
export function requireMayChange(actor: User, account: User | null): void {
  if (account?.roles.includes(Role.OWNER) && !actor.roles.includes(Role.OWNER)) throw new ForbiddenError('Only an owner changes an owner.')
}

/**
 * Run under the lock of rights, before an owner loses the role or the account.
 * @throws ClinicError `CONFLICT` when the account is the last active owner
 */
export async function requireAnotherOwner(em: EntityManager, account: User): Promise<void> {
  if (!account.active || !account.roles.includes(Role.OWNER)) return
  const others = await em.count(User, { active: true, roles: { $contains: [Role.OWNER] }, id: { $ne: account.id } })
  if (others === 0) throw new ClinicError('CONFLICT', 'The clinic must keep an active owner: appoint another one first.')
}
