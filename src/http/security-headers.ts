import type { RequestHandler } from 'express'
import helmet from 'helmet'

/** One year, the least that browsers' preload lists take. */
const HSTS_SECONDS = 365 * 24 * 60 * 60

const shared = {
  strictTransportSecurity: { maxAge: HSTS_SECONDS, includeSubDomains: true },
  referrerPolicy: { policy: 'no-referrer' },
  xFrameOptions: { action: 'deny' },
} as const

const neverCached: RequestHandler = (_request, response, next) => {
  response.setHeader('cache-control', 'no-store')
  next()
}

/** Headers of every answer (SECURITY D10). Answers are data, so nothing in them may be run, shown in a frame or cached. */
export const apiHeaders: readonly RequestHandler[] = [
  helmet({
    ...shared,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
    },
  }),
  neverCached,
]

/** A content security policy, from its directives. */
export function policy(directives: Readonly<Record<string, string>>): string {
  return Object.entries({
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    'object-src': "'none'",
    ...directives,
  })
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ')
}
