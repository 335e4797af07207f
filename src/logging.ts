import { createRequire } from 'node:module'
import { pino, type DestinationStream, type Logger } from 'pino'

import type { Env } from './env.js'
import { reportError } from './error-report.js'

/**
 * The logger of the process: one JSON object per line, or coloured lines on a developer's terminal.
 *
 * Logs hold no patient data (SECURITY P7): callers log ids, codes, names of operations and durations, never variables, headers, bodies or
 * rows. What an error carries is cut down by {@link reportError}, whoever logs it under `err`.
 * @param destination where lines go, for tests; by default standard output
 */
export function createLogger(env: Pick<Env, 'NODE_ENV' | 'LOG_LEVEL'>, destination?: DestinationStream): Logger {
  const options = {
    level: env.LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: reportError },
  }
  const stream = destination ?? (env.NODE_ENV === 'development' && process.stdout.isTTY ? prettyStream() : undefined)
  return stream === undefined ? pino(options) : pino(options, stream)
}

/** Lines for people. The package that writes them is there in development only; without it, lines are JSON. */
function prettyStream(): DestinationStream | undefined {
  try {
    const pretty = createRequire(import.meta.url)('pino-pretty') as (options: object) => DestinationStream
    return pretty({ colorize: true, sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'requestId' })
  } catch {
    return undefined
  }
}
