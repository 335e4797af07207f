import type { Request, RequestHandler } from 'express'

import { refuse } from './refusals.js'

/** Which sites' scripts may call. */
export interface OriginSettings {
  readonly PUBLIC_URL?: string | undefined
  readonly ALLOWED_ORIGINS: readonly string[]
}

const ALLOWED_HEADERS =
  'content-type, authorization, x-csrf-token, x-request-id, apollo-require-preflight, x-apollo-operation-name, apollographql-client-name, apollographql-client-version'
const EXPOSED_HEADERS = 'x-request-id, retry-after'
const PREFLIGHT_SECONDS = 600

/** Knows our own origin and the listed ones. */
export class OriginPolicy {
  readonly #listed: ReadonlySet<string>
  readonly #own: string | undefined

  constructor({ PUBLIC_URL, ALLOWED_ORIGINS }: OriginSettings) {
    this.#listed = new Set(ALLOWED_ORIGINS)
    this.#own = PUBLIC_URL === undefined ? undefined : new URL(PUBLIC_URL).origin
  }

  /** A front end served from elsewhere, that the clinic has listed. */
  isListed(origin: string): boolean {
    return this.#listed.has(origin)
  }

  /**
   * Whether a request may carry an account's cookies: it comes from our own pages or listed ones, or from no page at all. `null` is what
   * sandboxed frames and files say, and is nobody's.
   */
  mayCarryCookies(request: Request): boolean {
    const { origin } = request.headers
    if (origin !== undefined) return this.isListed(origin) || origin === this.#own || this.#isSameHost(origin, request)
    return request.headers['sec-fetch-site'] !== 'cross-site'
  }

  #isSameHost(origin: string, request: Request): boolean {
    return URL.canParse(origin) && new URL(origin).host === request.host
  }
}

/** Answers browsers that ask whether a page of another origin may call (CORS): yes for the listed ones, with cookies. */
export function crossOrigin(policy: OriginPolicy): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers
    response.vary('origin')
    const listed = origin !== undefined && policy.isListed(origin)
    if (listed) {
      response.setHeader('access-control-allow-origin', origin)
      response.setHeader('access-control-allow-credentials', 'true')
      response.setHeader('access-control-expose-headers', EXPOSED_HEADERS)
    }
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return next()
    if (!listed) return refuse(response, 403, 'FORBIDDEN', 'Pages of this origin may not call.')
    response.setHeader('access-control-allow-methods', 'POST')
    response.setHeader('access-control-allow-headers', ALLOWED_HEADERS)
    response.setHeader('access-control-max-age', String(PREFLIGHT_SECONDS))
    response.status(204).end()
  }
}
