import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { TEMPLATE } from './template.js'

/** A database of one test file. */
export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

async function onServer(run: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  try {
    await run(client)
  } finally {
    await client.end()
  }
}

/** A fresh, migrated database. */
export const createTestDatabase = (): Promise<TestDatabase> => copyOf(TEMPLATE)

/** A copy of a database that nobody is connected to. */
export const copyDatabase = ({ url }: TestDatabase): Promise<TestDatabase> => copyOf(new URL(url).pathname.slice(1))

async function copyOf(template: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  // Two copies of one template at once are refused by PostgreSQL; the lock makes them wait.
  await onServer(async (client) => {
    await client.query('select pg_advisory_lock(1)')
    await client.query(`create database ${name} template ${template}`)
  })
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  return { url: url.toString(), drop: () => onServer((client) => client.query(`drop database if exists ${name} with (force)`)) }
}
