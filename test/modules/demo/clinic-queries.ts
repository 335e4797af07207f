import pg from 'pg'
import { TABLES } from '../../../src/modules/demo/columns.js'

/** Runs one statement and gives its rows. */
export async function ask<Row extends pg.QueryResultRow>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** The single number a statement answers with. */
export async function count(url: string, sql: string, values: unknown[] = []): Promise<number> {
  const [row] = await ask<{ count: string }>(url, sql, values)
  return Number(row?.count)
}

/** A hash of every value of every row, but for the salted password hashes. */
export async function fingerprint(url: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {}
  for (const table of TABLES) {
    const [row] = await ask<{ hash: string }>(
      url,
      `select count(*) || ' ' || coalesce(md5(string_agg((to_jsonb(r) - 'password_hash')::text, ' ' order by r.id)), '') as hash from "${table}" r`,
    )
    hashes[table] = row?.hash ?? ''
  }
  return hashes
}

/** Rows in all tables of the clinic. */
export async function rowsInAll(url: string): Promise<number> {
  return count(url, `select ${TABLES.map((table) => `(select count(*) from "${table}")`).join(' + ')} as count`)
}

/** Statements that count what must not be, written without a look at the generator. */
export const FORBIDDEN = {
  'two appointments of one doctor at a time': overlapping('doctor_id', 'and a.overbook_reason is null and b.overbook_reason is null'),
  'two appointments of one patient at a time': overlapping(
    'patient_id',
    'and a.patient_overlap_reason is null and b.patient_overlap_reason is null',
  ),
  'two appointments in one room at a time': overlapping('room_id', ''),
  'an appointment outside the weekly schedule': `
    select count(*) from appointment a join location l on l.id = a.location_id
    where not exists (
      select from weekly_schedule s
      where s.doctor_id = a.doctor_id and s.location_id = a.location_id and (a.room_id is null or s.room_id = a.room_id)
        and s.weekday = extract(isodow from a.starts_at at time zone l.time_zone)
        and (a.starts_at at time zone l.time_zone)::date between s.valid_from and coalesce(s.valid_to, 'infinity')
        and (a.starts_at at time zone l.time_zone)::time >= s.starts_at
        and (a.ends_at at time zone l.time_zone) <= (a.starts_at at time zone l.time_zone)::date + s.ends_at)`,
  'anything before birth or after death': `
    select count(*) from (
      select patient_id, starts_at as at from appointment
      union all select patient_id, ends_at from appointment
      union all select patient_id, created_at from appointment
      union all select patient_id, updated_at from appointment
      union all select patient_id, occurred_at from medical_record
      union all select patient_id, signed_at from medical_record
      union all select patient_id, measured_at from vital join medical_record r on r.id = medical_record_id
      union all select patient_id, recorded_at from condition
      union all select patient_id, onset_date from condition
      union all select patient_id, abatement_date from condition
      union all select patient_id, recorded_at from allergy
      union all select patient_id, onset_date from allergy
      union all select patient_id, prescribed_at from prescription
      union all select patient_id, starts_on from prescription_item join prescription p on p.id = prescription_id
      union all select patient_id, performed_at from procedure
      union all select patient_id, created_at from procedure
      union all select patient_id, created_at from treatment_plan
      union all select patient_id, starts_on from treatment_plan
      union all select patient_id, ends_on from treatment_plan
      union all select patient_id, created_at from patient_contact
      union all select patient_id, created_at from patient_identifier
      union all select id, created_at from patient
    ) event join patient on patient.id = patient_id
    where at < birth_date or at > deceased_at`,
  'a note signed before it was written': 'select count(*) from medical_record where signed_at < occurred_at or created_at < occurred_at',
  'a row changed before it was made': `select sum(n) as count from (${TABLES.map((table) => `select count(*) n from "${table}" where updated_at < created_at`).join(' union all ')}) x`,
  'a body mass index that is not weight by height squared': `
    select count(*) from vital b
      join vital h on h.medical_record_id = b.medical_record_id and h.code = '8302-2'
      join vital w on w.medical_record_id = b.medical_record_id and w.code = '29463-7'
    where b.code = '39156-5' and abs(b.value - w.value / (h.value / 100) ^ 2) > 0.06`,
  'a record without a primary diagnosis': `select count(*) from medical_record r where not exists (select from diagnosis d where d.medical_record_id = r.id and rank = 1)`,
  'an allergy status that the list contradicts': `
    select count(*) from patient p where (allergy_status = 'RECORDED') <> exists (select from allergy a where a.patient_id = p.id)`,
  'two active orders of one medicine': `
    select count(*) from (
      select 1 from prescription_item i join prescription p on p.id = prescription_id
      where status = 'ACTIVE' group by patient_id, code having count(*) > 1) twice`,
  'a penicillin for somebody who is allergic to one': `
    select count(*) from prescription_item i join prescription p on p.id = prescription_id
      join allergy a on a.patient_id = p.patient_id
    where i.medication_name ~* '(penicillin|amoxicillin)' and a.substance ~* '(penicillin|amoxicillin)'`,
  'a record without its patient’s appointment': `
    select count(*) from medical_record r join appointment a on a.id = r.appointment_id where a.patient_id <> r.patient_id or a.doctor_id <> r.author_id`,
} as const

/** What of {@link FORBIDDEN} there is, by name. */
export async function forbiddenCases(url: string): Promise<string[]> {
  const found: string[] = []
  for (const [what, sql] of Object.entries(FORBIDDEN)) if ((await count(url, sql)) > 0) found.push(what)
  return found
}

function overlapping(column: string, but: string): string {
  const active = "in ('BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS', 'COMPLETED')"
  return `
    select count(*) from appointment a join appointment b
      on a.${column} = b.${column} and a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at
    where a.status ${active} and b.status ${active} ${but}`
}
