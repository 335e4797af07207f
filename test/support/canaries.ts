import type pg from 'pg'

/** A value that occurs once in the database, so that wherever it turns up it tells where it came from. */
export interface Canary {
  readonly table: string
  readonly column: string
  readonly id: string
}

/** Where free values stand: text columns without a check of their own, so not enums, codes of fixed lists or formats. */
const FREE_TEXT = `
  select c.table_name as "table", c.column_name as "column"
  from information_schema.columns c join information_schema.tables b using (table_schema, table_name)
  where c.table_schema = 'public' and b.table_type = 'BASE TABLE' and c.data_type = 'text' and c.is_generated = 'NEVER'
    and c.table_name = any($1) and c.column_name not in ('password_hash', 'time_zone')
    and not exists (
      select from pg_constraint k where k.contype = 'c' and k.conrelid = quote_ident(c.table_name)::regclass
        and exists (select from pg_attribute a where a.attrelid = k.conrelid and a.attname = c.column_name and a.attnum = any(k.conkey))
        and pg_get_constraintdef(k.oid) not like '%reachable%' and pg_get_constraintdef(k.oid) !~ '(phone|email|findings) IS NOT NULL')
  order by 1, 2`

const PATTERN = /zq[0-9a-f]{14}|\+49\d{11}/g

/** Puts a canary into every free text of the tables, whatever columns they have; a new column gets one without a change here. */
export async function plantCanaries(client: pg.Client, tables: readonly string[]): Promise<ReadonlyMap<string, Canary>> {
  const { rows: columns } = await client.query<{ table: string; column: string }>(FREE_TEXT, [tables])
  for (const { table, column } of columns)
    await client.query(`update ${table} t set ${column} = ${canaryOf(table, column)} where ${column} is not null`)
  return readCanaries(client, columns)
}

/** Gives new values to canaries. */
export async function changeCanaries(client: pg.Client, canaries: readonly Canary[]): Promise<void> {
  for (const [key, group] of Map.groupBy(canaries, ({ table, column }) => `${table} ${column}`)) {
    const [table = '', column = ''] = key.split(' ')
    await client.query(`update ${table} t set ${column} = ${canaryOf(table, column, 'changed')} where id = any($1)`, [
      group.map(({ id }) => id),
    ])
  }
}

/** The canaries in a text. */
export const canariesIn = (text: string): string[] => text.match(PATTERN) ?? []

/** Phone numbers are looked for by their digits, so theirs are digits. */
function canaryOf(table: string, column: string, salt = ''): string {
  const digest = `md5('${table}.${column}${salt}' || t.id)`
  if (column.endsWith('phone')) return `'+49' || lpad((('x' || left(${digest}, 9))::bit(36)::bigint)::text, 11, '7')`
  return `'zq' || left(${digest}, 14)`
}

async function readCanaries(client: pg.Client, columns: readonly { table: string; column: string }[]): Promise<Map<string, Canary>> {
  const canaries = new Map<string, Canary>()
  for (const { table, column } of columns) {
    const { rows } = await client.query<{ id: string; value: string }>(
      `select id, ${column} as value from ${table} where ${column} is not null`,
    )
    for (const { id, value } of rows) canaries.set(value, { table, column, id })
  }
  return canaries
}
