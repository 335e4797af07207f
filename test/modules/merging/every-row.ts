import type { TestServer } from '../../support/server.js'

/** What an undone merge may leave behind: its own log, the trail, and that both records were touched. */
const LEFT_BEHIND = ['patient_merge', 'patient_merge_row', 'audit_event', 'audit_event_patient', 'audit_head', 'audit_outbox', 'session']

/** Every row of every table, but for what an undone merge may leave behind, and for the tables of `except`. */
export async function everyRow(server: TestServer, except: readonly string[] = []): Promise<Record<string, unknown>> {
  const tables = await server.sql(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  const names = tables.map((row) => row['name'] as string).filter((name) => ![...LEFT_BEHIND, ...except].includes(name))
  const contents = await Promise.all(
    names.map(async (name) => {
      const [row] = await server.sql(
        `select coalesce(jsonb_agg(r order by r::text), '[]') as rows from (select to_jsonb(t) ${name === 'patient' ? "- 'version' - 'updated_at'" : ''} as r from "${name}" t) x`,
      )
      return [name, row?.['rows']] as const
    }),
  )
  return Object.fromEntries(contents)
}
