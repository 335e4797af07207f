import { randomUUID } from 'node:crypto'
import type { RequestHandler, Request, Response } from 'express'
import type { Logger } from 'pino'

import type { HttpCookies } from './cookies.js'
import type { CookieUse } from './forgery.js'
import { currentRequest, runInRequest, type RequestScope } from '../request-scope.js'

/** What of an HTTP request the rest of the server may know. */
export interface IncomingRequestFacts {
  /** Token of `Authorization: Bearer`, unchecked. */
  readonly bearerToken: string | undefined
  /** What the browser sent, and the answer will set. */
  readonly cookies: HttpCookies
  /** Cookies do not count: the request is about signing in anew. */
  readonly ignoreCookies: boolean
  /** Proven CSRF token of a cookie request that can change something. */
  readonly csrfToken: string | undefined
  readonly requestId: string
  /** Address of the client; behind trusted proxies the one they forward. */
  readonly remoteAddress: string
  readonly userAgent: string | undefined
  /** Fires when the client is gone before the answer was sent (SECURITY D12). */
  readonly signal: AbortSignal
}

/** A request id that may be taken over from a proxy: it goes into headers and logs. */
const WELL_FORMED_ID = /^[\w.-]{8,64}$/
const BEARER = /^Bearer +([\w.~+/=-]+) *$/i
/** Characters kept of what a client calls itself. */
export const MAX_USER_AGENT = 200

/** The token of `Authorization: Bearer`; anything else in that header is nobody's. */
export function bearerTokenOf(request: Request): string | undefined {
  return bearerTokenIn(request.headers.authorization)
}

/** The token in the text of such a header. */
export function bearerTokenIn(authorization: string | undefined): string | undefined {
  return BEARER.exec(authorization ?? '')?.[1]
}

/** Reads the facts of a request that runs within {@link requestScope}. */
export function factsOf(request: Request, response: Response, cookieUse: CookieUse): IncomingRequestFacts {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  return {
    ...cookieUse,
    bearerToken: bearerTokenOf(request),
    requestId: currentRequest()?.requestId ?? '',
    remoteAddress: request.ip ?? '',
    userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT),
    signal: gone.signal,
  }
}

/** Names every request, and writes one line when it is over: never headers, variables or bodies. */
export function requestScope(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const asked = request.headers['x-request-id']
    const scope: RequestScope = { requestId: typeof asked === 'string' && WELL_FORMED_ID.test(asked) ? asked : randomUUID() }
    const started = performance.now()
    response.setHeader('x-request-id', scope.requestId)
    response.once('close', () => {
      const { method } = request
      const status = response.writableFinished ? response.statusCode : undefined
      const ms = Math.round((performance.now() - started) * 10) / 10
      const line = { ...scope, method, path: knownPath(response), status, ms, ...(status === undefined && { aborted: true }) }
      if (line.path?.startsWith('/health')) logger.debug(line, 'request')
      else logger.info(line, 'request')
    })
    runInRequest(scope, next)
  }
}

const PATH = Symbol('path')
type Named = Response & { [PATH]?: string }

/** Names the route a request belongs to; the log shows this and never what the client wrote. */
export function route(path: string): RequestHandler {
  return (_request, response: Named, next) => {
    response[PATH] = path
    next()
  }
}

function knownPath(response: Named): string | undefined {
  return response[PATH]
}
