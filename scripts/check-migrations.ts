import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MikroORM } from '@mikro-orm/postgresql'
import { startEmbeddedPostgres } from '../src/database/embedded.js'
import { MIGRATIONS_PATH, migrateDatabase } from '../src/database/migrate.js'
import { ormOptions } from '../src/database/orm-options.js'

// Migration drift: an empty database is migrated up, down and up again, and must then be what the entities say.

/** Written by hand in migrations, because the schema generator has no words for them; it would drop them. */
const HAND_WRITTEN = [
  /^alter table "appointment" drop constraint "appointment_(doctor|patient|room)_no_overlap"$/,
  /^alter table "weekly_schedule" drop constraint "weekly_schedule_no_overlap"$/,
  /^alter table "schedule_(break|exception_hours)" drop constraint "schedule_(break|exception_hours)_no_overlap"$/,
  /^drop function if exists "clinic_unaccent"\(text\)$/,
  /^drop function if exists "(booking_time|book_visit)"\(/,
  /^drop function if exists "audit_(append|archive|fits|id|line|link)"\(/,
  /^drop trigger if exists "audit_event_(kept|unchanged)" on "audit_event"$/,
  /^drop function if exists "audit_event_audit_event_(kept|unchanged)_fn"\(\)$/,
  /^drop function if exists "owns_table"\(oid\)$/,
  /^drop trigger if exists "(medical_record|diagnosis|vital|current_medication)_kept" on "(medical_record|diagnosis|vital|current_medication)"$/,
  /^drop function if exists "(medical_record_medical_record|diagnosis_diagnosis|vital_vital|current_medication_current_medication)_kept_fn"\(\)$/,
  /^drop trigger if exists "patient_not_merged" on "\w+"$/,
  /^drop function if exists "\w+_patient_not_merged_fn"\(\)$/,
  /^drop function if exists "clinic_guard_merged_patients"\(\)$/,
  /^drop trigger if exists "patient_name(_changed|s_inserted)" on "patient"$/,
  /^drop function if exists "patient_patient_name(_changed|s_inserted)_fn"\(\)$/,
  /^drop function if exists "clinic_name_text"\(text\)$/,
  /^drop function if exists "clinic_name_words"\(text\)$/,
  /^drop function if exists "clinic_name_word_list"\(text\)$/,
]

const dataDir = mkdtempSync(join(tmpdir(), 'clinic-migrations-'))
const postgres = await startEmbeddedPostgres({ dataDir, fast: true })
try {
  await migrateDatabase(postgres.url)
  const orm = await MikroORM.init(ormOptions(postgres.url, MIGRATIONS_PATH))
  await orm.migrator.down({ to: 0 })
  await orm.migrator.up()
  const difference = (await orm.schema.getUpdateSchemaSQL({ wrap: false })).split(/;\s*/).filter((statement) => statement.trim() !== '')
  await orm.close()
  const drift = difference.filter((statement) => !HAND_WRITTEN.some((pattern) => pattern.test(statement)))
  const missing = HAND_WRITTEN.filter((pattern) => !difference.some((statement) => pattern.test(statement)))
  if (drift.length > 0) process.stderr.write(`The migrations do not make what the entities say:\n${drift.join(';\n')};\n`)
  if (missing.length > 0) process.stderr.write(`Hand-written objects are missing from the migrated database: ${missing.join(', ')}\n`)
  process.exitCode = drift.length + missing.length > 0 ? 1 : 0
} finally {
  await postgres.destroy()
  rmSync(dataDir, { recursive: true, force: true })
}
