import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { AS_APP_ROLE } from '../database/app-role.js'
import { CHANNEL, readPayload, type News } from './domain-event.js'

/** What the listener tells. */
export interface EventSink {
  /** What a transaction, here or on another instance, has changed. */
  hear(news: readonly News[]): void
  /** The connection was lost and is back: what happened in between was not heard. */
  missed(): void
}

/** How the listener works. */
export interface EventListenerOptions {
  readonly connectionString: string
  readonly logger: Logger
  /** How often a silent connection is asked whether it is still there. */
  readonly checkEveryMs?: number
}

const CHECK_EVERY_MS = 5_000
/** A connection that answers nothing for this long is dead, whatever the network says. */
const PATIENCE_MS = 3_000
const FAREWELL_MS = 500
const RETRY_MS = { first: 100, longest: 5_000 } as const

/**
 * The one connection of the process that listens for what transactions announce. PostgreSQL keeps nothing for listeners that are away, so
 * after every interruption the sink is told that it has missed something.
 *
 * The connection is a session of its own: a pooler in transaction mode cannot carry it.
 */
export class EventListener {
  readonly #options: EventListenerOptions
  readonly #sink: EventSink
  readonly #stopped = new AbortController()
  #running: Promise<void> | undefined

  constructor(options: EventListenerOptions, sink: EventSink) {
    this.#options = options
    this.#sink = sink
  }

  /** Begins to listen, and waits until the first connection stands. When there is none to be had, goes on trying in the background. */
  async start(): Promise<void> {
    const first = Promise.withResolvers<void>()
    this.#running = this.#run(first.resolve)
    await Promise.race([first.promise, sleep(PATIENCE_MS, undefined, { ref: false })])
  }

  /** Ends the connection. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#running
  }

  async #run(connected: () => void): Promise<void> {
    const { logger } = this.#options
    const { signal } = this.#stopped
    let wait: number = RETRY_MS.first
    let interrupted = false
    while (!signal.aborted) {
      const client = this.#newClient()
      const lost = new AbortController()
      client.once('end', () => lost.abort()).on('error', () => lost.abort())
      try {
        await client.connect()
        await client.query(`listen ${CHANNEL}`)
        // Before the first connection, too, somebody may already watch.
        this.#sink.missed()
        connected()
        if (interrupted) logger.info('live events are heard again')
        wait = RETRY_MS.first
        await keepChecking(client, this.#options.checkEveryMs ?? CHECK_EVERY_MS, AbortSignal.any([signal, lost.signal]))
      } catch {
        // Whatever it was, the connection is of no use any more.
      }
      await end(client)
      if (signal.aborted) return
      interrupted = true
      logger.warn({ retryMs: wait }, 'the connection for live events is lost')
      await pause(wait * (0.5 + Math.random() / 2), signal)
      wait = Math.min(wait * 2, RETRY_MS.longest)
    }
  }

  #newClient(): pg.Client {
    const client = new pg.Client({
      connectionString: this.#options.connectionString,
      application_name: 'clinic-live',
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
      keepAlive: true,
      options: AS_APP_ROLE,
    })
    return client.on('notification', ({ payload = '' }) => this.#hear(payload))
  }

  #hear(payload: string): void {
    let news: News[]
    try {
      news = readPayload(payload)
    } catch {
      // Whoever can reach the database can notify; what is no payload tells no more than that something may have happened.
      this.#options.logger.warn('a notification could not be read')
      return this.#sink.missed()
    }
    this.#sink.hear(news)
  }
}

/** Asks from time to time whether the server is still there, until the signal fires or it does not answer. */
async function keepChecking(client: pg.Client, everyMs: number, signal: AbortSignal): Promise<void> {
  await pause(everyMs, signal)
  while (!signal.aborted) {
    await client.query('select 1')
    await pause(everyMs, signal)
  }
}

/** Says good-bye to a server that may be out of reach. */
async function end(client: pg.Client): Promise<void> {
  client.removeAllListeners('notification')
  await Promise.race([client.end().catch(() => undefined), sleep(FAREWELL_MS, undefined, { ref: false })])
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined)
