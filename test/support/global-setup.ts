import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/database/embedded.js'
import { migrateDatabase } from '../../src/database/migrate.js'
import { TEMPLATE } from './template.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's connection string to the server of this run. */
    postgresUrl: string
  }
}

/** One PostgreSQL for the whole run, with one migrated database that test files copy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'clinic-test-'))
  const postgres = await startEmbeddedPostgres({ dataDir, fast: true })
  const url = await postgres.createDatabase(TEMPLATE)
  await migrateDatabase(url)
  project.provide('postgresUrl', postgres.url)
  return async () => {
    await postgres.destroy()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
