import { describe, expect, it } from 'vitest'

import { reportError } from '../src/error-report.js'
import { createLogger } from '../src/logging.js'

const CANARY = 'Canary-Amanda-Lovelace-1815'

describe('what of an error is logged (SECURITY P7)', () => {
  it('is its class, its codes and where it was thrown, never its text', () => {
    const error = Object.assign(new Error(`value ${CANARY}\n    at ${CANARY} (/${CANARY}:1:1)`), {
      code: '23505',
      detail: CANARY,
      constraint: 'patient_mrn',
      table: CANARY,
    })
    const report = reportError(error)
    expect(report).toMatchObject({ type: 'Error', code: '23505', constraint: 'patient_mrn' })
    expect(report.at?.[0]).toMatch(/logging\.test\.ts:\d+$/)
    expect(JSON.stringify(report)).not.toContain(CANARY)
  })

  it('includes the text of faults of the program, which name no values', () => {
    expect(reportError(new TypeError('x is not a function'))).toMatchObject({ type: 'TypeError', message: 'x is not a function' })
    expect(reportError(Object.assign(new TypeError(`Received ${CANARY}`), { code: 'ERR_INVALID_ARG_TYPE' }))).not.toHaveProperty('message')
  })

  it('follows causes, also when they go round in circles', () => {
    const cause = Object.assign(new Error(CANARY), { code: 'ECONNREFUSED' })
    const error = new Error('outer', { cause })
    cause.cause = error
    expect(reportError(error).cause).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('is little of what is no error at all', () => {
    expect([CANARY, null, undefined, { a: CANARY }].map((thing) => reportError(thing))).toEqual([
      { type: 'string' },
      { type: 'null' },
      { type: 'undefined' },
      { type: 'object' },
    ])
  })
})

describe('the logger', () => {
  it('writes one JSON object per line, with a time and a level by name', () => {
    const lines: string[] = []
    const logger = createLogger({ NODE_ENV: 'production', LOG_LEVEL: 'info' }, { write: (line: string) => void lines.push(line) })
    logger.debug('not this')
    logger.error({ err: new Error(CANARY), requestId: 'r1' }, 'unexpected error')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      time: expect.stringMatching(/^\d{4}-/) as string,
      requestId: 'r1',
      err: { type: 'Error' },
      msg: 'unexpected error',
    })
    expect(lines[0]).not.toContain(CANARY)
  })
})
