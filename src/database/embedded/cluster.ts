import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

import { CLEAN_ENVIRONMENT, type Account } from './account.js'
import { majorOf, type Binaries } from './binaries.js'
import { EmbeddedPostgresError } from './error.js'
import { CHARACTER_LOCALES, initdbFlags } from './flags.js'
import type { Credentials, Home } from './home.js'

const execute = promisify(execFile)

/** Everything needed to work on one cluster. */
export interface Cluster {
  readonly home: Home
  readonly account: Account
  readonly binaries: Binaries
  readonly fast: boolean
}

/** Seconds a server gets to end in an orderly way before it is cut off (which costs nothing but a recovery at the next start). */
const STOP_SECONDS = 30
/** Larger than any process number: PostgreSQL takes a pid file that names it for a dead server's. */
const NO_SUCH_PID = 999_999_999

/**
 * Makes the cluster in a temporary folder and renames it when whole: being killed in the middle leaves nothing that looks like a cluster.
 */
export async function createCluster(cluster: Cluster, credentials: Credentials): Promise<void> {
  const { home, account, binaries } = cluster
  const staging = await mkdtemp(join(home.directory, 'new-'))
  const passwordFile = `${staging}.password`
  try {
    await writeFile(passwordFile, `${credentials.password}\n`, { mode: 0o600 })
    if (account.ids !== undefined) {
      for (const path of [staging, passwordFile]) await chown(path, account.ids.uid, account.ids.gid)
    }
    const options = { ...account.ids, cwd: '/', env: CLEAN_ENVIRONMENT }
    for (const [index, locale] of CHARACTER_LOCALES.entries()) {
      const args = [
        `--pgdata=${staging}`,
        `--username=${credentials.user}`,
        `--pwfile=${passwordFile}`,
        ...initdbFlags(cluster.fast, locale),
      ]
      try {
        await execute(binaries.initdb, args, options)
        break
      } catch (error) {
        const { stderr = '', message } = error as { stderr?: string; message: string }
        const unknownLocale = stderr.includes('invalid locale name')
        if (unknownLocale && index < CHARACTER_LOCALES.length - 1) continue
        throw new EmbeddedPostgresError(`PostgreSQL could not make its data folder in ${home.directory}: ${stderr.trim() || message}`, {
          cause: error,
        })
      }
    }
    await rename(staging, home.clusterDir)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(staging, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** @throws EmbeddedPostgresError when another major version of PostgreSQL wrote the files */
export async function assertVersionFits({ home, binaries }: Cluster): Promise<void> {
  const written = (await readFile(join(home.clusterDir, 'PG_VERSION'), 'utf8')).trim()
  const ours = majorOf(binaries.version)
  if (written === ours) return
  throw new EmbeddedPostgresError(
    `The database in ${home.directory} was written by PostgreSQL ${written}, and this program brings PostgreSQL ${ours}. ` +
      `Dump it with the program that wrote it and load the dump here, or set CLINIC_DATA_DIR to another folder.`,
  )
}

/**
 * Ends a server that an earlier process of ours left running, and makes sure that its pid file cannot stand in the way.
 * Call it only while holding the lock: then nobody alive can want that server.
 */
export async function endOrphan(cluster: Cluster): Promise<void> {
  const pid = await readPid(cluster.home)
  // A power cut can leave the file empty, and PostgreSQL does not dare to remove that one by itself.
  if (pid === undefined) return rm(join(cluster.home.clusterDir, 'postmaster.pid'), { force: true })
  if (!isAlive(pid)) return
  if (await isServerOf(pid, cluster.home)) await stopServer(cluster)
  else await disownPid(cluster.home)
}

/**
 * Fast shutdown: transactions are rolled back, everything is written, the server ends. Waits for it.
 * After {@link STOP_SECONDS} it is ended at once; its log brings it back to the same state at the next start.
 */
export async function stopServer(cluster: Cluster): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    const pid = await readPid(cluster.home)
    if (pid === undefined || !isAlive(pid)) return
    const args = ['stop', '-D', cluster.home.clusterDir, '-m', mode, '-w', '-t', String(STOP_SECONDS)]
    await execute(cluster.binaries.pgCtl, args, { ...cluster.account.ids, cwd: '/', env: CLEAN_ENVIRONMENT }).catch(() => undefined)
  }
  const pid = await readPid(cluster.home)
  if (pid !== undefined && isAlive(pid) && (await isServerOf(pid, cluster.home))) {
    throw new EmbeddedPostgresError(`PostgreSQL (process ${pid}) does not end. End it by hand and start again.`)
  }
}

/** The server that the pid file names. The file's first line is its number. */
export async function readPid({ clusterDir }: Home): Promise<number | undefined> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Whether that process is the server of this cluster, and not a program that was given the number of a dead one after a crash:
 * signals go to nobody else's process.
 */
async function isServerOf(pid: number, home: Home): Promise<boolean> {
  if (existsSync('/proc/self/cmdline')) {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
    return words.includes(home.clusterDir)
  }
  const { stdout } = await execute('ps', ['-o', 'command=', '-p', String(pid)], { env: CLEAN_ENVIRONMENT }).catch(() => ({ stdout: '' }))
  return stdout.includes(`-D ${home.clusterDir} `)
}

/**
 * Marks the pid file as a dead server's. It is not deleted: PostgreSQL reads from it which shared memory to look at, and so notices when
 * workers of the dead server are still writing.
 */
async function disownPid({ clusterDir }: Home): Promise<void> {
  const file = join(clusterDir, 'postmaster.pid')
  const lines = (await readFile(file, 'utf8')).split('\n')
  await writeFile(file, [NO_SUCH_PID, ...lines.slice(1)].join('\n'))
}

/** Short pause between two looks at something that changes by itself. */
export const pause = async (milliseconds: number): Promise<void> => {
  await sleep(milliseconds)
}
