import fc from 'fast-check'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeRow } from '../../../src/modules/demo/copy.js'
import { createTestDatabase, type TestDatabase } from '../../support/database.js'

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createTestDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('create temp table sample (position int, line text, flag boolean, list text[])')
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

/** PostgreSQL stores every character but NUL; half of a surrogate pair is no character. */
const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''))

it('brings every text into the database as it is: tabs, line ends, backslashes, braces, `\\.` and `\\N`', async () => {
  const awkward = ['\\.', '\\N', 'a\tb', 'a\nb\r', '\\', '"{,}"', '', 'null', "O'Brien", '\v\f\b']
  const rows = fc.array(
    fc.record({
      line: fc.oneof(text, fc.constantFrom(...awkward), fc.constant(null)),
      flag: fc.boolean(),
      list: fc.array(fc.oneof(text, fc.constantFrom(...awkward))),
    }),
  )
  await fc.assert(
    fc.asyncProperty(rows, async (drawn) => {
      const expected = drawn.map((row, position) => ({ position, ...row }))
      await client.query('truncate sample')
      const lines = expected.map((row) => encodeRow(row, ['position', 'line', 'flag', 'list']))
      await pipeline(Readable.from(lines), client.query(copyFrom('copy sample from stdin')))
      expect((await client.query('select * from sample order by position')).rows).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})
