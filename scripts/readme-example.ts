import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createApp } from '../src/app.js'
import { startEmbeddedPostgres } from '../src/database/embedded.js'
import { migrateDatabase } from '../src/database/migrate.js'
import { loadEnv } from '../src/env.js'
import { DEMO_PASSWORD } from '../src/modules/demo/accounts.js'
import { createDemoClinic } from '../src/modules/demo/demo-clinic.js'
import { PasswordHasher } from '../src/modules/identity/password.js'
import { keepGenerated } from './generated.js'

// The request of the README and its answer, from a demo clinic made as of a fixed day: the same seed and day make the same clinic.
const QUERY = `{
  patients(first: 1, filter: { search: "aydin selin" }) {
    edges {
      node {
        mrn firstName lastName birthDate
        allergies { substance criticality }
        appointments(first: 1, filter: { status: [COMPLETED] }) {
          totalCount
          edges { node { startsAt doctor { fullName specialty } medicalRecords { diagnoses { code display } } } }
        }
        treatmentPlans(first: 1) { edges { node { title status procedures { name status } } } }
      }
    }
  }
}`

const dataDir = mkdtempSync(join(tmpdir(), 'clinic-example-'))
const postgres = await startEmbeddedPostgres({ dataDir, fast: true })
try {
  const env = loadEnv({ NODE_ENV: 'test', PORT: '0', HOST: '127.0.0.1', BCRYPT_COST: '4' })
  await migrateDatabase(postgres.url)
  await createDemoClinic({
    url: postgres.url,
    hasher: new PasswordHasher({ pepper: env.PASSWORD_PEPPER, cost: env.BCRYPT_COST }),
    asOf: '2026-11-20T12:00:00.000Z',
  })
  const app = await createApp({ env, logger: pino({ level: 'silent' }), databaseUrl: postgres.url })
  try {
    const send = async (query: string, token?: string): Promise<Record<string, unknown>> => {
      const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) }
      const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
      return (await response.json()) as Record<string, unknown>
    }
    const login = await send(`mutation { login(input: { username: "doctor", password: "${DEMO_PASSWORD}" }) { accessToken } }`)
    const { accessToken } = (login['data'] as { login: { accessToken: string } }).login
    const answer = JSON.stringify(await send(QUERY, accessToken), null, 2)
    const block = ['<!-- example -->', '', '```graphql', QUERY, '```', '', '```json', answer, '```', '', '<!-- /example -->'].join('\n')
    keepGenerated(
      'README.md',
      readFileSync('README.md', 'utf8').replace(/<!-- example -->[\s\S]*<!-- \/example -->/, () => block),
    )
  } finally {
    await app.close()
  }
} finally {
  await postgres.destroy()
  rmSync(dataDir, { recursive: true, force: true })
}
