import { v7 as uuidv7 } from 'uuid'
import type { AuditWriter, WriteContext } from '../database/unit-of-work.js'
import { AuditOutboxEntry } from './audit-outbox-entry.entity.js'
import type { AuditNote } from './event.js'
import { eventRow } from './event-row.js'

/** Writes the events of a use case in its own transaction: with the change, or not at all. The next append takes them into the chain. */
export const writeToOutbox: AuditWriter = (em, context, note) => {
  const entry = new AuditOutboxEntry()
  entry.event = eventRow(context, note)
  em.persist(entry)
}

/** A row of the outbox, for statements that are a transaction of their own and write it themselves. */
export const outboxRow = (context: WriteContext, note: AuditNote): { readonly id: string; readonly event: string } => ({
  id: uuidv7(),
  event: JSON.stringify(eventRow(context, note)),
})
