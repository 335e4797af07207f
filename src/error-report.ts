import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What of an error may be written to a log. */
export interface ErrorReport {
  /** Class of the error. */
  type: string
  /** SQLSTATE of PostgreSQL, or the system's code (`ECONNREFUSED`). */
  code?: string
  /** Names from the database schema that say which rule was broken. */
  constraint?: string
  table?: string
  column?: string
  /** Only of errors whose text is the language's own; any other may hold a patient's data. */
  message?: string
  /** Where in our sources it was thrown. */
  at?: string[]
  cause?: ErrorReport
}

const MAX_LINES = 8
const MAX_CAUSES = 4
/** Made by the engine from names in our code. With a `code` they are Node's, and those repeat the argument. */
const ENGINE_ERRORS = new Set(['TypeError', 'ReferenceError'])
const NAMES = ['constraint', 'table', 'column'] as const

/**
 * Cuts an error down to what helps to find the fault and holds no data: class, codes, names from the schema, our lines.
 *
 * The text of an error is left out: PostgreSQL repeats the values of a violated constraint (`detail`), the ORM the whole statement, and a
 * JSON parser its input. The lines say where it was thrown, which is as good.
 */
export function reportError(error: unknown, depth = 0): ErrorReport {
  if (!(error instanceof Error)) return { type: error === null ? 'null' : typeof error }
  const fields = error as Error & { code?: unknown; originalError?: unknown } & Partial<Record<(typeof NAMES)[number], unknown>>
  const report: ErrorReport = { type: error.constructor.name || error.name }
  if (typeof fields.code === 'string' && /^\w{1,40}$/.test(fields.code)) report.code = fields.code
  for (const name of NAMES) {
    const value = fields[name]
    if (typeof value === 'string' && /^\w{1,63}$/.test(value)) report[name] = value
  }
  if (ENGINE_ERRORS.has(report.type) && fields.code === undefined) report.message = error.message
  const at = ourLines(error)
  if (at.length > 0) report.at = at
  const cause = error.cause ?? fields.originalError
  if (cause instanceof Error && depth < MAX_CAUSES) report.cause = reportError(cause, depth + 1)
  return report
}

/** The code of an error or of what caused it; else its class. */
export function failureCode(report: ErrorReport): string {
  for (let at: ErrorReport | undefined = report; at; at = at.cause) if (at.code !== undefined) return at.code
  return report.type
}

/** A line of a stack trace, and nothing that a message could look like. */
const FRAME = /^ {4}at (?:(?:async |new )?[\w.<>#$[\] ]{1,120} \()?(file:\/\/\/[^\s()]+|\/[^\s()]+|[A-Za-z]:\\[^\s()]+):(\d+):(\d+)\)?$/

function ourLines(error: Error): string[] {
  const { stack } = error
  if (typeof stack !== 'string') return []
  const lines: string[] = []
  for (const line of withoutMessage(stack, error.message).split('\n')) {
    const frame = FRAME.exec(line)
    if (frame?.[1] === undefined || line.includes('node_modules')) continue
    lines.push(`${place(frame[1])}:${frame[2]}`)
    if (lines.length === MAX_LINES) break
  }
  return lines
}

function withoutMessage(stack: string, message: string): string {
  const start = message === '' ? -1 : stack.indexOf(message)
  return start === -1 ? stack : stack.slice(start + message.length)
}

function place(file: string): string {
  return relative(process.cwd(), file.startsWith('file:') ? fileURLToPath(file) : file)
}
