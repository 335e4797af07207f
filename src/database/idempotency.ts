import type { EntityManager } from '@mikro-orm/postgresql'
import { v7 as uuidv7 } from 'uuid'
import { BadUserInputError, ClinicError, UnauthenticatedError } from '../graphql/errors.js'
import { canonicalHash } from './canonical-json.js'
import type { WriteContext } from './unit-of-work.js'

const MOST_CHARACTERS = 200

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

/**
 * Runs `work` once for each key of an account: the same request again, also at the same time, gets the id that the first one made
 * (SECURITY C4). Call it at the beginning of the transaction: requests with one key wait for each other here.
 *
 * @typeParam Refusal `never`, when `work` has no other outcome than a row or an error
 * @param work makes one row and gives its id; anything else is an outcome that made nothing and leaves the key free
 * @throws ClinicError `CONFLICT` when the key was used for another input
 * @throws BadUserInputError when the key is empty or longer than 200 characters
 */
export async function once<Refusal extends object>(
  em: EntityManager,
  context: WriteContext,
  operation: string,
  input: { readonly idempotencyKey?: string | null },
  work: () => Promise<string | Refusal>,
): Promise<string | Refusal> {
  const request = idempotentRequest(context, operation, input)
  if (!request) return work()
  const { userId, key, inputHash } = request
  if (key.trim() === '' || key.length > MOST_CHARACTERS)
    throw new BadUserInputError([{ field: 'input.idempotencyKey', message: `must have 1 to ${MOST_CHARACTERS} characters` }])
  // Two requests with one key: the second waits until the first is through, and then sees what it has made.
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [idempotencyLock(request)])
  const [row] = await em.execute<IdempotencyRow[]>(
    'select input_hash as "inputHash", entity_id as "entityId" from idempotency_key where user_id = ? and operation = ? and key = ?',
    [userId, operation, key],
  )
  const earlier = firstAnswer(request, row ?? null)
  if (earlier !== null) return earlier
  const made = await work()
  if (typeof made === 'string')
    await em.execute(
      'insert into idempotency_key (id, user_id, operation, key, input_hash, entity_id, created_at) values (?, ?, ?, ?, ?, ?, now())',
      [uuidv7(), userId, operation, key, inputHash, made],
    )
  return made
}
