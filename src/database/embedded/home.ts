import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

import { makeDataFolder } from '../../data-folder.js'
import { canEnter, type Account } from './account.js'
import { EmbeddedPostgresError } from './error.js'

/**
 * Where one embedded cluster lives: `<data folder>/postgres`, with
 *
 *     data/          the cluster itself (PGDATA), owned by the account PostgreSQL runs as
 *     cluster.json   its superuser's password and its port, for us alone
 *     lock           held while a process runs the cluster
 *     postgres.log   what the server says (never statements or values)
 *
 * When the account cannot enter that place, `postgres` is a link to a folder of the same shape below the shared folder.
 */
export interface Home {
  /** Real path, links resolved. */
  readonly directory: string
  readonly clusterDir: string
  readonly lockFile: string
  readonly logFile: string
  /** Whom new files are given to: set when root works in an ordinary user's folder, who must be able to go on with it. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined
}

/** Where the cluster of a data folder is, if it is there. May go through a link. */
export const clusterDirOf = (dataDir: string): string => join(dataDir, 'postgres', 'data')

/** What must be known to reach a cluster. Written before the cluster is, so there is never a cluster with an unknown password. */
const credentialsShape = z.object({ user: z.string(), password: z.string(), port: z.int().min(1).max(65_535) })
export type Credentials = z.infer<typeof credentialsShape>

/**
 * Finds the home of a data folder or makes it.
 * @throws EmbeddedPostgresError when it is there and cannot be used
 */
export async function openHome(dataDir: string, account: Account, sharedDir: string): Promise<Home> {
  makeDataFolder(dataDir)
  const place = join(dataDir, 'postgres')
  if (!(await isThere(place))) return homeIn(await makeHome(place, account, sharedDir))
  const directory = await realpath(place).catch(async () => {
    throw new EmbeddedPostgresError(
      `The database of ${dataDir} should be at ${await readlink(place)}, and is not. Bring it back, or delete ${place} to begin with an empty clinic.`,
    )
  })
  if (!(await canEnter(account, directory))) await moveAside(directory, place, account, sharedDir)
  return homeIn(await realpath(place))
}

/** A home for a cluster that does not exist yet. */
async function makeHome(place: string, account: Account, sharedDir: string): Promise<string> {
  await mkdir(place, { mode: 0o711 }).catch(ignoreExisting)
  if (await canEnter(account, place)) return realpath(place)
  return linkToShared(place, sharedDir)
}

/** An empty home (of a start that was cut off) gives way to a link; one with a cluster stays where its owner put it. */
async function moveAside(directory: string, place: string, account: Account, sharedDir: string): Promise<void> {
  if (existsSync(join(directory, 'data'))) {
    throw new EmbeddedPostgresError(
      `PostgreSQL runs as ${account.name}, who cannot enter ${directory}. Give the folders above it "x" for others (chmod o+x), ` +
        `start as the user who made it, or set CLINIC_DATA_DIR to another folder.`,
    )
  }
  await linkToShared(place, sharedDir)
}

async function linkToShared(place: string, sharedDir: string): Promise<string> {
  await mkdir(sharedDir, { recursive: true, mode: 0o755 })
  const directory = await mkdtemp(join(sharedDir, 'cluster-'))
  await chmod(directory, 0o711)
  await writeFile(join(directory, 'README'), `The database of ${place}, which is a link to this folder.\n`)
  try {
    await rm(place, { recursive: true, force: true })
    await symlink(directory, place)
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
  return realpath(place)
}

/** Removes what an interrupted first start left behind. Call it only while holding the lock. */
export async function clearLeftovers(home: Home): Promise<void> {
  for (const name of await readdir(home.directory)) {
    if (name.startsWith('new-')) await rm(join(home.directory, name), { recursive: true, force: true, maxRetries: 10 })
  }
}

export async function readCredentials(home: Home): Promise<Credentials | undefined> {
  const text = await readFile(credentialsFile(home), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return credentialsShape.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

export async function writeCredentials(home: Home, credentials: Credentials): Promise<void> {
  const temporary = join(home.directory, `new-${randomBytes(6).toString('hex')}`)
  await writeFile(temporary, `${JSON.stringify(credentials)}\n`, { mode: 0o600, flush: true })
  if (home.owner !== undefined) await chown(temporary, home.owner.uid, home.owner.gid)
  await rename(temporary, credentialsFile(home))
}

/** Deletes the cluster with everything that belongs to it, wherever it lies. */
export async function deleteHome(dataDir: string, home: Home): Promise<void> {
  await rm(home.directory, { recursive: true, force: true, maxRetries: 10 })
  await rm(join(dataDir, 'postgres'), { recursive: true, force: true })
}

const credentialsFile = (home: Home): string => join(home.directory, 'cluster.json')

async function homeIn(directory: string): Promise<Home> {
  const { uid, gid } = await stat(directory)
  return {
    owner: process.getuid?.() === 0 && uid !== 0 ? { uid, gid } : undefined,
    directory,
    clusterDir: join(directory, 'data'),
    lockFile: join(directory, 'lock'),
    logFile: join(directory, 'postgres.log'),
  }
}

/** Also true for a link that leads nowhere. False only when there is nothing: what we may not look at is there. */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
