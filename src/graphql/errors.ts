import { GraphQLError } from 'graphql'

/**
 * Every stable `extensions.code` a client can meet, with the HTTP-free meaning of each.
 * This table is the only place where codes are named; `docs/errors.md` is made from it.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: 'Sign in first: there is no valid access token.',
  SECOND_FACTOR_REQUIRED: 'The password is right; send the code of the second factor as well.',
  PASSWORD_CHANGE_REQUIRED: 'Change the password first: it was set by somebody else.',
  FORBIDDEN: 'Your role does not allow this field or action.',
  NOT_FOUND: 'There is no such row among those you may see.',
  BAD_USER_INPUT: 'The input is wrong; `extensions.fields` says where and why.',
  CONFLICT: 'Another change or row stands against this one.',
  STALE_VERSION: 'Someone changed this row after you read it; read it again.',
  INVALID_TRANSITION: 'The status cannot move from where it is to where you asked.',
  RATE_LIMITED: 'Too many attempts; wait before trying again.',
  TOO_EXPENSIVE: 'The operation asks for more than one request may.',
  UNAVAILABLE: 'The server cannot answer for the moment; try again.',
  MISSED_EVENTS: 'Something has changed that could not be told; read again what you show.',
  INTERNAL: 'Something failed on our side; quote the request id.',
  BAD_REQUEST: 'The HTTP request is not a GraphQL request this server takes.',
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema.',
  PERSISTED_QUERY_NOT_SUPPORTED: 'Send the document itself: the server keeps none.',
} as const

/** One of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES

/** Why one input field was refused: its path (`input.birthDate`) and a sentence for a person. */
export interface FieldProblem {
  field: string
  message: string
}

/** Base of all errors whose message may leave the server. Anything else is masked as `INTERNAL`. */
export class ClinicError extends GraphQLError {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string = ERROR_CODES[code], extensions: Record<string, unknown> = {}) {
    super(message, { extensions: { code, ...extensions } })
    this.name = new.target.name
    this.code = code
  }
}

/** No valid session. */
export class UnauthenticatedError extends ClinicError {
  constructor(message?: string) {
    super('UNAUTHENTICATED', message)
  }
}

/** The role does not allow it. */
export class ForbiddenError extends ClinicError {
  constructor(message?: string) {
    super('FORBIDDEN', message)
  }
}

/** Missing, or outside the actor's rows: both look alike (SECURITY A6). */
export class NotFoundError extends ClinicError {
  constructor(message?: string) {
    super('NOT_FOUND', message)
  }
}

/** Input that is well formed for GraphQL and still wrong; carries the fields. Values are never repeated. */
export class BadUserInputError extends ClinicError {
  constructor(fields: FieldProblem[], message?: string) {
    super('BAD_USER_INPUT', message ?? fields.map((problem) => `${problem.field}: ${problem.message}`).join('; '), { fields })
  }
}

/** Too many attempts; `retryAfterSeconds` says how long to wait. */
export class RateLimitedError extends ClinicError {
  constructor(retryAfterSeconds: number) {
    super('RATE_LIMITED', undefined, { retryAfterSeconds })
  }
}

/** The server cannot answer for the moment (database away, shutting down). */
export class UnavailableError extends ClinicError {
  constructor(message?: string) {
    super('UNAVAILABLE', message)
  }
}

/** Nobody waits for the answer any more, so no work is begun for it (SECURITY D12). */
export class ClientGoneError extends UnavailableError {
  constructor() {
    super('The client has gone.')
  }
}
