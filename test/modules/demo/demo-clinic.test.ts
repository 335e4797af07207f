import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { CodeSystem } from '../../../src/database/coding.js'
import { createDemoClinic, demoAccountsExist, isClinicEmpty } from '../../../src/modules/demo/demo-clinic.js'
import { PasswordHasher } from '../../../src/modules/identity/password.js'
import { AllergyCategory, AllergyClinicalStatus, AllergyCriticality } from '../../../src/modules/patients/allergy.entity.js'
import { ConditionClinicalStatus, ConditionVerificationStatus } from '../../../src/modules/patients/condition.entity.js'
import { isValidMrn } from '../../../src/modules/patients/mrn.js'
import { PatientIdentifierType } from '../../../src/modules/patients/patient-identifier.entity.js'
import { AllergyStatus, Sex } from '../../../src/modules/patients/patient.entity.js'
import { ProcedureStatus } from '../../../src/modules/plans/procedure.entity.js'
import { TreatmentPlanItemStatus } from '../../../src/modules/plans/treatment-plan-item.entity.js'
import { TreatmentPlanStatus } from '../../../src/modules/plans/treatment-plan.entity.js'
import { PrescriptionItemStatus } from '../../../src/modules/prescriptions/prescription-item.entity.js'
import { recordContentHash, type SignedContent } from '../../../src/modules/records/content-hash.js'
import { DiagnosisCertainty } from '../../../src/modules/records/diagnosis.entity.js'
import { RecordStatus } from '../../../src/modules/records/medical-record.entity.js'
import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import { TABLES } from '../../../src/modules/demo/columns.js'
import { createTestDatabase, type TestDatabase } from '../../support/database.js'
import { ask, count, FORBIDDEN } from './clinic-queries.js'

const hasher = new PasswordHasher({ pepper: 'pepper of the tests', cost: 4 })
const AS_OF = '2026-11-20T14:05:00Z'
type StoredRecord = SignedContent & { readonly hash: string }

let database: TestDatabase
let before: { empty: boolean; accounts: boolean }

beforeAll(async () => {
  database = await createTestDatabase()
  before = { empty: await isClinicEmpty(database.url), accounts: await demoAccountsExist(database.url) }
  await createDemoClinic({ url: database.url, hasher, asOf: AS_OF })
})
afterAll(() => database.drop())

describe('the demo clinic', () => {
  it('is made where there was nothing', async () => {
    expect(before).toEqual({ empty: true, accounts: false })
    expect(await isClinicEmpty(database.url)).toBe(false)
  })

  it('has two sites in different zones, twelve doctors of six specialties, fifteen other staff and 500 patients', async () => {
    const [row] = await ask(
      database.url,
      `select (select count(distinct time_zone) from location)::int zones, (select count(*) from doctor)::int doctors,
        (select count(distinct specialty) from doctor)::int specialties, (select count(*) from patient)::int patients,
        (select count(*) from staff s where not exists (select from doctor d where d.staff_id = s.id))::int others,
        (select count(*) from doctor where id not in (select doctor_id from weekly_schedule))::int idle`,
    )
    expect(row).toEqual({ zones: 2, doctors: 12, specialties: 6, patients: 500, others: 15, idle: 0 })
  })

  it.each(Object.entries(FORBIDDEN))('has no case of: %s', async (_what, sql) => {
    expect(await count(database.url, sql)).toBe(0)
  })

  it.each([
    ['patient.sex', Object.values(Sex)],
    ['patient.allergy_status', Object.values(AllergyStatus)],
    ['patient_identifier.type', Object.values(PatientIdentifierType)],
    ['appointment.status', Object.values(AppointmentStatus)],
    ['medical_record.status', Object.values(RecordStatus)],
    ['diagnosis.certainty', Object.values(DiagnosisCertainty)],
    ['condition.clinical_status', Object.values(ConditionClinicalStatus)],
    ['condition.verification_status', Object.values(ConditionVerificationStatus)],
    ['condition.code_system', [CodeSystem.ICD_10, CodeSystem.ICD_10_CM]],
    ['allergy.category', Object.values(AllergyCategory)],
    ['allergy.criticality', Object.values(AllergyCriticality)],
    ['allergy.clinical_status', Object.values(AllergyClinicalStatus)],
    ['treatment_plan.status', Object.values(TreatmentPlanStatus)],
    ['treatment_plan_item.status', Object.values(TreatmentPlanItemStatus)],
    ['procedure.status', Object.values(ProcedureStatus)],
    ['procedure.code_system', [CodeSystem.CVX, CodeSystem.LOCAL, CodeSystem.SNOMED_CT]],
    ['prescription_item.status', Object.values(PrescriptionItemStatus)],
    ['prescription_item.code_system', [CodeSystem.RXNORM]],
    ['vital.code_system', [CodeSystem.LOINC]],
  ])('shows every value of %s', async (place, values) => {
    const [table, column] = place.split('.')
    const found = await ask<{ value: string }>(
      database.url,
      `select distinct ${column} as value from "${table}" where ${column} is not null`,
    )
    expect(new Set(found.map(({ value }) => value))).toEqual(new Set<string>(values))
  })

  it('has appointments over two years past and one year to come, and the day it was made for is busy', async () => {
    const [row] = await ask<{ past: number; coming: number; today: number }>(
      database.url,
      `select extract(day from $1::timestamptz - min(starts_at))::int past, extract(day from max(starts_at) - $1::timestamptz)::int coming,
        count(*) filter (where starts_at between $1::timestamptz - interval '12 hours' and $1::timestamptz + interval '12 hours')::int today
      from appointment`,
      [AS_OF],
    )
    expect(row?.past).toBeGreaterThan(700)
    expect(row?.past).toBeLessThanOrEqual(731)
    expect(row?.coming).toBeGreaterThan(200)
    expect(row?.coming).toBeLessThanOrEqual(365)
    expect(row?.today).toBeGreaterThan(20)
  })

  it('knows the outcome of nearly all past visits, and of no coming one', async () => {
    const where = (sql: string): Promise<number> => count(database.url, `select count(*) from appointment where ${sql}`, [AS_OF])
    const open = "status in ('REQUESTED', 'BOOKED', 'CONFIRMED')"
    // A9: the worklist of unresolved visits of the last days is not empty.
    expect(
      await where(
        `ends_at < $1::timestamptz - interval '14 days' and status not in ('COMPLETED', 'CANCELLED', 'NO_SHOW', 'ENTERED_IN_ERROR')`,
      ),
    ).toBe(0)
    expect(await where(`ends_at < $1 and ${open}`)).toBeGreaterThan(0)
    expect(await where(`starts_at > $1 and status in ('COMPLETED', 'NO_SHOW', 'IN_PROGRESS')`)).toBe(0)
  })

  it('holds nothing that has not happened yet', async () => {
    const happened = [
      'medical_record.occurred_at',
      'medical_record.signed_at',
      'procedure.performed_at',
      'prescription.prescribed_at',
      'vital.measured_at',
      'condition.recorded_at',
      'allergy.recorded_at',
      'patient.deceased_at',
      ...TABLES.flatMap((table) => [`${table}.created_at`, `${table}.updated_at`]),
    ]
    const early: string[] = []
    for (const place of happened) {
      const [table, column] = place.split('.')
      if ((await count(database.url, `select count(*) from "${table}" where ${column} > $1`, [AS_OF])) > 0) early.push(place)
    }
    expect(early).toEqual([])
  })

  it('gives every patient a valid record number, one after the other (RULES P1)', async () => {
    const mrns = (await ask<{ mrn: string }>(database.url, 'select mrn from patient order by mrn')).map(({ mrn }) => mrn)
    expect(mrns.every(isValidMrn)).toBe(true)
    const [row] = await ask<{ next: string }>(database.url, "select nextval('patient_mrn_seq') as next")
    expect(Number(row?.next)).toBeGreaterThan(Number(mrns.at(-1)?.slice(0, -1)))
  })

  it('signs what stands in the rows: every content hash can be computed again from them (RULES C2)', async () => {
    const children = (table: string, columns: string): string =>
      `(select coalesce(jsonb_agg(jsonb_build_object(${columns})), '[]') from ${table} c where c.medical_record_id = r.id)`
    const records = await ask<StoredRecord>(
      database.url,
      `select content_hash as hash, author_id as "authorId", occurred_at as "occurredAt", encounter_type as "encounterType",
        subjective, findings, assessment, plan,
        ${children('diagnosis', `'rank', rank, 'codeSystem', code_system, 'code', code, 'display', display, 'certainty', certainty`)} as diagnoses,
        ${children('vital', `'codeSystem', code_system, 'code', code, 'display', display, 'value', value::text, 'unit', unit, 'measuredAt', measured_at`)} as vitals,
        ${children('current_medication', `'name', name, 'codeSystem', code_system, 'code', code, 'dosage', dosage`)} as "currentMedications"
      from medical_record r where content_hash is not null`,
    )
    const wrong = records.filter(({ hash, ...content }) => {
      const vitals = content.vitals.map((vital) => ({ ...vital, measuredAt: new Date(vital.measuredAt) }))
      return recordContentHash({ ...content, vitals }) !== hash
    })
    expect(records.length).toBeGreaterThan(1000)
    expect(wrong).toEqual([])
  })

  it('has names with accents and apostrophes, deceased patients, overbooked visits and drafts', async () => {
    const where = (table: string, sql: string): Promise<number> => count(database.url, `select count(*) from ${table} where ${sql}`)
    expect(await where('patient', "last_name ~ '[^\\x01-\\x7f]'")).toBeGreaterThan(50)
    expect(await where('patient', "last_name like '%''%'")).toBeGreaterThan(3)
    expect(await where('patient', 'deceased_at is not null')).toBeGreaterThan(2)
    expect(await where('appointment', 'overbook_reason is not null')).toBeGreaterThan(0)
    expect(await where('appointment', 'patient_overlap_reason is not null')).toBeGreaterThan(0)
  })
})

describe('the demo accounts', () => {
  it('are nine, one per role, named after it, with the published password', async () => {
    const accounts = await ask<{ username: string; roles: Role[]; password_hash: string }>(
      database.url,
      'select username, roles, password_hash from user_account where demo order by username',
    )
    expect(accounts.map(({ username }) => username)).toEqual(
      Object.values(Role)
        .map((role) => role.toLowerCase().replace('_', '-'))
        .toSorted(),
    )
    for (const { username, roles, password_hash } of accounts) {
      expect(roles.map((role) => role.toLowerCase().replace('_', '-'))).toEqual([username])
      expect(await hasher.verify('demo clinic 2026', password_hash)).toBe(true)
    }
    expect(await demoAccountsExist(database.url)).toBe(true)
  })

  it('are the only ones anybody can sign in to', async () => {
    const others = await ask<{ password_hash: string }>(database.url, 'select distinct password_hash from user_account where not demo')
    for (const { password_hash } of others) {
      expect(await hasher.verify('demo clinic 2026', password_hash)).toBe(false)
      expect(await hasher.verify('', password_hash)).toBe(false)
    }
    expect(others.length).toBeGreaterThan(0)
  })

  it('show a doctor with many patients and a patient with a rich chart', async () => {
    const patients = await count(
      database.url,
      `select count(distinct a.patient_id) from user_account u join doctor d on d.staff_id = u.staff_id join appointment a on a.doctor_id = d.id where username = 'doctor'`,
    )
    expect(patients).toBeGreaterThan(80)
    const missing: string[] = []
    for (const table of [
      'allergy',
      'condition',
      'treatment_plan',
      'prescription',
      'medical_record',
      'procedure',
      'patient_contact',
      'patient_identifier',
    ]) {
      const found = await count(
        database.url,
        `select count(*) from ${table} t join user_account u on u.patient_id = t.patient_id where username = 'patient'`,
      )
      if (found === 0) missing.push(table)
    }
    expect(missing).toEqual([])
    const appointments = await count(
      database.url,
      `select count(*) from appointment a join user_account u on u.patient_id = a.patient_id where username = 'patient'`,
    )
    expect(appointments).toBeGreaterThanOrEqual(15)
  })
})
