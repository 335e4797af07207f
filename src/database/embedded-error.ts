/**
 * The embedded PostgreSQL cannot be used. The message is written for the person at the terminal: what is wrong and what to do about it.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name: string = 'EmbeddedPostgresError'
}

/** Another live process holds the data folder. `pid` is that process, when it could be told. */
export class DataFolderBusyError extends EmbeddedPostgresError {
  override readonly name = 'DataFolderBusyError'

  constructor(
    readonly dataDir: string,
    readonly pid: number | undefined,
  ) {
    const who = pid === undefined ? 'Another process' : `Another process (${pid})`
    super(`${who} is already running on the data folder ${dataDir}. Stop it first, or give this one a folder of its own with CLINIC_DATA_DIR.`)
  }
}
