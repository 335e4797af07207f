import { Router, type RequestHandler } from 'express'

import { onlyMethods } from './refusals.js'
import { route } from './request-facts.js'

/** Checks by name; `false` means that the server should get no requests for now. */
export type Readiness = () => Promise<Readonly<Record<string, boolean>>>

/** A check that takes longer than this has failed: whoever asks is itself waiting. */
const CHECK_TIMEOUT_MS = 3_000

/**
 * `/health/live`: the process runs. `/health/ready`: it can answer requests; 503 while a check fails and while shutting down, with names of
 * the checks and no more.
 */
export function healthRoutes(readiness: Readiness, isClosing: () => boolean): Router {
  const live: RequestHandler = (_request, response) => {
    response.json({ status: 'live' })
  }
  const ready: RequestHandler = async (_request, response) => {
    const checks = { ...(await checked(readiness)), accepting: !isClosing() }
    const isReady = Object.values(checks).every(Boolean)
    response.status(isReady ? 200 : 503).json({ status: isReady ? 'ready' : 'not ready', checks, ...(!isReady && unavailable) })
  }
  return Router()
    .all('/health/live', route('/health/live'), onlyMethods('GET', 'HEAD'), live)
    .all('/health/ready', route('/health/ready'), onlyMethods('GET', 'HEAD'), ready)
}

const unavailable = { errors: [{ message: 'The server is not ready.', extensions: { code: 'UNAVAILABLE' } }] }

async function checked(readiness: Readiness): Promise<Readonly<Record<string, boolean>>> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Record<string, boolean>>((resolve) => {
    timer = setTimeout(() => resolve({ checks: false }), CHECK_TIMEOUT_MS)
  })
  try {
    return await Promise.race([readiness(), late])
  } catch {
    return { checks: false }
  } finally {
    clearTimeout(timer)
  }
}
