import { MIMEType } from 'node:util'
import { json, type RequestHandler } from 'express'

import { refuse } from './refusals.js'

/** Bytes of a JSON body. The largest GraphQL document is 50 kB; the rest is room for variables. */
export const MAX_BODY_BYTES = 1_000_000

/**
 * Takes JSON in UTF-8 and nothing else (SECURITY S8, D11). Other charsets are refused, for a body that reads differently in UTF-7 has fooled
 * filters; compressed bodies are refused, for they unpack to any size.
 */
export const jsonBody: readonly RequestHandler[] = [
  (request, response, next) => {
    if (request.method !== 'POST' || mayPass(request.headers['content-type'])) return next()
    refuse(response, 415, 'BAD_REQUEST', 'The body must be application/json in UTF-8.')
  },
  json({ limit: MAX_BODY_BYTES, inflate: false, type: () => true }),
]

/** Content types that were looked at, and whether they may pass: clients send the same few again and again. */
const judged = new Map<string, boolean>()
const MOST_JUDGED = 100

function mayPass(header: string | undefined): boolean {
  if (header === undefined) return false
  let passes = judged.get(header)
  if (passes === undefined) {
    passes = isUtf8Json(header)
    if (judged.size < MOST_JUDGED && header.length < 200) judged.set(header, passes)
  }
  return passes
}

function isUtf8Json(header: string): boolean {
  try {
    const type = new MIMEType(header)
    const charsets = header.match(/charset/gi)?.length ?? 0
    const charset = type.params.get('charset')
    return type.essence === 'application/json' && charsets <= 1 && (charset === null || /^utf-?8$/i.test(charset))
  } catch {
    return false
  }
}
