import { Migration } from '@mikro-orm/migrations'

/** The log of who opened a record holds, while a merge stands, that of the records that were merged into it (RULES P4, S1). */
export class Migration20261120178000_access_log_of_merged extends Migration {
  override async up(): Promise<void> {
    this.addSql(accessLog)
  }

  override async down(): Promise<void> {
    this.addSql(formerAccessLog)
  }
}

/**
 * One row for each patient of an event, and for each that one of them was merged into; once, when it is about both. Whoever looks for a
 * patient asks for `patient_ids && array[patient and who was merged into them]` as well, which the index over patients serves.
 */
const accessLog = `
create or replace view "access_log_entry" as
  select e.id, e.seq, p.patient_id, e.patient_ids, e.occurred_at, e.action, e.user_id, e.roles, e.sections
  from audit_event e cross join lateral (
    select named.id as patient_id from unnest(e.patient_ids) as named(id)
    union
    select merged.merged_into_id from patient merged where merged.id = any(e.patient_ids) and merged.merged_into_id is not null
  ) p;`

const formerAccessLog = `
create or replace view "access_log_entry" as
  select e.id, e.seq, p.patient_id, e.patient_ids, e.occurred_at, e.action, e.user_id, e.roles, e.sections
  from audit_event e cross join lateral unnest(e.patient_ids) as p(patient_id);`
