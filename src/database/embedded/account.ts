import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'

import { EmbeddedPostgresError } from './error.js'

const execute = promisify(execFile)

/**
 * The user PostgreSQL runs as. PostgreSQL refuses to run as root, so root lends it to a service account;
 * everyone else runs it as themselves (`ids` is then undefined and nothing is switched).
 */
export interface Account {
  readonly name: string
  readonly ids: { readonly uid: number; readonly gid: number } | undefined
}

/** What PostgreSQL's programs see of the environment: nothing of ours, so that no `PG…` variable or locale of the caller bends them. */
export const CLEAN_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
}

/** Names under which systems keep PostgreSQL's account; the first is the one that is made when there is none. */
const SERVICE_ACCOUNTS = ['postgres', '_postgres'] as const

/**
 * Chooses the account. As root: the owner of an existing cluster (it may have been made by an ordinary user), else the system's
 * PostgreSQL account, which is made when missing.
 * @param clusterDir where the cluster is, or will be
 * @throws EmbeddedPostgresError when we are root and no account can be had
 */
export async function chooseAccount(clusterDir: string): Promise<Account> {
  if (process.getuid?.() !== 0) return { name: 'you', ids: undefined }

  const owner = await stat(clusterDir).catch(() => undefined)
  if (owner !== undefined && owner.uid !== 0) return { name: `user ${owner.uid}`, ids: { uid: owner.uid, gid: owner.gid } }

  for (const name of SERVICE_ACCOUNTS) {
    const found = await lookUp(name)
    if (found !== undefined) return found
  }
  const [name] = SERVICE_ACCOUNTS
  const reason = await createAccount(name)
  // Looked up again even after a failure: another start may have made it at the same moment.
  const made = await lookUp(name)
  if (made !== undefined) return made
  throw new EmbeddedPostgresError(
    `PostgreSQL refuses to run as root, and the system user "${name}" it would run as could not be made (${reason}). ` +
      `Make that user, start as an ordinary user, or set DATABASE_URL to a PostgreSQL server.`,
  )
}

/** Whether the account can pass through every folder down to `directory`. Tried, not computed: access lists and mount options count too. */
export async function canEnter(account: Account, directory: string): Promise<boolean> {
  if (account.ids === undefined) return true
  return runs(account, '/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory])
}

/** Whether the account can run this program with success. */
export async function runs(account: Account, program: string, args: readonly string[]): Promise<boolean> {
  try {
    await execute(program, args, { ...account.ids, cwd: '/', env: CLEAN_ENVIRONMENT })
    return true
  } catch {
    return false
  }
}

async function lookUp(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => (await execute('id', [flag, name], { env: CLEAN_ENVIRONMENT })).stdout),
    )
    const ids = { uid: Number(uid), gid: Number(gid) }
    return ids.uid > 0 && ids.gid > 0 ? { name: `user ${name}`, ids } : undefined
  } catch {
    return undefined
  }
}

/** Gives back why it did not work, or nothing. */
async function createAccount(name: string): Promise<string | undefined> {
  try {
    await execute('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', name], { env: CLEAN_ENVIRONMENT })
    return undefined
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string }
    return code === 'ENOENT' ? 'there is no useradd here' : `useradd: ${stderr?.trim() || String(error)}`
  }
}
