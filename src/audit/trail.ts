import { setImmediate } from 'node:timers/promises'

import type { EventRow } from './event-row.js'

/** Runs one statement as a transaction of its own. */
export interface AuditStore {
  run(name: string, text: string, values: readonly unknown[]): Promise<unknown>
}

interface Waiting {
  readonly events: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const APPEND = 'select audit_append($1::jsonb)'
/** Events of one call at most; more wait for the next. */
const MOST_EVENTS = 1000
/** Requests that wait for their events; with more the trail is too slow to go on answering. */
const MOST_WAITING = 5000
/** SQLSTATE classes of values that do not fit: one such event must not take the others of its call with it. */
const UNFIT = /^2[23]/

/**
 * The way into the audit trail. What concurrent requests have to say is written together: at most one call is under way per process, and
 * the next takes everything that waited for it, so that all of them share one commit. It follows at once: a rest in between saves calls,
 * and costs every answer more than that is worth.
 */
export class AuditTrail {
  readonly #store: AuditStore
  #waiting: Waiting[] = []
  #writing: Promise<void> | null = null

  constructor(store: AuditStore) {
    this.#store = store
  }

  /**
   * Resolves when the events are durable, and with them everything that transactions have left in the outbox before. Without events it
   * only takes in the outbox.
   * @throws the driver's error when they could not be written
   */
  append(events: readonly EventRow[]): Promise<void> {
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(new Error('too many events wait for the audit trail'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events: events.map((event) => JSON.stringify(event)), resolve, reject })
      this.#writing ??= this.#write()
    })
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    await this.#writing
  }

  async #write(): Promise<void> {
    // What the same turn of the event loop still has to say goes along: requests that were read together end in one turn.
    await setImmediate()
    while (this.#waiting.length > 0) await this.#call(this.#next())
    this.#writing = null
  }

  #next(): Waiting[] {
    let events = 0
    const end = this.#waiting.findIndex((one) => (events += one.events.length) > MOST_EVENTS)
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(end, 1))
  }

  async #call(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#store.run('audit_append', APPEND, [`[${batch.flatMap(({ events }) => events).join(',')}]`])
      for (const { resolve } of batch) resolve()
    } catch (error) {
      if (batch.length > 1 && UNFIT.test(String((error as { code?: unknown }).code))) {
        for (const one of batch) await this.#call([one])
        return
      }
      for (const { reject } of batch) reject(error)
    }
  }
}
