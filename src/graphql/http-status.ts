import { HeaderMap } from '@apollo/server'
import { GraphQLError } from 'graphql'

import { typedFailure } from './failures.js'

/** Seconds after which a client may try again when the database was away. */
const RETRY_AFTER = 2

const STATUSES: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
}

/** Status and headers for a whole request that was refused with a code; 400 where HTTP has no better word. */
export function statusOf(code: string, extensions: Readonly<Record<string, unknown>>): { status: number; headers: HeaderMap } {
  const headers = new HeaderMap()
  if (code === 'UNAUTHENTICATED') headers.set('www-authenticate', 'Bearer realm="clinic"')
  if (code === 'UNAVAILABLE') headers.set('retry-after', String(RETRY_AFTER))
  const { retryAfterSeconds } = extensions
  if (code === 'RATE_LIMITED') headers.set('retry-after', String(typeof retryAfterSeconds === 'number' ? retryAfterSeconds : RETRY_AFTER))
  return { status: STATUSES[code] ?? 400, headers }
}

/**
 * Gives an error that ends the whole request its HTTP status, in the way Apollo Server reads it. Errors of single fields need none: the
 * answer is 200 and holds what could be answered.
 */
export function httpStatus(error: unknown): unknown {
  const failure = error instanceof GraphQLError ? error : typedFailure(error)
  const code = failure?.extensions['code']
  if (failure === undefined || typeof code !== 'string') return error
  failure.extensions['http'] = statusOf(code, failure.extensions)
  return failure
}
