import pg from 'pg'
import { STRANGER } from '../access/actor.js'
import type { AuditNote } from './event.js'
import { eventRow } from './event-row.js'

/** Puts an event of a command into the trail; who runs commands is known to the operating system, not to the clinic. */
export async function recordCommand(url: string, note: AuditNote): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'clinic-audit-command' })
  await client.connect()
  try {
    await client.query('select audit_append($1::jsonb)', [JSON.stringify([eventRow({ actor: STRANGER }, note)])])
  } finally {
    await client.end()
  }
}
