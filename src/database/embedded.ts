import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { escapeIdentifier, type Client } from 'pg'

import { silently, type StepRunner } from '../terminal/progress.js'
import { chooseAccount } from './embedded/account.js'
import { prepareBinaries } from './embedded/binaries.js'
import { assertVersionFits, createCluster, endOrphan, pause, type Cluster } from './embedded/cluster.js'
import { DataFolderBusyError, EmbeddedPostgresError, withAdvice } from './embedded/error.js'
import {
  clearLeftovers,
  clusterDirOf,
  deleteHome,
  openHome,
  readCredentials,
  writeCredentials,
  type Credentials,
  type Home,
} from './embedded/home.js'
import { takeLock, type FolderLock } from './embedded/lock.js'
import { connect, findPort } from './embedded/server.js'
import { supervise, type CrashListener } from './embedded/supervisor.js'

/** Superuser of an embedded cluster, and the database that `url` names. */
const SUPERUSER = 'clinic'
const DATABASE = 'clinic'
/** Where root keeps what PostgreSQL's account must reach when it cannot enter the data folder. Kept over reboots, unlike temporary folders. */
const SHARED_DIR = '/var/lib/clinic-backend'
/** How long a command waits for a server that is just starting. */
const JOIN_MS = 60_000

export interface EmbeddedPostgresOptions {
  /** The clinic's data folder (`CLINIC_DATA_DIR`); made when missing. The cluster lies in `postgres` below it. */
  readonly dataDir: string
  /** Shows what takes long: `createSteps(process.stderr).run`. */
  readonly onStep?: StepRunner
  /** Gives durability up for speed. For tests. */
  readonly fast?: boolean
  /**
   * What to do when another process runs the cluster: refuse (a second server), or use its server as a guest (a command beside a running
   * server). A guest's `stop` leaves the server running.
   */
  readonly whenBusy?: 'refuse' | 'join'
  /** Called when PostgreSQL ended by itself (killed, out of memory) and whether it could be started again, on the same port. */
  readonly onCrash?: CrashListener
  /** Instead of `/var/lib/clinic-backend`. */
  readonly sharedDir?: string
}

/** A running PostgreSQL of ours. */
export interface EmbeddedPostgres {
  /** Connection string of database `clinic` as a superuser, who may make further databases. Holds the password: never log it. */
  readonly url: string
  readonly port: number
  /** False when another process of ours runs the server and we are its guest. */
  readonly owned: boolean
  /** The same for another database of the cluster, whether it exists or not. */
  urlOf(database: string): string
  /** Makes a database (from `template`, when given) and gives back its connection string. Fails when it exists. */
  createDatabase(database: string, template?: string): Promise<string>
  /** Drops a database, ending whoever is connected. */
  dropDatabase(database: string): Promise<void>
  /** Ends the server in an orderly way and lets go of the folder. May be called again. */
  stop(): Promise<void>
  /** Stops, then deletes the cluster wherever it lies. For tests. */
  destroy(): Promise<void>
}

/**
 * Starts the PostgreSQL that comes with the program on its own data folder.
 *
 * Survives what comes before it: a crash of ours, of PostgreSQL, or in the middle of the first start; a taken port; root without a
 * PostgreSQL account; a folder that account cannot enter. Resolves when the server answers and database `clinic` is there.
 *
 * @throws DataFolderBusyError when another live process has the folder
 * @throws EmbeddedPostgresError with advice for the person at the terminal, for everything else that stands in the way
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options)
  } catch (error) {
    throw withAdvice(error, options.dataDir)
  }
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const onStep = options.onStep ?? silently
  const dataDir = resolve(options.dataDir)
  const sharedDir = options.sharedDir ?? SHARED_DIR
  const account = await chooseAccount(clusterDirOf(dataDir))
  const home = await openHome(dataDir, account, sharedDir)

  const lock = await takeOrJoin(home, dataDir, options.whenBusy ?? 'refuse', onStep)
  if (!('release' in lock)) return handle(lock.credentials, { owned: false, stop: async () => undefined, destroy: async () => undefined })
  try {
    const binaries = await prepareBinaries(account, sharedDir, onStep)
    const cluster: Cluster = { home, account, binaries, fast: options.fast ?? false }
    const remembered = await prepareCluster(cluster, onStep)
    const supervised = await onStep('Starting PostgreSQL', async () => supervise(cluster, remembered, options.onCrash))
    const stop = once(async () => {
      await supervised.stop()
      lock.release()
    })
    const destroy = async (): Promise<void> => {
      await stop()
      if (!existsSync(home.directory)) return
      const again = takeLock(home)
      // Somebody else has started on this folder since: it is theirs now.
      if (!('release' in again)) return
      await deleteHome(dataDir, home)
      again.release()
    }
    try {
      if (supervised.credentials.port !== remembered.port) await writeCredentials(home, supervised.credentials)
      await ensureDatabase(supervised.credentials)
    } catch (error) {
      await stop()
      throw error
    }
    return handle(supervised.credentials, { owned: true, stop, destroy })
  } catch (error) {
    lock.release()
    throw error
  }
}

async function takeOrJoin(
  home: Home,
  dataDir: string,
  whenBusy: 'refuse' | 'join',
  onStep: StepRunner,
): Promise<FolderLock | { readonly credentials: Credentials }> {
  const attempt = async (): Promise<FolderLock | { readonly credentials: Credentials } | undefined> => {
    const lock = takeLock(home)
    if ('release' in lock) return lock
    if (whenBusy === 'refuse') throw new DataFolderBusyError(dataDir, lock.heldBy)
    const credentials = await readCredentials(home)
    return credentials !== undefined && (await answers(credentials)) ? { credentials } : undefined
  }
  return (
    (await attempt()) ??
    onStep('Waiting for the running server', async () => {
      const deadline = performance.now() + JOIN_MS
      while (performance.now() < deadline) {
        await pause(200)
        const result = await attempt()
        if (result !== undefined) return result
      }
      throw new DataFolderBusyError(dataDir, undefined)
    })
  )
}

/** Brings the folder into a state in which the server can be started, and makes the cluster when there is none. */
async function prepareCluster(cluster: Cluster, onStep: StepRunner): Promise<Credentials> {
  const { home } = cluster
  await clearLeftovers(home)
  if (!existsSync(home.clusterDir)) {
    const credentials = { user: SUPERUSER, password: randomBytes(24).toString('base64url'), port: await findPort() }
    await writeCredentials(home, credentials)
    await onStep('Creating the database', async () => createCluster(cluster, credentials))
    return credentials
  }
  await assertVersionFits(cluster)
  await onStep('Clearing up after an earlier run', async () => endOrphan(cluster))
  const credentials = await readCredentials(home)
  if (credentials !== undefined) return credentials
  throw new EmbeddedPostgresError(
    `${home.directory}/cluster.json, which holds the password of the database beside it, is missing or damaged. Bring it back from a backup.`,
  )
}

/** A role made by `initdb` comes without our database; a restored cluster may come with it. */
async function ensureDatabase(credentials: Credentials): Promise<void> {
  await withClient(credentials, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${escapeIdentifier(DATABASE)}`)
  })
}

async function answers(credentials: Credentials): Promise<boolean> {
  return withClient(credentials, async () => true, DATABASE).catch(() => false)
}

async function withClient<T>(credentials: Credentials, work: (client: Client) => Promise<T>, database = 'postgres'): Promise<T> {
  const client = connect(credentials, database)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

function handle(credentials: Credentials, own: Pick<EmbeddedPostgres, 'owned' | 'stop' | 'destroy'>): EmbeddedPostgres {
  const { user, password, port } = credentials
  const urlOf = (database: string): string => `postgresql://${user}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
  return {
    ...own,
    url: urlOf(DATABASE),
    port,
    urlOf,
    createDatabase: async (database, template) => {
      const from = template === undefined ? '' : ` template ${escapeIdentifier(template)}`
      await withClient(credentials, async (client) => client.query(`create database ${escapeIdentifier(database)}${from}`))
      return urlOf(database)
    },
    dropDatabase: async (database) => {
      await withClient(credentials, async (client) => client.query(`drop database if exists ${escapeIdentifier(database)} with (force)`))
    },
  }
}

/** The first call does the work, the others wait for the same end. */
function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined
  return async () => (result ??= work())
}
