/**
 * PostGraphile 5 on the same tables, as its documentation sets it up for production: no GraphiQL, no watching, no explaining, prepared
 * statements. Without sign-in and without rules. Environment: `DATABASE_URL`, `PORT`, `POOL_MAX`.
 */
import { createServer } from 'node:http'
import pg from 'pg'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { pgSmartTags } from 'postgraphile/utils'
import { postgraphile } from 'postgraphile'
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter'

import { serveUntilStopped, settings } from './peer-process.ts'

const { databaseUrl, poolMax } = settings()
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolMax })
pool.on('error', () => undefined)

/** Names that would meet names which PostGraphile makes itself; it would leave out the types they are in. */
const names = pgSmartTags([
  { kind: 'attribute', match: 'public.patient_merge_row.row_id', tags: { name: 'moved_row_id' } },
  {
    kind: 'constraint',
    match: 'public.appointment.appointment_rescheduled_from_id_foreign',
    tags: { foreignFieldName: 'successors', foreignSimpleFieldName: 'successorsList', foreignSingleFieldName: 'successor' },
  },
])

const server = createServer()
const instance = postgraphile({
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  plugins: [names],
  pgServices: [makePgService({ pool, schemas: ['public'] })],
  // It offers no order by a column without an index; the closed sets are ordered by such columns in the schema of the clinic.
  disablePlugins: ['PgIndexBehaviorsPlugin'],
  // Closed sets as plain lists, as in the schema of the clinic; connections for the others.
  schema: { defaultBehavior: '+list' },
  grafast: { explain: false },
  grafserv: { graphiql: false, websockets: false, watch: false, maxRequestLength: 100_000 },
})
const endpoint = instance.createServ(grafserv)
await endpoint.addTo(server)
await serveUntilStopped(server)
