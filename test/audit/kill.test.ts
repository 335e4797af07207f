import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import { TrailTable } from '../../src/audit/trail-table.js'
import { verifyTrail } from '../../src/audit/verify.js'
import { TEST_PASSWORD } from '../factories/clinic.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { openFactory, testEnv } from '../support/server.js'

const READERS = 16
const ROUNDS = 3
const LOAD_MS = 1000

/** The compiled server: what is killed must be a process of its own. Beside the build, so that it finds the packages. */
const BUILD = resolve('dist', `.killed-${process.pid}`)

describe('killing the server under load (SECURITY P2)', () => {
  let database: TestDatabase
  let patientId: string
  const children = new Set<ChildProcess>()

  beforeAll(async () => {
    database = await createTestDatabase()
    await promisify(execFile)('tsc', [
      '-p',
      'tsconfig.build.json',
      '--outDir',
      BUILD,
      '--incremental',
      'false',
      '--tsBuildInfoFile',
      'null',
    ]).catch(() => undefined)
    const { make, hasher } = await openFactory(database)
    const patient = make.patient()
    make.allergy(patient)
    await make.user(hasher, [Role.OWNER], { username: 'reader' })
    await make.save()
    patientId = patient.id
    await make.close()
  }, 120_000)
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL')
    await rm(BUILD, { recursive: true, force: true })
    await database.drop()
  })

  it('loses no event of an answer that was given, and the chain is right', async () => {
    const answered: string[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const { child, url } = await start()
      const token = await signIn(url)
      const reading = Promise.all(Array.from({ length: READERS }, (_, reader) => readOn(url, token, `read-${round}-${reader}`, answered)))
      await new Promise((done) => setTimeout(done, LOAD_MS))
      const dead = new Promise((done) => child.once('exit', done))
      child.kill('SIGKILL')
      await Promise.all([dead, reading])
    }
    expect(answered.length).toBeGreaterThan(READERS * ROUNDS * 3)
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    const { rows } = await client.query<{ request_id: string }>("select request_id from audit_event where action = 'READ'")
    await client.end()
    const events = new Set(rows.map(({ request_id }) => request_id))
    expect(answered.filter((id) => !events.has(id))).toEqual([])
    const { problem } = await TrailTable.open(database.url, (table) => verifyTrail(table))
    expect(problem).toBeNull()
  }, 60_000)

  async function start(): Promise<{ child: ChildProcess; url: string }> {
    const { JWT_SECRET, PASSWORD_PEPPER } = testEnv()
    const child = spawn(process.execPath, [join(BUILD, 'src', 'main.js')], {
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        PORT: '0',
        HOST: '127.0.0.1',
        DATABASE_URL: database.url,
        BCRYPT_COST: '5',
        JWT_SECRET,
        PASSWORD_PEPPER,
        CLINIC_DATA_DIR: join(BUILD, 'data'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.add(child)
    let said = ''
    const url = await new Promise<string>((found, failed) => {
      const listen = (chunk: Buffer): void => {
        said += chunk.toString()
        const match = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
        if (match) found(match[0])
      }
      child.stdout?.on('data', listen)
      child.stderr?.on('data', listen)
      child.once('exit', () => failed(new Error(`the server ended: ${said}`)))
    })
    return { child, url }
  }

  async function send(url: string, query: string, variables: unknown, headers: Record<string, string> = {}): Promise<any> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    })
    return response.json()
  }

  async function signIn(url: string): Promise<string> {
    const { data } = await send(url, 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }', {
      input: { username: 'reader', password: TEST_PASSWORD },
    })
    return data.login.accessToken
  }

  /** Reads until the server is gone, and writes down each request that was answered with data. */
  async function readOn(url: string, token: string, name: string, answered: string[]): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      const id = `${name}-${turn}`
      try {
        const { data } = await send(
          url,
          'query ($id: ID!) { patient(id: $id) { firstName allergies { substance } } }',
          { id: patientId },
          { authorization: `Bearer ${token}`, 'x-request-id': id },
        )
        if (data?.patient) answered.push(id)
      } catch {
        return
      }
    }
  }
})
