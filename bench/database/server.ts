import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

import type { Project } from '../project.ts'

/** An empty database that belongs to one run of the comparison. */
export interface OwnDatabase extends AsyncDisposable {
  readonly url: string
  readonly server: 'embedded' | 'given'
}

/**
 * An empty database: in a PostgreSQL of its own, or beside the database named by `given`, whose content is never touched.
 * Disposing of it removes all of it.
 */
export async function openDatabase(project: Project, given: string | undefined): Promise<OwnDatabase> {
  return given === undefined ? openEmbedded(project) : openBeside(given)
}

async function openEmbedded(project: Project): Promise<OwnDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'clinic-bench-'))
  const postgres = await project.startEmbeddedPostgres({ dataDir })
  return {
    url: postgres.url,
    server: 'embedded',
    [Symbol.asyncDispose]: async () => {
      await postgres.destroy()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function openBeside(given: string): Promise<OwnDatabase> {
  const name = `clinic_bench_${process.pid}`
  const url = new URL(given)
  url.pathname = `/${name}`
  await run(given, `create database ${name}`)
  return {
    url: url.href,
    server: 'given',
    [Symbol.asyncDispose]: () => run(given, `drop database if exists ${name} with (force)`),
  }
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
