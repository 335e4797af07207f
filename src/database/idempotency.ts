import { canonicalHash } from './canonical-json.js'
import type { WriteContext } from './unit-of-work.js'
import { ClinicError, UnauthenticatedError } from '../graphql/errors.js'

/** A request that may be sent several times and is to be answered once (SECURITY C4). */
export interface IdempotentRequest {
  readonly userId: string
  readonly operation: string
  readonly key: string
  readonly inputHash: string
}

/** What such a request has made before. */
export interface IdempotencyRow {
  readonly entityId: string
  readonly inputHash: string
}

/** The idempotent request of a use case; `null` when the client gave no key. Keys are the user's own. */
export function idempotentRequest(
  { actor }: WriteContext,
  operation: string,
  { idempotencyKey, ...input }: { readonly idempotencyKey?: string | null },
): IdempotentRequest | null {
  if (idempotencyKey == null) return null
  if (!actor.identity) throw new UnauthenticatedError()
  // What is not given and what is given as null mean the same.
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value != null))
  return { userId: actor.identity.userId, operation, key: idempotencyKey, inputHash: canonicalHash(given) }
}

/** The name of the lock under which the request is answered. */
export const idempotencyLock = ({ userId, operation, key }: IdempotentRequest): string =>
  `answer ${canonicalHash([userId, operation, key])}`

/**
 * The id of the row that the request made before; `null` when it is the first.
 * @throws ClinicError `CONFLICT` when the key was used with another input
 */
export function firstAnswer(request: IdempotentRequest | null, row: IdempotencyRow | null): string | null {
  if (!request || !row) return null
  if (row.inputHash !== request.inputHash)
    throw new ClinicError('CONFLICT', 'This idempotency key was used with another input: take a new key for a new request.')
  return row.entityId
}
