import { Role } from './roles.js'

/** The roles that staff can have. Who is a patient is decided by the chart behind an account, not by giving a role. */
export const STAFF_ROLES: readonly Role[] = Object.values(Role).filter((role) => role !== Role.PATIENT)

/** Which roles the holder of a role gives and takes; whoever is not named gives none. */
export const GIVES: Readonly<Partial<Record<Role, readonly Role[]>>> = {
  OWNER: STAFF_ROLES,
  ADMIN: STAFF_ROLES.filter((role) => role !== Role.OWNER && role !== Role.ADMIN),
}

/** Whether somebody with the roles `giver` may give, and so also take, each of `roles`. */
export function mayGive(giver: readonly Role[], roles: readonly Role[]): boolean {
  return roles.every((role) => giver.some((held) => GIVES[held]?.includes(role)))
}

/** What a change of roles adds and takes away. */
export function roleChange(before: readonly Role[], after: readonly Role[]): { added: Role[]; removed: Role[] } {
  return { added: after.filter((role) => !before.includes(role)), removed: before.filter((role) => !after.includes(role)) }
}
