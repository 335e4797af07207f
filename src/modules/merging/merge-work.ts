import type { EntityManager } from '@mikro-orm/postgresql'
import { AllergyStatus } from '../patients/patient.entity.js'
import { ACTIVE_APPOINTMENT_STATUSES } from '../scheduling/appointment-status.js'
import { MERGE_COLUMNS, type PatientMergeField } from './merge-fields.js'
import { movedReferences, quoted, type PatientReference } from './patient-references.js'

/** The two records of a merge. */
export interface Pair {
  readonly winnerId: string
  readonly loserId: string
}

const LOG = 'insert into patient_merge_row (id, merge_id, table_name, row_id, column_name, old_value, new_value)'

const ACTIVE = ACTIVE_APPOINTMENT_STATUSES.map((status) => `'${status}'`).join(', ')
const OVERLAPS = `
  from appointment l join appointment w on tstzrange(w.starts_at, w.ends_at) && tstzrange(l.starts_at, l.ends_at)
  where l.patient_id = ? and w.patient_id = ? and l.status in (${ACTIVE}) and w.status in (${ACTIVE})
    and l.patient_overlap_reason is null and w.patient_overlap_reason is null`
const MOST_OVERLAPS = 100

/** Active appointments of both at the same time. */
export function overlapsOf(
  em: EntityManager,
  { winnerId, loserId }: Pair,
): Promise<{ winnerAppointmentId: string; loserAppointmentId: string }[]> {
  return em.execute(
    `select w.id as "winnerAppointmentId", l.id as "loserAppointmentId" ${OVERLAPS} order by l.starts_at, l.id limit ${MOST_OVERLAPS}`,
    [loserId, winnerId],
  )
}

/** Gives the loser's overlapping appointments a reason to stand beside the winner's (RULES A2). */
export async function excuseOverlaps(em: EntityManager, mergeId: string, { winnerId, loserId }: Pair, reason: string): Promise<void> {
  await em.execute(
    `with excused as (update appointment set patient_overlap_reason = ? where id in (select l.id ${OVERLAPS}) returning id)
     ${LOG} select gen_random_uuid(), ?, 'appointment', id, 'patient_overlap_reason', null, ? from excused`,
    [reason, loserId, winnerId, mergeId, reason],
  )
}

/** Whether both have an account of the portal. */
export async function bothHaveAccounts(em: EntityManager, { winnerId, loserId }: Pair): Promise<boolean> {
  const [row] = await em.execute<{ count: number }[]>('select count(*)::int as count from user_account where patient_id in (?, ?)', [
    winnerId,
    loserId,
  ])
  return row?.count === 2
}

/** Every reference that moves, with how many rows it has. */
export async function countMoves(em: EntityManager, pair: Pair): Promise<(PatientReference & { count: number })[]> {
  const counted: (PatientReference & { count: number })[] = []
  for (const reference of await movesOf(em, pair)) {
    const { table, column } = reference
    const [row] = await em.execute<{ count: number }[]>(`select count(*)::int as count from ${quoted(table)} where ${quoted(column)} = ?`, [
      pair.loserId,
    ])
    if (row && row.count > 0) counted.push({ ...reference, count: row.count })
  }
  return counted
}

/** Signed records change hands in a merge, and in nothing else (SECURITY C8): said for the transaction. */
async function permitMoves(em: EntityManager): Promise<void> {
  await em.execute("select set_config('clinic.merge', 'on', true)")
}

/** Moves everything that refers to the loser to the winner, row by row into the log. Returns how many rows. */
export async function moveAll(em: EntityManager, mergeId: string, pair: Pair): Promise<number> {
  const { winnerId, loserId } = pair
  await permitMoves(em)
  let count = 0
  for (const { table, column } of await movesOf(em, pair)) {
    const [row] = await em.execute<{ count: number }[]>(
      `with moved as (update ${quoted(table)} set ${quoted(column)} = ? where ${quoted(column)} = ? returning id),
       logged as (${LOG} select gen_random_uuid(), ?, ?, id, ?, ?, ? from moved)
       select count(*)::int as count from moved`,
      [winnerId, loserId, mergeId, table, column, loserId, winnerId],
    )
    count += row?.count ?? 0
  }
  return count
}

/** An account stays with its record when the other one has an account too: a record has one at most. */
async function movesOf(em: EntityManager, pair: Pair): Promise<PatientReference[]> {
  const references = await movedReferences(em)
  return (await bothHaveAccounts(em, pair)) ? references.filter(({ table }) => table !== 'user_account') : references
}

/** Puts the chosen demographics of the loser on the winner, and what both together know of allergies. */
export async function takeOver(em: EntityManager, mergeId: string, pair: Pair, fields: Iterable<PatientMergeField>): Promise<void> {
  const { winnerId, loserId } = pair
  for (const column of [...fields].flatMap((field) => MERGE_COLUMNS[field])) {
    const name = quoted(column)
    await em.execute(
      `${LOG} select gen_random_uuid(), ?, 'patient', w.id, ?, w.${name}::text, l.${name}::text
       from patient w, patient l where w.id = ? and l.id = ? and w.${name} is distinct from l.${name}`,
      [mergeId, column, winnerId, loserId],
    )
    await em.execute(`update patient w set ${name} = l.${name} from patient l where w.id = ? and l.id = ?`, [winnerId, loserId])
  }
  const statuses = await em.execute<{ id: string; status: AllergyStatus }[]>(
    'select id, allergy_status as status from patient where id in (?, ?)',
    [winnerId, loserId],
  )
  const before = statuses.find(({ id }) => id === winnerId)?.status
  const after = togetherKnown(statuses.map(({ status }) => status))
  if (before === undefined || before === after) return
  await em.execute('update patient set allergy_status = ? where id = ?', [after, winnerId])
  await em.execute(`${LOG} values (gen_random_uuid(), ?, 'patient', ?, 'allergy_status', ?, ?)`, [mergeId, winnerId, before, after])
}

/** An allergy of the one is an allergy of the person; that somebody was asked is known of the person, too. */
function togetherKnown(statuses: readonly AllergyStatus[]): AllergyStatus {
  const known = [AllergyStatus.RECORDED, AllergyStatus.NONE_KNOWN].find((status) => statuses.includes(status))
  return known ?? AllergyStatus.NOT_ASKED
}

/** Makes a change, and writes into the log of the merge which of these columns of the row it has changed. */
export async function logged(
  em: EntityManager,
  mergeId: string,
  { table, id, columns }: { readonly table: string; readonly id: string; readonly columns: readonly string[] },
  change: () => Promise<unknown>,
): Promise<void> {
  const read = async (): Promise<Record<string, string | null>> => {
    const names = columns.map((column) => `${quoted(column)}::text`).join(', ')
    const [row] = await em.execute<Record<string, string | null>[]>(`select ${names} from ${quoted(table)} where id = ?`, [id])
    return row ?? {}
  }
  const before = await read()
  await change()
  const after = await read()
  for (const column of columns.filter((name) => before[name] !== after[name]))
    await em.execute(`${LOG} values (gen_random_uuid(), ?, ?, ?, ?, ?, ?)`, [mergeId, table, id, column, before[column], after[column]])
}

interface LoggedColumn {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly count: number
}

/**
 * Gives back, from the log, every value that the merge has changed and nobody since. References come first; then, with the rows of both
 * where they belong, the other columns, all of a row at once, as its constraints want them.
 */
export async function giveBack(em: EntityManager, mergeId: string): Promise<{ restored: number; left: number }> {
  const columns = await em.execute<LoggedColumn[]>(
    `select r.table_name as "table", r.column_name as "column", format_type(a.atttypid, a.atttypmod) as type, count(*)::int as count
     from patient_merge_row r join pg_attribute a on a.attrelid = to_regclass(quote_ident(r.table_name)) and a.attname = r.column_name
     where r.merge_id = ? group by 1, 2, 3 order by 1, 2`,
    [mergeId],
  )
  await permitMoves(em)
  const references = new Set((await movedReferences(em)).map(({ table, column }) => `${table}.${column}`))
  const [others, moved] = [false, true].map((wanted) =>
    columns.filter(({ table, column }) => references.has(`${table}.${column}`) === wanted),
  )
  let restored = 0
  for (const each of [moved, others])
    for (const [table, ofTable] of Map.groupBy(each ?? [], (column) => column.table))
      restored += await giveBackColumns(em, mergeId, table, ofTable)
  return { restored, left: columns.reduce((sum, { count }) => sum + count, 0) - restored }
}

/** Gives back columns of one table; returns how many values. */
async function giveBackColumns(em: EntityManager, mergeId: string, table: string, columns: readonly LoggedColumn[]): Promise<number> {
  const read = columns.map(
    ({ column, type }, index) =>
      `bool_or(case when r.column_name = ? then x.${quoted(column)} is not distinct from r.new_value::${type} else false end) as same${index},
       max(r.old_value) filter (where r.column_name = ?)::${type} as old${index}`,
  )
  const set = columns.map(({ column }, index) => `${quoted(column)} = case when same${index} then old${index} else x.${quoted(column)} end`)
  const [row] = await em.execute<{ restored: number }[]>(
    `with log as (
       select r.row_id as id, ${read.join(', ')} from patient_merge_row r join ${quoted(table)} x on x.id = r.row_id
       where r.merge_id = ? and r.table_name = ? group by r.row_id
     ), given as (update ${quoted(table)} x set ${set.join(', ')} from log where x.id = log.id)
     select coalesce(sum(${columns.map((_, index) => `same${index}::int`).join(' + ')}), 0)::int as restored from log`,
    [...columns.flatMap(({ column }) => [column, column]), mergeId, table],
  )
  return row?.restored ?? 0
}
