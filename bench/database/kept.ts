import { join } from 'node:path'
import pg from 'pg'

import type { Project } from '../project.ts'
import { addCohort } from './cohort.ts'
import { GENERATED_AS_OF, type History } from './fill.ts'

/** Where databases are kept that take long to make: a folder with a PostgreSQL of its own, or a given server. */
export interface Keep extends AsyncDisposable {
  /**
   * A clinic of that size, migrated, filled and with the cohort; made now when it is not there yet. Never dropped.
   * @returns its address
   */
  clinic(patients: number, history: History): Promise<string>
}

export interface KeepOptions {
  readonly project: Project
  /** Folder for the PostgreSQL of its own. */
  readonly folder: string
  /** Instead of it: a server on which the role may make databases. */
  readonly given: string | undefined
  readonly say: (line: string) => void
}

/** Opens the place where databases are kept. Disposing of it stops the server and leaves the databases. */
export async function openKeep(options: KeepOptions): Promise<Keep> {
  const { project, folder, given, say } = options
  const postgres = given === undefined ? await project.startEmbeddedPostgres({ dataDir: join(folder, 'growth') }) : undefined
  const maintenance = given ?? postgres?.url ?? ''
  return {
    clinic: async (patients, history) => {
      const name = `clinic_bench_${patients}_${history}`
      const url = at(maintenance, name)
      if (!(await exists(maintenance, name))) {
        const begun = performance.now()
        say(`Making ${name}, to be kept …`)
        await make(options, maintenance, name, patients, history)
        say(`Made ${name} in ${((performance.now() - begun) / 1000).toFixed(0)} s`)
      }
      // A build newer than the database may bring migrations.
      await project.migrateDatabase(url)
      return url
    },
    [Symbol.asyncDispose]: async () => postgres?.stop(),
  }
}

/** Patients that the generator gives one practice with its doctors. */
const PRACTICE = 10_000
/** Patients that are added in one transaction, without cutting a practice; a stopped run goes on behind the last one. */
const PORTION = 10 * PRACTICE

/** Fills a database under another name and gives it its own only when it is complete, so that one left by a stopped run is not taken for it. */
async function make({ project, say }: KeepOptions, maintenance: string, name: string, patients: number, history: History): Promise<void> {
  const unfinished = `${name}_unfinished`
  const url = at(maintenance, unfinished)
  if (!(await exists(maintenance, unfinished))) await query(maintenance, `create database ${unfinished}`)
  await project.migrateDatabase(url)
  const passwordHasher = new project.PasswordHasher({ pepper: 'of accounts that nobody uses', cost: 10 })
  for (;;) {
    const there = await countPatients(url)
    if (there >= patients) break
    say(`${there} of ${patients} patients …`)
    await project.seedClinic({
      connectionString: url,
      seed: 'bench',
      patients: Math.min(there === 0 ? PRACTICE : PORTION, patients - there),
      // Without any history there would be no doctors, and the cohort needs some.
      history: there === 0 && history === 'none' ? 'light' : history,
      asOf: GENERATED_AS_OF,
      passwordHasher,
      demoAccounts: false,
    })
  }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount: cohort } = await client.query("select from patient where last_name = 'Zz Cohort 1'")
    if (cohort === 0) await inTransaction(client, () => addCohort(client))
    await client.query('set statement_timeout = 0')
    await client.query('vacuum (analyze)')
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
  await query(maintenance, `alter database ${unfinished} rename to ${name}`)
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin')
  await work()
  await client.query('commit')
}

/** Generated ones, without the cohort. */
async function countPatients(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ count: number }>("select count(*)::int as count from patient where last_name not like 'Zz %'")
    return rows[0]?.count ?? 0
  } finally {
    await client.end()
  }
}

function at(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

async function exists(url: string, name: string): Promise<boolean> {
  return (await query(url, 'select from pg_database where datname = $1', [name])) > 0
}

async function query(url: string, statement: string, values: unknown[] = []): Promise<number> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    return (await client.query(statement, values)).rowCount ?? 0
  } finally {
    await client.end()
  }
}
