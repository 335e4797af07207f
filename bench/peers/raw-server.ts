/**
 * The limit: `node:http` and `pg`, one prepared statement per question, whose text goes to the client as it comes from the database.
 * `GET /NAME?VALUES`, where `VALUES` is a JSON array of the statement's values.
 */
import { createServer } from 'node:http'
import pg from 'pg'

import { WORKLOADS } from '../workloads/workloads.ts'
import { serveUntilStopped, settings } from './peer-process.ts'

const { databaseUrl, poolMax } = settings()
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolMax })
pool.on('error', () => undefined)

const statements = new Map(WORKLOADS.flatMap(({ name, raw }) => (raw === undefined ? [] : [[name as string, raw.sql]])))

const server = createServer((request, response) => {
  const [path = '', values = '[]'] = (request.url ?? '').slice(1).split('?', 2)
  const text = statements.get(path)
  if (text === undefined) {
    response.writeHead(404).end()
    return
  }
  pool.query<[string]>({ name: path, text, values: JSON.parse(decodeURIComponent(values)) as unknown[], rowMode: 'array' }).then(
    ({ rows: [row] }) => {
      const body = Buffer.from(row?.[0] ?? 'null')
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
    },
    (error: unknown) => {
      console.error(error)
      response.writeHead(500).end()
    },
  )
})
await serveUntilStopped(server)
