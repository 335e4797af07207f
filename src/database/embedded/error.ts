/**
 * The embedded PostgreSQL cannot be used. The message is written for the person at the terminal: what is wrong and what to do about it.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name: string = 'EmbeddedPostgresError'
}

/** Another live process holds the data folder; its message names that process, when it could be told. */
export class DataFolderBusyError extends EmbeddedPostgresError {
  override readonly name = 'DataFolderBusyError'

  constructor(dataDir: string, pid: number | undefined) {
    const who = pid === undefined ? 'Another process' : `Another process (${pid})`
    super(
      `${who} is already running on the data folder ${dataDir}. Stop it first, or give this one a folder of its own with CLINIC_DATA_DIR.`,
    )
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'belongs to another user, or its folder does',
  EPERM: 'belongs to another user, or its folder does',
  EROFS: 'is on a file system that cannot be written',
  ENOSPC: 'is on a full disk',
}

/** Turns the file system's refusals into advice; every other error stays what it is. */
export function withAdvice(error: unknown, dataDir: string): unknown {
  const { code = '', path = dataDir } = error as NodeJS.ErrnoException
  const refusal = error instanceof EmbeddedPostgresError ? undefined : REFUSALS[code]
  if (refusal === undefined) return error
  const advice = 'Start as the user who made it, or set CLINIC_DATA_DIR to a folder that PostgreSQL can use, or DATABASE_URL to a server.'
  return new EmbeddedPostgresError(`${path} ${refusal} (${code}). ${advice}`, { cause: error })
}
