import { GraphQLError } from 'graphql'

import { BadUserInputError, ClinicError, UnavailableError } from './errors.js'

/** An error and what it was made from: GraphQL's `originalError`, JavaScript's `cause`. */
export function* chainOf(error: unknown): Generator<Error> {
  const seen = new Set<unknown>()
  let current: unknown = error
  while (current instanceof Error && !seen.has(current)) {
    seen.add(current)
    yield current
    current = (current instanceof GraphQLError ? current.originalError : undefined) ?? current.cause
  }
}

/** SQLSTATE classes and codes, and codes of the system, after which the same request may well succeed later. */
const PASSING_CODES =
  /^(?:08\w{3}|53\w{3}|57P0[1-5]|57014|40001|40P01|55P03|25P03|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/
/** The PostgreSQL driver and its pool give these no code. */
const PASSING_MESSAGES = new Set([
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
])
/** Raised by the trigger that keeps what is new away from a patient who was merged into another (RULES P4). */
const MERGED_PATIENT = 'CL001'
/** Text with NUL or with half a character, which PostgreSQL cannot keep. */
const UNSTORABLE_TEXT = new Set(['22021', '22P05'])

/**
 * The typed error that an unexpected one stands for, or nothing when it is a fault of ours.
 * A database that is away, full or too slow is `UNAVAILABLE`: the client may try again (SECURITY R2).
 */
export function typedFailure(error: unknown): ClinicError | undefined {
  for (const link of chainOf(error)) {
    if (link instanceof ClinicError) return link
    const code = 'code' in link && typeof link.code === 'string' ? link.code : ''
    if (UNSTORABLE_TEXT.has(code)) return new BadUserInputError([], 'The input holds characters that cannot be stored.')
    if (code === MERGED_PATIENT)
      return new ClinicError('CONFLICT', 'This patient was merged into another one: use that one (`mergedInto`).')
    if (PASSING_CODES.test(code) || PASSING_MESSAGES.has(link.message)) return new UnavailableError()
  }
  return undefined
}
