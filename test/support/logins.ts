import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { TestDatabase } from './database.js'

/** Logins of a test file, which belong to the whole cluster and therefore have names that nobody else has. */
export class Logins {
  readonly #database: TestDatabase
  readonly #names: string[] = []

  constructor(database: TestDatabase) {
    this.#database = database
  }

  /** A new login and its way into the test database. @param is what `create role` says of it */
  async add(is = 'in role clinic_app'): Promise<string> {
    const name = `login_${randomUUID().replaceAll('-', '')}`
    const password = randomUUID()
    await this.run(`create role ${name} login password '${password}' ${is}`)
    this.#names.push(name)
    return Object.assign(new URL(this.#database.url), { username: name, password }).toString()
  }

  /** As the superuser. */
  run(text: string): Promise<Record<string, unknown>[]> {
    return query(this.#database.url, text)
  }

  /** After the sessions of the logins have ended. */
  async drop(): Promise<void> {
    for (const name of this.#names) await this.run(`drop owned by ${name}; drop role ${name}`)
  }
}

/** Asks with a session of its own. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}
