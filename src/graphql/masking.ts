import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql'
import type { Logger } from 'pino'

import { currentRequest } from '../request-scope.js'
import { ERROR_CODES, ClinicError, BadUserInputError, type ErrorCode, type FieldProblem } from './errors.js'
import { chainOf, typedFailure } from './failures.js'

/**
 * Makes of every error what may leave the server (SECURITY D8): a code from the table, a sentence, and for what we did not foresee a
 * request id and nothing else. The original goes to the log, cut down to what holds no data.
 */
export function errorMask(logger: Logger) {
  return function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
    const position = {
      ...(formatted.locations && { locations: formatted.locations }),
      ...(formatted.path && { path: formatted.path }),
    }
    const known = documentError(formatted, error) ?? argumentError(error) ?? typedFailure(error)
    if (known instanceof ClinicError) return { message: known.message, ...position, extensions: extensionsOf(known) }
    if (known !== undefined) return { ...position, ...known }

    const requestId = currentRequest()?.requestId
    logger.error({ err: origin(error), requestId, field: formatted.path?.join('.') }, 'unexpected error')
    return { message: ERROR_CODES.INTERNAL, ...position, extensions: { code: 'INTERNAL', ...(requestId && { requestId }) } }
  }
}

/** Without `http`, which says status and headers to Apollo Server. */
function extensionsOf(error: ClinicError): Record<string, unknown> {
  const { http: _, ...extensions } = error.extensions
  return { ...extensions, ...(error.code === 'UNAVAILABLE' && { requestId: currentRequest()?.requestId }) }
}

/** The deepest error: the one that was thrown, without GraphQL's wrapping. */
function origin(error: unknown): unknown {
  let deepest = error
  for (const link of chainOf(error)) {
    if (!(deepest instanceof GraphQLError)) break
    deepest = link
  }
  return deepest
}

/** Codes that Apollo Server gives to errors of a request or document, before anything ran. */
const BEFORE_EXECUTION: Readonly<Record<string, ErrorCode>> = {
  BAD_REQUEST: 'BAD_REQUEST',
  OPERATION_RESOLUTION_FAILURE: 'BAD_REQUEST',
  GRAPHQL_PARSE_FAILED: 'GRAPHQL_PARSE_FAILED',
  GRAPHQL_VALIDATION_FAILED: 'GRAPHQL_VALIDATION_FAILED',
  PERSISTED_QUERY_NOT_SUPPORTED: 'PERSISTED_QUERY_NOT_SUPPORTED',
}
/** Longer messages repeat what the client wrote; nobody reads that far. */
const MAX_MESSAGE = 300

function documentError(
  formatted: GraphQLFormattedError,
  error: unknown,
): Pick<GraphQLFormattedError, 'message' | 'extensions'> | undefined {
  if (!(error instanceof GraphQLError) || error.path !== undefined) return undefined
  for (const link of chainOf(error)) if (link instanceof ClinicError) return undefined
  const code = BEFORE_EXECUTION[String(formatted.extensions?.['code'])]
  if (code === undefined) return undefined
  const message = refersToValue(error) ? withoutValue(error.message) : error.message.trim()
  return { message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message, extensions: { code } }
}

/** Whether a validation error is about a literal in the document, whose text graphql-js then repeats. */
function refersToValue(error: GraphQLError): boolean {
  const kind = error.nodes?.[0]?.kind
  return kind?.endsWith('Value') === true || kind === Kind.OBJECT_FIELD
}

const VALUE_FREE = /^Field "\w+\.?\w*" (?:of required type "[^"]+" was not provided|is not defined by type "\w+")\./

function withoutValue(message: string): string {
  const safe = VALUE_FREE.exec(message)?.[0]
  if (safe !== undefined) return safe
  const expected =
    /^Expected value of type "([\w[\]!]+)"/.exec(message)?.[1] ?? /^(Int|Float|String|Boolean|ID) cannot represent/.exec(message)?.[1]
  const enumName = /(?:Enum "(\w+)" cannot represent|does not exist in "(\w+)" enum)/.exec(message)
  const type = expected ?? enumName?.[1] ?? enumName?.[2]
  return type === undefined ? 'A value in the document does not fit its type.' : `A value in the document is not a valid ${type}.`
}

/** Marks the error that stands for all problems of the variables; `graphql/server.ts` fills in the fields. */
export const WRONG_VARIABLES = 'The variables are wrong.'
const TOO_MANY_WRONG = 'Too many errors processing variables'
const ARGUMENT = /^Argument "(\w+)" (?:has invalid value|of (?:required|non-null) type)/

/** Errors of variables and arguments that only execution finds, and the validator's. */
function argumentError(error: unknown): ClinicError | undefined {
  for (const link of chainOf(error)) {
    if (link instanceof ClinicError) return link
    if (!(link instanceof GraphQLError)) continue
    const problems = link.extensions['validationErrors']
    if (Array.isArray(problems)) return new BadUserInputError(problems.flatMap((problem) => validatorProblems(problem, '')))
    const ofVariables = link.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION || link.message.startsWith(TOO_MANY_WRONG)
    if (ofVariables && link.path === undefined) return new BadUserInputError([], WRONG_VARIABLES)
    const argument = link.originalError === undefined ? ARGUMENT.exec(link.message)?.[1] : undefined
    if (argument !== undefined) return new BadUserInputError([{ field: argument, message: 'is missing or has the wrong type' }])
  }
  return undefined
}

/** The problems of class-validator, flattened. They carry the refused object itself, so nothing else of them may leave. */
function validatorProblems(problem: unknown, prefix: string): FieldProblem[] {
  if (typeof problem !== 'object' || problem === null) return []
  const { property, constraints, children } = problem as { property?: unknown; constraints?: Record<string, string>; children?: unknown[] }
  const field = `${prefix}${String(property)}`
  const own = Object.values(constraints ?? {}).map((message) => ({ field, message }))
  return [...own, ...(children ?? []).flatMap((child) => validatorProblems(child, `${field}.`))]
}
