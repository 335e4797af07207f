import { randomBytes } from 'node:crypto'
import pg from 'pg'

import type { Project } from '../project.ts'
import { addCohort, boardDays, cohortIds } from './cohort.ts'

/** What the servers are asked for, the same for all of them. */
export interface Facts {
  /** Patients of one fixed shape, the reference patient first. */
  readonly charts: readonly string[]
  /** Generated patients with some history, whose answers are compared but not measured. */
  readonly generatedCharts: readonly string[]
  /** Where pages of the patient list begin: the last row before each. */
  readonly listPages: readonly { lastName: string; firstName: string; id: string }[]
  readonly boardDays: readonly { from: string; to: string }[]
}

/** The account that reads, and the secrets of the server that knows it. Made anew for every run. */
export interface Account {
  readonly username: string
  readonly password: string
  readonly jwtSecret: string
  readonly pepper: string
}

/** Patients on one page of the list workload. */
export const LIST_PAGE = 50
/** Most pages of the patient list that are asked for. */
const LIST_PAGES = 20
const GENERATED_CHARTS = 50
/** What a server in production hashes with, so that signing in does not hash the password anew. */
const ACCOUNT_COST = 12
/** Everything generated is relative to this instant, so that every run has the same clinic. */
export const GENERATED_AS_OF = '2026-11-20'

/** How much history the generated patients have. */
export const HISTORIES = ['none', 'light', 'full'] as const satisfies import('../../src/modules/demo/world.js').History[]
export type History = (typeof HISTORIES)[number]

/** Migrates an empty database and fills it: a generated clinic of that many patients, the cohort, and one doctor who can sign in. */
export async function fillDatabase(project: Project, url: string, patients: number): Promise<{ account: Account; facts: Facts }> {
  const account = { username: 'bench', password: secret(), jwtSecret: secret(), pepper: secret() }
  const passwordHasher = new project.PasswordHasher({ pepper: account.pepper, cost: 10 })
  await project.migrateDatabase(url)
  await project.seedClinic({
    connectionString: url,
    seed: 'bench',
    patients,
    history: 'full',
    asOf: GENERATED_AS_OF,
    passwordHasher,
    demoAccounts: false,
  })

  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await addCohort(client)
    await setAccount(client, project, account)
    // As a clinic that has run for a while: statistics, visibility map and hint bits are there before the first measurement.
    await client.query('vacuum (analyze)')
    await client.query('checkpoint')
    return { account, facts: await readFacts(client, patients) }
  } finally {
    await client.end()
  }
}

/** Makes the account that reads, or gives it this password. It belongs to a doctor, whose row scope is that of every doctor. */
export async function setAccount(client: pg.Client, project: Project, { username, password, pepper }: Account): Promise<void> {
  const hash = await new project.PasswordHasher({ pepper, cost: ACCOUNT_COST }).hash(password)
  const { rowCount } = await client.query('update user_account set password_hash = $2 where username = $1', [username, hash])
  if (rowCount === 1) return
  await client.query(
    `with person as (insert into staff (id, full_name) values (gen_random_uuid(), 'Dr. Bench') returning id),
          doctor as (insert into doctor (id, full_name, specialty, staff_id) select gen_random_uuid(), 'Dr. Bench', 'General practice', id from person)
     insert into user_account (id, username, display_name, password_hash, roles, staff_id)
     select gen_random_uuid(), $1, 'Dr. Bench', $2, '{DOCTOR}', id from person`,
    [username, hash],
  )
}

async function readFacts(client: pg.Client, patients: number): Promise<Facts> {
  const pages = Math.max(1, Math.min(LIST_PAGES, Math.floor(patients / LIST_PAGE)))
  const { rows: listPages } = await client.query<Facts['listPages'][number]>(
    `select last_name as "lastName", first_name as "firstName", id
     from (select last_name, first_name, id, row_number() over (order by last_name, first_name, id) as place from patient) p
     where place % $1 = 0 order by place limit $2`,
    [LIST_PAGE, pages],
  )
  const { rows: generated } = await client.query<{ id: string }>(
    `select p.id from patient p where p.last_name not like 'Zz %' and exists (select from treatment_plan t where t.patient_id = p.id) order by p.id limit $1`,
    [GENERATED_CHARTS],
  )
  return { charts: await cohortIds(client), generatedCharts: generated.map(({ id }) => id), listPages, boardDays }
}

function secret(): string {
  return randomBytes(36).toString('base64url')
}
