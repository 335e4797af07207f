import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'

import { HttpCookies } from './cookies.js'
import { kindOf } from './document-kind.js'
import type { OriginPolicy } from './origins.js'
import { refuse } from './refusals.js'
import { bearerTokenOf } from './request-facts.js'

/** Header that a page must copy the cookie `csrf` into; no other site can read the one or set the other. */
export const CSRF_HEADER = 'x-csrf-token'

/** What the guard found out about a request. */
export interface CookieUse {
  readonly cookies: HttpCookies
  /** Cookies do not count: the request is about signing in anew. */
  readonly ignoreCookies: boolean
  /** The proven CSRF token of a cookie request that can change something. */
  readonly csrfToken: string | undefined
}

const USE = Symbol('cookie use')
type Guarded = Response & { [USE]?: CookieUse }

/** The cookies of a request that has passed {@link refuseForgedDocuments}. */
export function cookieUseOf(request: Request, response: Guarded, production: boolean): CookieUse {
  return response[USE] ?? { cookies: new HttpCookies(request, response, production), ignoreCookies: true, csrfToken: undefined }
}

/** Whether a browser put its cookies to the request, rather than the client a token. */
function isCookieRequest(request: Request, cookies: HttpCookies): boolean {
  return bearerTokenOf(request) === undefined && cookies.holdCredentials
}

/**
 * Before the body is read (SECURITY S8): pages of other origins may not use cookies, nor have the browser sign in; and a multipart request
 * needs its CSRF token first of all, because browsers send multipart to anybody without asking.
 */
export function refuseForgedRequests(policy: OriginPolicy, production: boolean): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'POST') return next()
    const cookies = new HttpCookies(request, response, production)
    if (bearerTokenOf(request) === undefined && !policy.mayCarryCookies(request)) {
      return refuse(response, 403, 'FORBIDDEN', 'Pages of this origin may not use cookies here.')
    }
    const multipart = /^\s*multipart\//i.test(request.headers['content-type'] ?? '')
    if (multipart && isCookieRequest(request, cookies) && provenToken(request, cookies) === undefined) return refuseToken(response)
    next()
  }
}

/** Once the document is known: a cookie request that can change something needs its CSRF token. */
export function refuseForgedDocuments(production: boolean): RequestHandler {
  return (request, response: Guarded, next) => {
    const cookies = new HttpCookies(request, response, production)
    const byCookie = isCookieRequest(request, cookies)
    const { changes, onlySignsIn } = byCookie
      ? kindOf((request.body as { query?: unknown } | undefined)?.query)
      : { changes: false, onlySignsIn: false }
    const csrfToken = byCookie && changes ? provenToken(request, cookies) : undefined
    if (byCookie && changes && !onlySignsIn && csrfToken === undefined) return refuseToken(response)
    response[USE] = { cookies, ignoreCookies: onlySignsIn && csrfToken === undefined, csrfToken }
    next()
  }
}

function provenToken(request: Request, cookies: HttpCookies): string | undefined {
  const header = request.headers[CSRF_HEADER]
  const cookie = cookies.read('csrf')
  return typeof header === 'string' && cookie !== undefined && timingSafeEqual(digest(header), digest(cookie)) ? header : undefined
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function refuseToken(response: Response): void {
  refuse(
    response,
    403,
    'FORBIDDEN',
    `Requests with cookies that can change something need the header ${CSRF_HEADER}, equal to the cookie csrf.`,
  )
}
