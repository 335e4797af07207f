/**
 * Server settings of the embedded cluster. They are given on the command line at every start instead of being written into the cluster,
 * so that a newer version of this program brings its own settings along.
 */
const ALWAYS = {
  listen_addresses: '127.0.0.1',
  // No socket files under /tmp that a crash would leave behind; TCP on the loopback is all there is.
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  password_encryption: 'scram-sha-256',
  max_connections: '100',
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  effective_cache_size: '1GB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  // Nobody replicates an embedded cluster.
  wal_level: 'minimal',
  max_wal_senders: '0',
  random_page_cost: '1.1',
  // Short statements: compiling them costs more than it gives.
  jit: 'off',
  // Error messages, their details and their statements carry patient data: the log gets the server's own life and nothing else.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_statement: 'none',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
} as const

/** For clusters that nobody will miss: tests. A power cut may destroy such a cluster. */
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '128MB', max_connections: '200' } as const

/** Arguments for `postgres`. */
export function serverFlags(fast: boolean): string[] {
  return Object.entries({ ...ALWAYS, ...(fast ? FAST : {}) }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/**
 * Arguments for `initdb` besides those that name files.
 *
 * Sorting and case come from PostgreSQL's own Unicode tables (`builtin`), so they are the same on every machine and never change under
 * an index. `lc_ctype` must be a UTF-8 locale of the system all the same: `pg_trgm` asks it what a letter is, and under `C` a name in
 * Cyrillic would have none.
 */
export function initdbFlags(fast: boolean, characterLocale: string): string[] {
  return [
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    `--lc-ctype=${characterLocale}`,
    '--auth=scram-sha-256',
    ...(fast ? ['--no-sync'] : []),
  ]
}

/** UTF-8 locales that systems have, best first; `C` always works. */
export const CHARACTER_LOCALES = ['C.UTF-8', 'C.utf8', 'en_US.UTF-8', 'UTF-8', 'C'] as const
