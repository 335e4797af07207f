import type { Client } from 'pg'

/**
 * Rows of one fixed shape, besides the generated clinic, so that figures stay comparable when the generator changes.
 *
 * - The cohort: patients with 2 allergies, 10 appointments (each with its doctor and one signed record), and 3 plans with 9 procedures
 *   together: a chart of some 130 fields and 7 kB. Every one has the same shape and other words.
 * - The boards: full days of 120 appointments in the future, of patients who have nothing else.
 *
 * Ids come from hashes of running numbers, so every run asks for the same ones. Times lie outside those of the generated clinic, because no
 * doctor can be in two places.
 */
export const COHORT_PATIENTS = 300
export const BOARD_DAYS = 20
const BOARD_APPOINTMENTS = 120
const VISITS = 10

/** The patient whose chart is looked at first. */
export const REFERENCE_PATIENT = 1

const id = (kind: string, ...numbers: string[]): string => `md5(concat_ws('/', 'bench ${kind}', ${numbers.join(', ')}))::uuid`

/** The first day of the boards, 2035-01-01; each later one is a day on. */
const BOARD_START = Date.UTC(2035, 0, 1)
const DAY = 86_400_000

/** Beginning and end of the days that the boards show. */
export const boardDays: readonly { from: string; to: string }[] = Array.from({ length: BOARD_DAYS }, (_, day) => ({
  from: new Date(BOARD_START + day * DAY).toISOString(),
  to: new Date(BOARD_START + (day + 1) * DAY).toISOString(),
}))

const DOCTORS = `doctors as (select d.id, row_number() over (order by d.id) - 1 as turn, count(*) over () as of from doctor d where d.active)`

const patients = (kind: string, count: number, lastName: string, mrnPrefix: string): string => `
  insert into patient (id, mrn, first_name, last_name, birth_date, sex, phone, email, allergy_status)
  select ${id(kind, 'p')}, '${mrnPrefix}' || lpad(p::text, 8, '0'), (array['Amara','Björn','Chiara','Dmitri','Élise','Farid'])[1 + p % 6], '${lastName} ' || p,
         date '1940-01-01' + p * 61, (array['FEMALE','MALE'])[1 + p % 2], '+44 20 7946 ' || lpad(p::text, 4, '0'), 'patient' || p || '@${kind}.example', 'RECORDED'
  from generate_series(1, ${count}) p`

const STATEMENTS: readonly string[] = [
  // They come last in the alphabet, so that pages of the patient list show the generated ones.
  patients('cohort', COHORT_PATIENTS, 'Zz Cohort', '9811'),
  patients('board', BOARD_APPOINTMENTS, 'Zz Board', '9822'),
  `insert into allergy (id, patient_id, substance, category, criticality, reactions, recorded_at)
   select ${id('allergy', 'p', 'a')}, ${id('cohort', 'p')}, (array['Penicillin','Peanut','Latex','House dust mite'])[1 + (p + a) % 4], 'MEDICATION',
          (array['LOW','HIGH'])[a], array['rash', 'swelling of the lips'], timestamptz '2018-03-01 09:00+00' + make_interval(days => p, mins => a)
   from generate_series(1, ${COHORT_PATIENTS}) p, generate_series(1, 2) a`,
  // Visit v of all patients comes before visit v + 1 of any; the doctors take the visits in turn, one after the other.
  `with ${DOCTORS}, visits as (
     select p, v, (v - 1) * ${COHORT_PATIENTS} + p as n from generate_series(1, ${COHORT_PATIENTS}) p, generate_series(1, ${VISITS}) v)
   insert into appointment (id, patient_id, doctor_id, location_id, starts_at, ends_at, status, reason)
   select ${id('visit', 'p', 'v')}, ${id('cohort', 'p')}, d.id, (select id from location order by id limit 1), t.at, t.at + interval '20 minutes', 'COMPLETED',
          'Follow-up ' || v || ' after the last examination'
   from visits join doctors d on d.turn = visits.n % d.of
   cross join lateral (select timestamptz '2019-01-07 08:00+00' + make_interval(mins => (visits.n / d.of * 30)::int) as at) t`,
  `insert into medical_record (id, patient_id, appointment_id, author_id, status, occurred_at, encounter_type, findings, assessment, signed_at, content_hash)
   select ${id('record', 'a.id')}, a.patient_id, a.id, a.doctor_id, 'SIGNED', a.starts_at, 'ambulatory',
          'Visit of ' || a.starts_at::date || ': in good general condition, afebrile. Heart sounds regular, no murmur; chest clear on both sides; abdomen soft, '
            || 'no tenderness; no oedema of the legs. Blood pressure within the target since the dose was changed; tolerates the medication well.',
          'Stable.', a.ends_at, encode(sha256(a.id::text::bytea), 'hex')
   from appointment a join generate_series(1, ${COHORT_PATIENTS}) p on a.patient_id = ${id('cohort', 'p')}`,
  `with ${DOCTORS}
   insert into treatment_plan (id, patient_id, doctor_id, title, diagnosis_summary, status, created_at)
   select ${id('plan', 'p', 'n')}, ${id('cohort', 'p')}, (select d.id from doctors d where d.turn = (p + n) % d.of), 'Plan ' || n,
          'Essential hypertension, ' || (array['grade 1','grade 2','controlled'])[n], 'IN_PROGRESS', timestamptz '2019-02-01 10:00+00' + make_interval(days => p, hours => n)
   from generate_series(1, ${COHORT_PATIENTS}) p, generate_series(1, 3) n`,
  `insert into procedure (id, patient_id, treatment_plan_id, name, status, performed_at, created_at)
   select ${id('procedure', 'p', 'n', 's')}, ${id('cohort', 'p')}, ${id('plan', 'p', 'n')},
          (array['Ambulatory blood pressure measurement, 24 hours','Electrocardiogram with twelve leads','Blood test: electrolytes and kidney function'])[s],
          'COMPLETED', timestamptz '2019-03-01 10:00+00' + make_interval(days => p, hours => n, mins => s), timestamptz '2019-02-02 10:00+00' + make_interval(days => p, hours => n, mins => s)
   from generate_series(1, ${COHORT_PATIENTS}) p, generate_series(1, 3) n, generate_series(1, 3) s`,
  `with ${DOCTORS}
   insert into appointment (id, patient_id, doctor_id, location_id, starts_at, ends_at, status, reason)
   select ${id('booking', 'day', 'n')}, ${id('board', 'n')}, d.id, (select id from location order by id limit 1), t.at, t.at + interval '30 minutes',
          (array['BOOKED','CONFIRMED'])[1 + n % 2], 'Check-up ' || n
   from generate_series(0, ${BOARD_DAYS - 1}) day, generate_series(1, ${BOARD_APPOINTMENTS}) n
   join doctors d on d.turn = n % d.of
   cross join lateral (select timestamptz '2035-01-01 06:00+00' + make_interval(days => day, mins => (n / d.of * 30)::int) as at) t`,
]

/** Adds these rows to a clinic that has at least ten active doctors and one location. */
export async function addCohort(client: Client): Promise<void> {
  for (const statement of STATEMENTS) await client.query(statement)
}

/** The ids of the cohort, the reference patient first. */
export async function cohortIds(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select ${id('cohort', 'p')} as id from generate_series($1::int, $2::int) p order by p`,
    [REFERENCE_PATIENT, COHORT_PATIENTS],
  )
  return rows.map((row) => row.id)
}

/** Appointments that are added to those of the cohort's last patients, all of them earlier than what a chart shows. */
export const LONG_HISTORY = 10_000

/** Patients of the cohort with as long a history; the others keep their ten appointments. */
export const LONG_HISTORIES = 5

/** Gives the last patients of the cohort a long history. Their charts keep their shape: what is new is older than the ten latest appointments. */
export async function addLongHistories(client: Client): Promise<string[]> {
  const from = COHORT_PATIENTS - LONG_HISTORIES + 1
  await client.query(
    `with ${DOCTORS}
     insert into appointment (id, patient_id, doctor_id, location_id, starts_at, ends_at, status, reason)
     select ${id('long', 'p', 'n')}, ${id('cohort', 'p')}, d.id, (select id from location order by id limit 1), t.at, t.at + interval '20 minutes', 'COMPLETED', 'Long ago ' || n
     from generate_series(${from}, ${COHORT_PATIENTS}) p, generate_series(1, ${LONG_HISTORY}) n
     join doctors d on d.turn = n % d.of
     cross join lateral (select timestamptz '2018-01-01 08:00+00' - make_interval(hours => 8 * n, mins => p) as at) t`,
  )
  await client.query('vacuum (analyze) appointment')
  return (await cohortIds(client)).slice(-LONG_HISTORIES)
}

/**
 * Makes every patient of the cohort one in the care of the doctor of this account, by an appointment earlier than what their chart shows;
 * once.
 */
export async function addCareRelations(client: Client, username: string): Promise<void> {
  await client.query(
    `insert into appointment (id, patient_id, doctor_id, location_id, starts_at, ends_at, status, reason)
     select ${id('care', 'p')}, ${id('cohort', 'p')}, d.id, (select id from location order by id limit 1), t.at, t.at + interval '20 minutes', 'COMPLETED', 'First visit'
     from generate_series(1, ${COHORT_PATIENTS}) p
     cross join (select d.id from doctor d join user_account u on u.staff_id = d.staff_id where u.username = $1) d
     cross join lateral (select timestamptz '2018-06-01 08:00+00' + make_interval(hours => p) as at) t
     on conflict (id) do nothing`,
    [username],
  )
}
