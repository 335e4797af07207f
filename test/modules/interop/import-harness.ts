import { MikroORM } from '@mikro-orm/postgresql'
import { Client } from 'pg'

import { MIGRATIONS_PATH } from '../../../src/database/migrate.js'
import { ormOptions } from '../../../src/database/orm-options.js'
import { importFhir, type FhirImportOptions, type FhirImportResult } from '../../../src/modules/interop/fhir-import.js'
import type { TypeCount } from '../../../src/modules/interop/import-ledger.js'
import type { Problem } from '../../../src/modules/interop/import-problems.js'
import { createTestDatabase, type TestDatabase } from '../../support/database.js'
import { bundle, InputFolder, type Resource } from './fhir-fixtures.js'

/** What an import did, and what it had to say. */
export interface Imported extends FhirImportResult {
  readonly problems: readonly Problem[]
  /** Codes of what was said of a resource, in order. */
  codesOf(id: string): readonly string[]
  countOf(type: string): Pick<TypeCount, 'read' | 'created' | 'updated' | 'unchanged' | 'skipped'> | undefined
}

/** A clinic of its own to import into. */
export class ImportHarness {
  readonly orm: MikroORM
  readonly #database: TestDatabase
  readonly #client: Client

  private constructor(database: TestDatabase, orm: MikroORM, client: Client) {
    this.#database = database
    this.orm = orm
    this.#client = client
  }

  static async create(): Promise<ImportHarness> {
    const database = await createTestDatabase()
    const orm = await MikroORM.init(ormOptions(database.url, MIGRATIONS_PATH))
    const client = new Client({ connectionString: database.url })
    await client.connect()
    return new ImportHarness(database, orm, client)
  }

  get url(): string {
    return this.#database.url
  }

  async importFiles(files: readonly string[], options: Partial<FhirImportOptions> = {}): Promise<Imported> {
    const problems: Problem[] = []
    const result = await importFhir(this.orm, this.url, {
      source: 'fhir',
      zone: undefined,
      location: undefined,
      keepNameDigits: false,
      dryRun: false,
      onProblem: (problem) => problems.push(problem),
      ...options,
      files,
    })
    const counts = new Map(result.ledger.counts())
    return {
      ...result,
      problems,
      codesOf: (id) => problems.filter((problem) => problem.id === id).map((problem) => problem.code),
      countOf: (type) => {
        const count = counts.get(type)
        if (count === undefined) return undefined
        const { reasons: _, ...numbers } = count
        return numbers
      },
    }
  }

  /** Imports one bundle of these resources. */
  async importBundle(resources: readonly Resource[], options: Partial<FhirImportOptions> = {}): Promise<Imported> {
    await using folder = await InputFolder.create()
    return await this.importFiles([await folder.write('bundle.json', bundle(...resources))], options)
  }

  async rows<T extends object = Record<string, unknown>>(sql: string, ...values: unknown[]): Promise<T[]> {
    return (await this.#client.query<T>(sql, values)).rows
  }

  /** The row a resource became. */
  async rowOf(table: string, resourceType: string, id: string): Promise<Record<string, unknown> | undefined> {
    const [row] = await this.rows(
      `select t.* from ${table} t join source_link l on l.entity_id = t.id where l.source = 'fhir' and l.resource_type = $1 and l.external_id = $2`,
      resourceType,
      id,
    )
    return row
  }

  /** Everything the clinic holds, as text: two equal ones are two equal clinics. */
  async everything(): Promise<string> {
    const tables = await this.rows<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public' order by 1`)
    const parts = await Promise.all(
      tables.map(async ({ name }) => [name, await this.rows(`select row_to_json(t)::text as row from "${name}" t order by 1`)] as const),
    )
    return JSON.stringify(parts)
  }

  async close(): Promise<void> {
    await this.#client.end()
    await this.orm.close()
    await this.#database.drop()
  }
}
