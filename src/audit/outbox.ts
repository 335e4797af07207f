import type { AuditWriter } from '../database/unit-of-work.js'
import { AuditOutboxEntry } from './audit-outbox-entry.entity.js'
import { eventRow } from './event-row.js'

/** Writes the events of a use case in its own transaction: with the change, or not at all. The next append takes them into the chain. */
export const writeToOutbox: AuditWriter = (em, context, note) => {
  const entry = new AuditOutboxEntry()
  entry.event = eventRow(context, note)
  em.persist(entry)
}
