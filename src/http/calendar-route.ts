import { createHash } from 'node:crypto'
import { Router, type RequestHandler } from 'express'

import { currentRequest } from '../request-scope.js'
import { nothingHere } from './refusals.js'
import { route } from './request-facts.js'

/** Makes the calendar behind a secret address; `null` for whatever stands against it. */
export type CalendarSource = (
  token: string,
  request: { readonly requestId: string; readonly remoteAddress: string },
) => Promise<string | null>

/**
 * `GET /calendar/<token>.ics`. Whatever goes wrong, the answer is the one of an address where there is nothing (RULES A13): nobody learns
 * that a token was nearly right, was right once, or is right too often.
 */
export function calendarRoutes(calendarOf: CalendarSource): Router {
  const download: RequestHandler = async (request, response, next) => {
    const token = /^\/calendar\/([\w-]+)\.ics$/.exec(request.path)?.[1]
    const facts = { requestId: currentRequest()?.requestId ?? '', remoteAddress: request.ip ?? '' }
    const calendar = token === undefined ? null : await calendarOf(token, facts).catch(() => null)
    if (calendar === null) {
      nothingHere(request, response, next)
      return
    }
    const tag = `"${createHash('sha256').update(calendar).digest('base64url')}"`
    response.setHeader('etag', tag)
    response.setHeader('cache-control', 'private, no-store')
    if (request.headers['if-none-match'] === tag) {
      response.status(304).end()
      return
    }
    response.setHeader('content-disposition', 'attachment; filename="appointments.ics"')
    response.type('text/calendar; charset=utf-8').send(calendar)
  }
  return Router({ strict: true, caseSensitive: true }).get(/^\/calendar\//, route('/calendar'), download)
}
