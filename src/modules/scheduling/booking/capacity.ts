import type { Actor } from '../../../access/actor.js'
import { isOutsideCare } from '../../../access/scope.js'
import { ForbiddenError, UnauthenticatedError } from '../../../graphql/errors.js'

/** As what somebody books: who works here may do what the rules leave to people; patients and their proxies are held to them (RULES A6). */
export type Capacity = 'STAFF' | 'PATIENT'

/**
 * As what the actor may change appointments of a patient.
 *
 * @param row a row of the patient that the actor reaches, with the mark of care where there is one
 * @throws ForbiddenError for who may only look at it: the till, a proxy without the right to act
 */
export function capacityFor(actor: Actor, patientId: string, row: unknown): Capacity {
  if (actor.reachesAny(['appointments.write'])) return 'STAFF'
  if (actor.can('appointments.write') && !isOutsideCare(row)) return 'STAFF'
  if (actor.can('appointments.book-own') && actor.actsForPatient(patientId)) return 'PATIENT'
  throw new ForbiddenError()
}

/** The account of the actor. */
export function accountOf({ identity }: Actor): string {
  if (!identity) throw new UnauthenticatedError()
  return identity.userId
}
