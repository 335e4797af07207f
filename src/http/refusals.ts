import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import type { Logger } from 'pino'

import { ERROR_CODES, type ErrorCode } from '../graphql/errors.js'
import { typedFailure } from '../graphql/failures.js'
import { statusOf } from '../graphql/http-status.js'
import { currentRequest } from '../request-scope.js'

/**
 * Refusals outside of GraphQL, in GraphQL's shape: whatever a client asks, an answer that is not a success has
 * `errors[].extensions.code` (SECURITY D8).
 */
export function refusalBody(code: ErrorCode, message: string = ERROR_CODES[code]): string {
  const requestId = code === 'INTERNAL' ? currentRequest()?.requestId : undefined
  return JSON.stringify({ errors: [{ message, extensions: { code, ...(requestId && { requestId }) } }] })
}

/** Answers with a refusal. */
export function refuse(response: Response, status: number, code: ErrorCode, message?: string): void {
  response.status(status).type('application/json; charset=utf-8').send(refusalBody(code, message))
}

/** Refuses all methods but these (SECURITY D11). */
export function onlyMethods(...methods: readonly string[]): RequestHandler {
  const allow = methods.join(', ')
  return (request, response, next) => {
    if (methods.includes(request.method)) return next()
    response.setHeader('allow', allow)
    refuse(response, 405, 'BAD_REQUEST', `Only ${allow} may be used here.`)
  }
}

/** Whatever no route has taken. */
export const nothingHere: RequestHandler = (_request, response) => {
  refuse(response, 404, 'NOT_FOUND', 'There is nothing here.')
}

/** Texts for faults of a body or a path; those of the libraries repeat what was sent. */
const TEXTS: Readonly<Record<number, string>> = {
  400: 'The body is not valid JSON in UTF-8, or was cut off.',
  408: 'The body took too long to arrive.',
  413: 'The body is too large.',
  415: 'The body must be application/json in UTF-8, without content encoding.',
}

/** The last handler: makes a typed refusal of what a middleware threw. */
export function refuseOnError(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    if (response.headersSent) {
      response.destroy()
      return
    }
    const text = TEXTS[statusIn(error)]
    if (text !== undefined) return refuse(response, statusIn(error), 'BAD_REQUEST', text)
    if (statusIn(error) >= 400 && statusIn(error) < 500) return refuse(response, statusIn(error), 'BAD_REQUEST')

    const code = typedFailure(error)?.code ?? 'INTERNAL'
    if (code === 'INTERNAL') logger.error({ err: error, requestId: currentRequest()?.requestId }, 'unexpected error')
    const { status, headers } = statusOf(code, {})
    for (const [name, value] of headers) response.setHeader(name, value)
    refuse(response, status, code)
  }
}

function statusIn(error: unknown): number {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 0
}
