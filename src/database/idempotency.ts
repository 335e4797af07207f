import type { EntityManager } from '@mikro-orm/postgresql'
import { canonicalHash } from '../canonical-json.js'
import { BadUserInputError, ClinicError, UnauthenticatedError } from '../graphql/errors.js'
import type { WriteContext } from './unit-of-work.js'

const MOST_CHARACTERS = 200

/** A request that may arrive more than once: after a lost answer, from a button that was pressed twice. */
export interface KeyedRequest {
  /** The field of `Mutation`. */
  readonly operation: string
  /** Chosen by the client; without one nothing is remembered. */
  readonly key: string | null | undefined
  /** The whole input as the client sent it; the key itself may be in it. */
  readonly input: unknown
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
  { operation, key, input }: KeyedRequest,
  work: () => Promise<string | Refusal>,
): Promise<string | Refusal> {
  if (key == null) return work()
  if (key.trim() === '' || key.length > MOST_CHARACTERS)
    throw new BadUserInputError([{ field: 'input.idempotencyKey', message: `must have 1 to ${MOST_CHARACTERS} characters` }])
  const userId = context.actor.identity?.userId
  if (userId === undefined) throw new UnauthenticatedError()
  // Two requests with one key: the second waits until the first is through, and then sees what it has made.
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [JSON.stringify(['once', userId, operation, key])])
  const hash = canonicalHash(input)
  const [earlier] = await em.execute<{ input_hash: string; entity_id: string }[]>(
    'select input_hash, entity_id from idempotency_key where user_id = ? and operation = ? and key = ?',
    [userId, operation, key],
  )
  if (earlier) {
    if (earlier.input_hash !== hash) throw new ClinicError('CONFLICT', 'This key was used for another input already.')
    return earlier.entity_id
  }
  const made = await work()
  if (typeof made === 'string')
    await em.execute('insert into idempotency_key (user_id, operation, key, input_hash, entity_id) values (?, ?, ?, ?, ?)', [
      userId,
      operation,
      key,
      hash,
      made,
    ])
  return made
}
