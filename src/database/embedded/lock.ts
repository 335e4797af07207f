import { chownSync, closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import type { Home } from './home.js'

/** Held by the one process that runs the cluster of a folder. */
export interface FolderLock {
  release(): void
}

const SQLITE_BUSY = 5

/**
 * Takes a home's lock file for as long as this process lives, or gives back the process that has it.
 *
 * The operating system lets go of it when the process ends, in whatever way, so it can never be stale and nothing has to guess from
 * process numbers. Node has no call for file locks of its own; SQLite, which comes with Node, has: an exclusive transaction that stays
 * open on an empty database is exactly that, on every platform and across containers that share the folder.
 */
export function takeLock({ lockFile: path, owner }: Home): FolderLock | { readonly heldBy: number | undefined } {
  const holderFile = `${path}.pid`
  // Readable for us alone: whoever can read it could hold a lock that keeps us out.
  closeSync(openSync(path, 'a', 0o600))
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    return { heldBy: readHolder(holderFile) }
  }
  // Only told to people; nothing is decided by it.
  writeFileSync(holderFile, `${process.pid}\n`, { mode: 0o600 })
  if (owner !== undefined) chownSync(holderFile, owner.uid, owner.gid)
  return {
    release: () => {
      if (!database.isOpen) return
      rmSync(holderFile, { force: true })
      database.close()
    },
  }
}

function readHolder(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
    return Number.isSafeInteger(pid) ? pid : undefined
  } catch {
    return undefined
  }
}
