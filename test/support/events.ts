import type { TestServer } from './server.js'

/** What the trail says an account did, or was done to it: chained already, or on its way into the chain. Oldest first. */
export async function eventsAbout(server: TestServer, userId: string): Promise<{ action: string; facts: Record<string, unknown> }[]> {
  const rows = await server.sql(
    `select action, facts, occurred_at as at from audit_event where $1 in (subject_user_id::text, user_id::text)
     union all
     select event->>'action', event->'facts', now() from audit_outbox where $1 in (event->>'subject_user_id', event->>'user_id')
     order by at`,
    [userId],
  )
  return rows.map((row) => ({ action: row['action'] as string, facts: (row['facts'] ?? {}) as Record<string, unknown> }))
}

/** Only what kind of thing each was. */
export async function actionsAbout(server: TestServer, userId: string): Promise<string[]> {
  return (await eventsAbout(server, userId)).map(({ action }) => action)
}
