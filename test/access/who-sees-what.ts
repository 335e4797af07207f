import type pg from 'pg'
import { Role } from '../../src/access/roles.js'

/**
 * Who may see what, said a second time: by hand, in SQL, role by role, from the clinic's rules and not from the code. Tests compare what
 * the server gives with this (SECURITY A5). A table that is not here may be seen by nobody.
 */

const { OWNER, ADMIN, DOCTOR, STAFF, REGISTRATION_CLERK, PHARMACIST, CASHIER, ANALYST, PATIENT } = Role

/** Somebody who looks. */
export interface Viewpoint {
  readonly name: string
  readonly roles: readonly Role[]
  readonly userId: string
  readonly staffId: string | null
  readonly doctorId: string | null
  readonly patientIds: readonly string[]
  /** Months of a care relation that bound the doctor's role; `null`: it sees all. */
  readonly careMonths: number | null
}

interface TableRule {
  /** The id of the patient whom a row `t` belongs to. */
  readonly patient: string | null
  /** By role, the condition under which it sees a row `t`; `own` and `care` stand for those of the patient. */
  readonly rows: Partial<Record<Role, string>>
  /** Columns that fewer roles may read than see the row. */
  readonly columns?: Readonly<Record<string, readonly Role[]>>
}

const all = (...roles: readonly Role[]): Partial<Record<Role, string>> => Object.fromEntries(roles.map((role) => [role, 'true']))
const EVERYBODY = Object.values(Role)
const DESK = [OWNER, ADMIN, DOCTOR, STAFF, REGISTRATION_CLERK]
const CARE = [OWNER, ADMIN, DOCTOR, STAFF]
const NAMES = [...DESK, PHARMACIST, CASHIER, PATIENT]
const PERSON = [...DESK, PATIENT]
const NOTES = [...CARE, PATIENT]

const ofRecord = '(select patient_id from medical_record x where x.id = t.medical_record_id)'
const ofPlan = '(select patient_id from treatment_plan x where x.id = t.treatment_plan_id)'
const ofPrescription = '(select patient_id from prescription x where x.id = t.prescription_id)'
const signedRecord = `exists (select from medical_record x where x.id = t.medical_record_id and x.status in ('SIGNED', 'AMENDED'))`
const ofWaitlistEntry = '(select patient_id from waitlist_entry x where x.id = t.entry_id)'
const demographic = { patient: 't.patient_id', rows: { ...all(...DESK), PATIENT: 'own' } }
const clinical = { patient: ofRecord, rows: { ...all(...CARE), ANALYST: signedRecord, PATIENT: `own and ${signedRecord}` } }

/** The rules of every table with rows that the schema can show. */
export const TABLES: Readonly<Record<string, TableRule>> = {
  patient: {
    patient: 't.id',
    rows: { ...all(...DESK, PHARMACIST, CASHIER, ANALYST), PATIENT: 'own' },
    columns: {
      mrn: NAMES,
      first_name: NAMES,
      last_name: NAMES,
      birth_date: PERSON,
      phone: PERSON,
      email: PERSON,
      address_line: PERSON,
      address_city: PERSON,
      address_region: PERSON,
      address_postal_code: PERSON,
      address_country: PERSON,
      language: [...PERSON, ANALYST],
    },
  },
  patient_contact: demographic,
  patient_consent: demographic,
  patient_identifier: { ...demographic, columns: { value: NOTES } },
  allergy: { patient: 't.patient_id', rows: { ...all(...CARE, PHARMACIST, ANALYST), PATIENT: 'own' } },
  condition: { patient: 't.patient_id', rows: { ...all(...CARE, ANALYST), PATIENT: 'own' } },
  allergy_status_change: {
    patient: '(select patient_id from allergy x where x.id = t.allergy_id)',
    rows: { ...all(...CARE, PHARMACIST, ANALYST), PATIENT: 'own' },
    columns: { reason: [...CARE, PHARMACIST] },
  },
  condition_status_change: {
    patient: '(select patient_id from condition x where x.id = t.condition_id)',
    rows: { ...all(...CARE, ANALYST), PATIENT: 'own' },
    columns: { reason: CARE },
  },
  patient_merge: { patient: 't.winner_id', rows: all(OWNER, ADMIN) },
  patient_merge_proposal: { patient: 't.winner_id', rows: all(OWNER, ADMIN, REGISTRATION_CLERK) },
  appointment: {
    patient: 't.patient_id',
    rows: {
      ...all(...DESK),
      PATIENT: 'own',
      CASHIER:
        '(t.starts_at at time zone (select time_zone from location l where l.id = t.location_id))::date = (now() at time zone (select time_zone from location l where l.id = t.location_id))::date',
    },
    columns: {
      reason: PERSON,
      overbook_reason: DESK,
      patient_overlap_reason: DESK,
      cancellation_reason: PERSON,
      price_amount: [...PERSON, CASHIER],
      price_currency: [...PERSON, CASHIER],
    },
  },
  appointment_status_change: {
    patient: '(select patient_id from appointment x where x.id = t.appointment_id)',
    rows: { ...all(...DESK), PATIENT: 'own' },
  },
  appointment_series: { patient: 't.patient_id', rows: { ...all(...DESK), PATIENT: 'own' } },
  appointment_hold: { patient: null, rows: Object.fromEntries([...DESK, PATIENT].map((role) => [role, 't.user_id = $userId'])) },
  queue_entry: {
    patient: 't.patient_id',
    rows: {
      ...all(...DESK),
      PATIENT: 'own',
      CASHIER: 't.day = (now() at time zone (select time_zone from location l where l.id = t.location_id))::date',
    },
  },
  queue_entry_change: { patient: '(select patient_id from queue_entry x where x.id = t.entry_id)', rows: all(...DESK) },
  waitlist_entry: { patient: 't.patient_id', rows: { ...all(...DESK), PATIENT: 'own' } },
  waitlist_entry_change: { patient: ofWaitlistEntry, rows: all(...DESK) },
  waitlist_offer: { patient: ofWaitlistEntry, rows: { ...all(...DESK), PATIENT: 'own' } },
  medical_record: {
    patient: 't.patient_id',
    rows: { ...all(...CARE), ANALYST: "t.status in ('SIGNED', 'AMENDED')", PATIENT: "own and t.status in ('SIGNED', 'AMENDED')" },
    columns: { subjective: NOTES, findings: NOTES, assessment: NOTES, plan: NOTES },
  },
  diagnosis: clinical,
  vital: clinical,
  current_medication: clinical,
  treatment_plan: { patient: 't.patient_id', rows: { ...all(...CARE), PATIENT: "own and t.status <> 'DRAFT'" } },
  treatment_plan_item: {
    patient: ofPlan,
    rows: {
      ...all(...CARE),
      PATIENT: "own and exists (select from treatment_plan x where x.id = t.treatment_plan_id and x.status <> 'DRAFT')",
    },
  },
  procedure: {
    patient: 't.patient_id',
    rows: { ...all(...CARE), PATIENT: 'own', CASHIER: 't.price_amount is not null' },
    columns: { status_reason: NOTES },
  },
  prescription: { patient: 't.patient_id', rows: { ...all(OWNER, ADMIN, DOCTOR, PHARMACIST), PATIENT: 'own' } },
  prescription_item: { patient: ofPrescription, rows: { ...all(OWNER, ADMIN, DOCTOR, PHARMACIST), PATIENT: 'own' } },
  appointment_reminder: { patient: '(select patient_id from appointment x where x.id = t.appointment_id)', rows: all(...DESK) },
  reminder_preference: { patient: 't.patient_id', rows: { ...all(...DESK), PATIENT: 'own' } },
  calendar_feed: { patient: null, rows: { ...all(OWNER, ADMIN), DOCTOR: 't.doctor_id = $doctorId' } },
  patient_proxy: { patient: 't.patient_id', rows: { ...all(OWNER, ADMIN, REGISTRATION_CLERK), PATIENT: 'own' } },
  break_glass: { patient: null, rows: { ...all(OWNER, ADMIN), DOCTOR: 't.user_id = $userId', STAFF: 't.user_id = $userId' } },
  notice: { patient: null, rows: Object.fromEntries(EVERYBODY.map((role) => [role, 't.recipient_id = $userId'])) },
  user_account: { patient: null, rows: Object.fromEntries(EVERYBODY.map((role) => [role, 't.id = $userId'])) },
  staff: {
    patient: null,
    rows: { ...Object.fromEntries(EVERYBODY.map((role) => [role, 't.id = $staffId'])), ...all(OWNER, ADMIN, REGISTRATION_CLERK) },
  },
  doctor: { patient: null, rows: all(...EVERYBODY), columns: { license_number: [OWNER, ADMIN, REGISTRATION_CLERK, PHARMACIST] } },
  weekly_schedule: { patient: null, rows: { ...all(OWNER, ADMIN, REGISTRATION_CLERK), DOCTOR: 't.doctor_id = $doctorId' } },
  schedule_break: {
    patient: null,
    rows: {
      ...all(OWNER, ADMIN, REGISTRATION_CLERK),
      DOCTOR: 'exists (select from weekly_schedule x where x.id = t.weekly_schedule_id and x.doctor_id = $doctorId)',
    },
  },
  schedule_exception: { patient: null, rows: { ...all(OWNER, ADMIN, REGISTRATION_CLERK), DOCTOR: 't.doctor_id = $doctorId' } },
  schedule_exception_hours: {
    patient: null,
    rows: {
      ...all(OWNER, ADMIN, REGISTRATION_CLERK),
      DOCTOR: 'exists (select from schedule_exception x where x.id = t.schedule_exception_id and x.doctor_id = $doctorId)',
    },
  },
  time_off: { patient: null, rows: { ...all(OWNER, ADMIN, REGISTRATION_CLERK), DOCTOR: 't.doctor_id = $doctorId' } },
  clinic_closure: { patient: null, rows: all(...EVERYBODY) },
  service: {
    patient: null,
    rows: { ...all(...EVERYBODY.filter((role) => role !== PATIENT)), PATIENT: 't.active and t.online_bookable' },
  },
  location: { patient: null, rows: all(...EVERYBODY) },
  room: { patient: null, rows: all(...EVERYBODY) },
  clinic_setting: { patient: null, rows: all(OWNER, ADMIN) },
}

/** Tables whose rows somebody with the role may count without seeing them. */
export const COUNTED: Readonly<Partial<Record<Role, readonly string[]>>> = {
  ANALYST: ['appointment', 'queue_entry', 'treatment_plan', 'prescription'],
}

/** What a viewpoint sees of a database that stands still. */
export class Sight {
  readonly #roles: ReadonlyMap<string, ReadonlyMap<string, readonly Role[]>>

  private constructor(roles: ReadonlyMap<string, ReadonlyMap<string, readonly Role[]>>) {
    this.#roles = roles
  }

  static async of(client: pg.Client, viewpoint: Viewpoint): Promise<Sight> {
    const tables = new Map<string, ReadonlyMap<string, readonly Role[]>>()
    for (const [table, rule] of Object.entries(TABLES)) {
      const columns = viewpoint.roles.map((role) => `coalesce(${conditionOf(rule, role, viewpoint)}, false) as "${role}"`)
      const { rows } = await client.query<Record<string, unknown>>(`select t.id, ${columns.join(', ')} from ${table} t`)
      tables.set(table, new Map(rows.map((row) => [row['id'] as string, viewpoint.roles.filter((role) => row[role] === true)])))
    }
    return new Sight(tables)
  }

  /** Whether the row may be seen. */
  row(table: string, id: string): boolean {
    return (this.#roles.get(table)?.get(id)?.length ?? 0) > 0
  }

  /** Whether the column of the row may be read: by a role that also sees the row. */
  cell(table: string, id: string, column: string): boolean {
    const readers = TABLES[table]?.columns?.[column] ?? EVERYBODY
    return (this.#roles.get(table)?.get(id) ?? []).some((role) => readers.includes(role))
  }

  /** All ids of a table that may be seen. */
  rows(table: string): string[] {
    return [...(this.#roles.get(table) ?? [])].filter(([, roles]) => roles.length > 0).map(([id]) => id)
  }
}

function conditionOf(rule: TableRule, role: Role, who: Viewpoint): string {
  const quoted = (id: string | null): string => (id === null ? 'null::uuid' : `'${id}'::uuid`)
  const own = `${rule.patient ?? 'null'} in (${who.patientIds.map(quoted).join(', ') || 'null::uuid'})`
  const condition = (rule.rows[role] ?? 'false')
    .replaceAll(/\bown\b/g, own)
    .replaceAll('$userId', quoted(who.userId))
    .replaceAll('$staffId', quoted(who.staffId))
    .replaceAll('$doctorId', quoted(who.doctorId))
  if (role !== DOCTOR || who.careMonths === null || rule.patient === null) return condition
  const since = `now() - interval '${who.careMonths} months'`
  const doctor = quoted(who.doctorId)
  const care = `select patient_id from appointment where doctor_id = ${doctor} and status <> 'ENTERED_IN_ERROR' and starts_at >= ${since}
    union select patient_id from medical_record where author_id = ${doctor} and status <> 'ENTERED_IN_ERROR' and occurred_at >= ${since}
    union select patient_id from treatment_plan where doctor_id = ${doctor} and created_at >= ${since}
    union select id from patient where registered_by_id = ${quoted(who.userId)} and created_at >= ${since}
    union select patient_id from break_glass where user_id = ${quoted(who.userId)} and ends_at > now()`
  return `(${condition}) and ${rule.patient} in (${care})`
}
