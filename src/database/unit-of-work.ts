import { OptimisticLockError, type EntityManager } from '@mikro-orm/postgresql'
import type { Actor } from '../access/actor.js'
import type { AuditNote } from '../audit/event.js'
import { ClinicError } from '../graphql/errors.js'
import { CHANNEL, EventBatch, type DomainEvent } from '../live/domain-event.js'

/** Who writes, from where, in which request: every use case takes one. */
export interface WriteContext {
  readonly actor: Actor
  readonly request: { readonly requestId: string; readonly remoteAddress: string }
}

/** What a use case works with: one transaction, and the trail of what it did. */
export interface Transaction {
  readonly em: EntityManager
  /** Adds an event that becomes durable with the transaction, or not at all. */
  readonly audit: (note: AuditNote) => void
  /** Tells everybody who watches, on every instance, that a row has changed: when the transaction commits, or never. */
  readonly emit: (event: DomainEvent) => void
}

/** Writes a note's row within a transaction; the audit module's work. */
export type AuditWriter = (em: EntityManager, context: WriteContext, note: AuditNote) => void

/**
 * Runs use cases: one fresh entity manager and one transaction each (see `modules/*\/*.service.ts`).
 *
 * There is one other way, for a use case that is run so often that its round trips count: a function of the database that is one statement
 * and a transaction of its own, run on a `WritePool`. It must lock before it looks, and write its row of the outbox, news included, itself
 * (`audit/outbox.ts`); what it cannot do it must leave to a transaction here. Booking a visit that nothing stands in the way of is the only
 * one (`scheduling/booking/at-once.ts`).
 */
export class UnitOfWork {
  readonly #em: () => EntityManager
  readonly #write: AuditWriter

  constructor(em: () => EntityManager, write: AuditWriter) {
    this.#em = em
    this.#write = write
  }

  /**
   * Runs `work` in a transaction; what it changed on entities is written at the end, all or nothing.
   * @throws ClinicError `STALE_VERSION` when somebody else changed a versioned row meanwhile
   */
  async run<Result>(context: WriteContext, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    try {
      return await this.#em().transactional(async (em) => {
        const events = new EventBatch()
        const result = await work({ em, audit: (note) => this.#write(em, context, note), emit: (event) => events.add(event) })
        await announce(em, events.payloads())
        return result
      })
    } catch (error) {
      if (error instanceof OptimisticLockError) throw new ClinicError('STALE_VERSION')
      throw error
    }
  }
}

/** One statement for everything: from the first notification to the end of its commit, no other transaction with one can commit. */
async function announce(em: EntityManager, payloads: readonly string[]): Promise<void> {
  if (payloads.length === 0) return
  const calls = payloads.map(() => 'pg_notify(?, ?)').join(', ')
  await em.execute(
    `select ${calls}`,
    payloads.flatMap((payload) => [CHANNEL, payload]),
  )
}

/**
 * Checks the version that the client read.
 * @throws ClinicError `STALE_VERSION`
 */
export function requireVersion(row: { readonly version: number }, expected: number): void {
  if (row.version !== expected) throw new ClinicError('STALE_VERSION')
}
