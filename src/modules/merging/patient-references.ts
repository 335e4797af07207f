import type { EntityManager } from '@mikro-orm/postgresql'

/** A column that refers to a patient. */
export interface PatientReference {
  readonly table: string
  readonly column: string
  /** A unique index or an exclusion constraint contains it: moving it can collide. */
  readonly exclusive: boolean
}

/** Columns that say what was said of two records, and stay as they are when these are merged. */
export const KEPT: ReadonlySet<string> = new Set([
  'patient_distinction.patient_id',
  'patient_distinction.other_id',
  'patient_merge.winner_id',
  'patient_merge.loser_id',
  'patient_merge_proposal.winner_id',
  'patient_merge_proposal.loser_id',
])

/**
 * Columns that can collide, of which is known what happens then: overlapping appointments need a reason (RULES A2), an account stays
 * with its record when the other one has an account too, and of two places in one queue one ends (RULES A11, `settle-doubles.ts`). Any
 * other collision stops the merge and says what is in the way.
 */
export const COLLIDING: ReadonlySet<string> = new Set(['appointment.patient_id', 'user_account.patient_id', 'queue_entry.patient_id'])

const REFERENCES = `
  select t.relname as "table", a.attname as "column",
    exists (select from pg_index i where i.indrelid = t.oid and (i.indisunique or i.indisexclusion) and a.attnum = any (i.indkey::int2[])) as exclusive
  from pg_constraint c
    join pg_class t on t.oid = c.conrelid
    join unnest(c.conkey) k(attnum) on true
    join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum
  where c.contype = 'f' and c.confrelid = 'patient'::regclass
  order by t.relname, a.attname`

/** Every column that refers to a patient, as the database knows them: also those of tables that this module has never heard of. */
export function patientReferences(em: EntityManager): Promise<PatientReference[]> {
  return em.execute<PatientReference[]>(REFERENCES)
}

/** Those that a merge moves from one record to the other. */
export async function movedReferences(em: EntityManager): Promise<PatientReference[]> {
  return (await patientReferences(em)).filter(({ table, column }) => !KEPT.has(`${table}.${column}`))
}

/** A name of the database's own, for SQL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
