import { EventEmitter } from 'node:events'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'

import { installSignalHandlers } from '../../src/process/signals.js'

/** A process that only remembers how it ended. */
function standIn() {
  const host = new EventEmitter()
  const exits: number[] = []
  const exit = (code?: string | number | null): never => {
    exits.push(Number(code))
    return undefined as never
  }
  return {
    host: Object.assign(host, { exit }) as unknown as Pick<NodeJS.Process, 'on' | 'off' | 'exit'>,
    emit: host.emit.bind(host),
    listeners: () => host.eventNames(),
    exits,
  }
}

const logger = pino({ level: 'silent' })
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the end of the process', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s closes once and exits with 0', async (signal) => {
    const { host, emit, exits } = standIn()
    let closed = 0
    installSignalHandlers({ logger, process: host, close: async () => void closed++ })
    emit(signal, signal)
    await settled()
    expect({ closed, exits }).toEqual({ closed: 1, exits: [0] })
  })

  it('a second signal ends it at once', () => {
    const { host, emit, exits } = standIn()
    installSignalHandlers({ logger, process: host, close: () => new Promise(() => undefined) })
    emit('SIGINT', 'SIGINT')
    emit('SIGINT', 'SIGINT')
    expect(exits).toEqual([1])
  })

  it.each(['uncaughtException', 'unhandledRejection'])('%s is logged, closes and exits with 1 (SECURITY R8)', async (event) => {
    const { host, emit, exits } = standIn()
    const lines: string[] = []
    let closed = 0
    const recording = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
    installSignalHandlers({ logger: recording, process: host, close: async () => void closed++ })
    emit(event, new Error('bug'))
    emit(event, new Error('another while closing'))
    await settled()
    expect({ closed, exits }).toEqual({ closed: 1, exits: [1] })
    expect(lines.join('')).toContain('uncaught error')
  })

  it('a close that fails exits with 1', async () => {
    const { host, emit, exits } = standIn()
    installSignalHandlers({ logger, process: host, close: async () => Promise.reject(new Error('no')) })
    emit('SIGTERM', 'SIGTERM')
    await settled()
    expect(exits).toEqual([1])
  })

  it('a close that hangs is not waited for beyond the deadline', async () => {
    const { host, emit, exits } = standIn()
    installSignalHandlers({ logger, process: host, deadlineMs: 20, close: () => new Promise(() => undefined) })
    emit('SIGTERM', 'SIGTERM')
    while (exits.length === 0) await settled()
    expect(exits).toEqual([1])
  })

  it('leaves no handler behind when it is not wanted any more', () => {
    const { host, listeners } = standIn()
    installSignalHandlers({ logger, process: host, close: async () => undefined })()
    expect(listeners()).toEqual([])
  })
})
