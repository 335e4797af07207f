import { execFile } from 'node:child_process'
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { DataFolderBusyError, EmbeddedPostgresError } from '../../src/database/embedded/error.js'
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from '../../src/database/embedded.js'

const execute = promisify(execFile)
const isRoot = process.getuid?.() === 0

let folder: string
let dataDir: string
const running: EmbeddedPostgres[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clinic-embedded-'))
  await chmod(folder, 0o711)
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

let count = 0
beforeEach(() => {
  dataDir = join(folder, `data-${++count}`)
})
afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.destroy()
})

/** The system under test, on a folder of this test. */
async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, fast: true, sharedDir: join(folder, 'shared'), ...options })
  running.push(postgres)
  return postgres
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

const serverPid = async (): Promise<number> =>
  Number.parseInt(await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8'), 10)

const isUp = async (url: string): Promise<boolean> =>
  query(url, 'select 1').then(
    () => true,
    () => false,
  )

/** Starts in a process of its own that is killed, without a chance to clean up, as soon as the server answers. */
async function startAndDie(): Promise<void> {
  const program = `
    import { registerHooks } from 'node:module'
    registerHooks({
      resolve: (name, context, next) => next(/^\\..*\\.js$/.test(name) && context.parentURL.includes('/src/') ? name.replace(/js$/, 'ts') : name, context),
    })
    const { startEmbeddedPostgres } = await import(${JSON.stringify(new URL('../../src/database/embedded.ts', import.meta.url).href)})
    await startEmbeddedPostgres(${JSON.stringify({ dataDir })})
    process.stdout.write('started')
    process.kill(process.pid, 'SIGKILL')
  `
  const death = await execute(process.execPath, ['--input-type=module', '-e', program]).catch((error: unknown) => error)
  expect(death).toMatchObject({ signal: 'SIGKILL', stdout: 'started' })
}

describe('a running cluster', () => {
  let postgres: EmbeddedPostgres
  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data-0'), fast: true })
  })
  afterAll(async () => postgres.destroy())

  test('listens on the loopback alone, speaks UTF-8 and UTC, and wants its password', async () => {
    const rows = await query(
      postgres.url,
      `select current_setting('listen_addresses') as listens, current_setting('unix_socket_directories') as sockets,
              current_setting('server_encoding') as encoding, current_setting('TimeZone') as zone, current_database() as database`,
    )
    expect(rows).toEqual([{ listens: '127.0.0.1', sockets: '', encoding: 'UTF8', zone: 'UTC', database: 'clinic' }])
    const stranger = new URL(postgres.url)
    stranger.password = 'guess'
    await expect(query(stranger.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  })

  test('knows letters of every script, and has the extensions that search and booking need', async () => {
    await query(postgres.url, 'create extension btree_gist; create extension pg_trgm; create extension unaccent')
    const rows = await query(
      postgres.url,
      `select lower('ÄÖЖ') as lower, unaccent('Łukasz Élodie') as plain, cardinality(show_trgm('Жанна')) as trigrams`,
    )
    expect(rows).toEqual([{ lower: 'äöж', plain: 'Lukasz Elodie', trigrams: 6 }])
  })

  test('makes further databases, from a template too', async () => {
    await query(await postgres.createDatabase('pattern'), 'create table mark (x int); insert into mark values (7)')
    const copy = await postgres.createDatabase('copy of it', 'pattern')
    expect(await query(copy, 'select x from mark')).toEqual([{ x: 7 }])
    await postgres.dropDatabase('copy of it')
    expect(await isUp(copy)).toBe(false)
  })

  test('keeps its password for its owner alone', async () => {
    expect((await stat(join(folder, 'data-0', 'postgres', 'cluster.json'))).mode & 0o777).toBe(0o600)
  })

  test('writes no values into its log', async () => {
    await query(postgres.url, `create table people (name text unique)`)
    await query(postgres.url, `insert into people values ('Canary Jones'), ('Canary Jones')`).catch(() => undefined)
    await query(postgres.url, `select 'Canary Jones'::uuid`).catch(() => undefined)
    expect(await readFile(join(folder, 'data-0', 'postgres', 'postgres.log'), 'utf8')).not.toContain('Canary')
  })
})

describe('a second start', () => {
  test('keeps data, password and port over a restart', async () => {
    const first = await start()
    await query(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    expect(await isUp(first.url)).toBe(false)
    const second = await start()
    expect(second.url).toBe(first.url)
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  test('is refused while the first lives, with advice', async () => {
    await start()
    const second = await start().catch((error: unknown) => error)
    expect(second).toBeInstanceOf(DataFolderBusyError)
    expect(String(second)).toMatch(new RegExp(`${process.pid}.*CLINIC_DATA_DIR`))
  })

  test('may join the running server as a guest and leave it running', async () => {
    const host = await start()
    const guest = await start({ whenBusy: 'join' })
    expect(guest).toMatchObject({ url: host.url, owned: false })
    await guest.stop()
    expect(await isUp(host.url)).toBe(true)
  })

  test('runs the server itself when there is nobody to join', async () => {
    expect((await start({ whenBusy: 'join' })).owned).toBe(true)
  })
})

describe('after a crash', () => {
  test('of the server while we run, it is back on the same port with what was committed', async () => {
    const { promise, resolve } = Promise.withResolvers<{ restarted: boolean }>()
    const postgres = await start({ fast: false, onCrash: resolve })
    await query(postgres.url, 'create table kept as select 1 as x')
    process.kill(await serverPid(), 'SIGKILL')
    expect(await promise).toEqual({ restarted: true })
    expect(await query(postgres.url, 'select x from kept')).toEqual([{ x: 1 }])
  })

  test('of our process, nothing is left that blocks the next start', async () => {
    await startAndDie()
    const postgres = await start()
    expect(postgres.owned).toBe(true)
    expect(await isUp(postgres.url)).toBe(true)
  })

  test('in the middle of the first start, the next one begins anew', async () => {
    await mkdir(join(dataDir, 'postgres', 'new-abc', 'base'), { recursive: true })
    await writeFile(join(dataDir, 'postgres', 'new-abc.password'), 'x')
    await chmod(dataDir, 0o711)
    await start()
    expect((await readdir(join(dataDir, 'postgres'))).filter((name) => name.startsWith('new-'))).toEqual([])
  })

  test('a pid file that names a stranger blocks nothing and harms nobody', async () => {
    const first = await start()
    await first.stop()
    const file = join(dataDir, 'postgres', 'data', 'postmaster.pid')
    await writeFile(file, `${process.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n  1 1\nready   \n`)
    expect(await isUp((await start()).url)).toBe(true)
  })

  test('an empty pid file blocks nothing', async () => {
    const first = await start()
    await first.stop()
    await writeFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), '')
    expect(await isUp((await start()).url)).toBe(true)
  })
})

describe('what stands in the way', () => {
  let occupant: Server | undefined
  afterEach(() => {
    occupant?.close()
    occupant = undefined
  })

  test('a taken port: another one is chosen and remembered', async () => {
    const first = await start()
    await first.stop()
    occupant = createServer()
    await new Promise<void>((resolve) => {
      occupant?.listen(first.port, '127.0.0.1', resolve)
    })
    const second = await start()
    expect(second.port).not.toBe(first.port)
    await second.stop()
    occupant.close()
    expect((await start()).port).toBe(second.port)
  })

  test('files of another version of PostgreSQL: said, and left alone', async () => {
    const first = await start()
    await first.stop()
    const file = join(dataDir, 'postgres', 'data', 'PG_VERSION')
    await writeFile(file, '15\n')
    await expect(start()).rejects.toThrow(/written by PostgreSQL 15/)
    await writeFile(file, '18\n')
    expect(await isUp((await start()).url)).toBe(true)
  })

  test('a lost password file: said, and the lock is free again', async () => {
    const first = await start()
    await first.stop()
    const file = join(dataDir, 'postgres', 'cluster.json')
    const kept = await readFile(file)
    await rm(file)
    await expect(start()).rejects.toThrow(EmbeddedPostgresError)
    await writeFile(file, kept)
    expect(await isUp((await start()).url)).toBe(true)
  })

  test.runIf(isRoot)('a folder that only root can enter: the cluster lies elsewhere, and the data folder leads to it', async () => {
    const parent = join(folder, 'closed')
    await mkdir(parent, { mode: 0o700 })
    dataDir = join(parent, 'data')
    const first = await start()
    await query(first.url, 'create table kept as select 1 as x')
    await first.stop()
    const place = join(dataDir, 'postgres')
    expect((await lstat(place)).isSymbolicLink()).toBe(true)
    expect(await realpath(place)).toContain(join(folder, 'shared'))
    const second = await start()
    expect(await query(second.url, 'select x from kept')).toEqual([{ x: 1 }])
    await second.destroy()
    expect((await readdir(join(folder, 'shared'))).filter((name) => name.startsWith('cluster-'))).toEqual([])
  })

  test.runIf(isRoot)('a link that leads nowhere: said, and no empty clinic put in its place', async () => {
    const parent = join(folder, 'closed-too')
    await mkdir(parent, { mode: 0o700 })
    dataDir = join(parent, 'data')
    const first = await start()
    await first.stop()
    await rm(await realpath(join(dataDir, 'postgres')), { recursive: true })
    await expect(start()).rejects.toThrow(/Bring it back/)
  })
})
