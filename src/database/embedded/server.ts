import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, fchownSync, openSync } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'
import { createServer, Socket } from 'node:net'
import { platform } from 'node:os'
import { Client } from 'pg'

import { CLEAN_ENVIRONMENT } from './account.js'
import { pause, stopServer, type Cluster } from './cluster.js'
import { EmbeddedPostgresError } from './error.js'
import { serverFlags } from './flags.js'
import type { Credentials } from './home.js'

/** How long workers of a killed server may take to notice and end, before we give up. */
const WORKERS_MS = 30_000
/** Recovery after a crash can take a while; a server that is alive for this long and still refuses us never will do otherwise. */
const READY_MS = 600_000
const PORT_ATTEMPTS = 5
/** Below the ports that systems hand out for outgoing connections, so that a remembered port is rarely taken at the next start. */
const PORT_RANGE = { from: 20_000, to: 30_000 } as const

/** The server process of one cluster, a child of ours. */
export class EmbeddedServer {
  readonly credentials: Credentials
  readonly #cluster: Cluster
  #child: ChildProcess | undefined
  #guard: ChildProcess | undefined
  #stopping = false
  #ended = false
  #over: Promise<void> = Promise.resolve()

  private constructor(cluster: Cluster, credentials: Credentials) {
    this.#cluster = cluster
    this.credentials = credentials
  }

  /**
   * Starts the server on the remembered port, or on another one when that is taken, and waits until it answers.
   * @param onExit called when the server ends without having been asked to
   */
  static async start(cluster: Cluster, remembered: Credentials, onExit: () => void): Promise<EmbeddedServer> {
    const patience = performance.now() + WORKERS_MS
    let credentials = remembered
    for (let attempt = 1; ;) {
      if (!(await isFree(credentials.port))) credentials = { ...remembered, port: await findPort() }
      const server = new EmbeddedServer(cluster, credentials)
      const failure = await server.#launch(onExit)
      if (failure === undefined) return server
      const portTaken = /could not bind|Address already in use|could not create any TCP/i.test(failure)
      const workersLeft = /pre-existing shared memory block/i.test(failure)
      if (portTaken && attempt++ < PORT_ATTEMPTS) continue
      if (workersLeft && performance.now() < patience) await pause(200)
      else throw new EmbeddedPostgresError(`PostgreSQL did not start. It says:\n${failure}\nIts log is ${cluster.home.logFile}.`)
    }
  }

  /** Ends the server and waits. May be called again. */
  async stop(): Promise<void> {
    this.#stopping = true
    await stopServer(this.#cluster)
    // Without its pid file (somebody deleted the folder) only the process itself can still be reached.
    if (!this.#ended) this.#child?.kill('SIGQUIT')
    await this.#over
    this.#dismissGuard()
  }

  /** Gives back the end of the log when the server ended before it answered. */
  async #launch(onExit: () => void): Promise<string | undefined> {
    const { home, account, binaries, fast } = this.#cluster
    await rename(home.logFile, `${home.logFile}.1`).catch(() => undefined)
    const log = openSync(home.logFile, 'a', 0o600)
    if (home.owner !== undefined) fchownSync(log, home.owner.uid, home.owner.gid)
    const child = spawn(binaries.postgres, ['-D', home.clusterDir, '-p', String(this.credentials.port), ...serverFlags(fast)], {
      ...account.ids,
      cwd: '/',
      env: CLEAN_ENVIRONMENT,
      // A session of its own: Ctrl-C goes to every process of the terminal's foreground group, and the server must outlive the drain.
      detached: true,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    this.#over = new Promise<void>((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', () => resolve())
    }).then(() => {
      this.#ended = true
    })
    child.unref()
    this.#child = child
    this.#standGuard()

    if (await this.#ready()) {
      void this.#over.then(() => {
        this.#dismissGuard()
        if (!this.#stopping) onExit()
      })
      return undefined
    }
    this.#dismissGuard()
    return (await readFile(home.logFile, 'utf8').catch(() => '')).split('\n').slice(-12).join('\n').trim() || 'nothing'
  }

  async #ready(): Promise<boolean> {
    const deadline = performance.now() + READY_MS
    while (!this.#ended) {
      const client = connect(this.credentials, 'postgres')
      try {
        await client.connect()
        return !this.#ended
      } catch (error) {
        const refused = (error as { code?: string }).code === '28P01'
        if (refused || performance.now() > deadline) {
          await this.stop()
          throw new EmbeddedPostgresError(
            refused
              ? `The password in ${this.#cluster.home.directory}/cluster.json is not the database's. Bring the file back that belongs to it.`
              : `PostgreSQL does not answer; its log is ${this.#cluster.home.logFile}.`,
            { cause: error },
          )
        }
        await pause(25)
      } finally {
        await client.end().catch(() => undefined)
      }
    }
    return false
  }

  /**
   * A tiny process that holds the other end of a pipe of ours: when we end in whatever way (`kill -9` too) without having said so, it
   * asks the server to stop. Should it be gone as well, the next start ends the orphan.
   */
  #standGuard(): void {
    const pid = this.#child?.pid
    if (pid === undefined || platform() === 'win32') return
    const guard = spawn('/bin/sh', ['-c', 'read -r _ || kill -INT "$1"', 'sh', String(pid)], {
      ...this.#cluster.account.ids,
      cwd: '/',
      env: CLEAN_ENVIRONMENT,
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    guard.once('error', () => undefined)
    guard.stdin.on('error', () => undefined)
    guard.unref()
    // A pipe to a child is a socket, which may keep the process alive; this one must not.
    if (guard.stdin instanceof Socket) guard.stdin.unref()
    this.#guard = guard
  }

  #dismissGuard(): void {
    this.#guard?.stdin?.end('done\n')
    this.#guard = undefined
  }
}

/** A client of one database of the cluster. Losing the connection is reported by the query that meets it, not as a stray event. */
export function connect({ user, password, port }: Credentials, database: string): Client {
  const client = new Client({ host: '127.0.0.1', port, user, password, database, connectionTimeoutMillis: 5000 })
  client.on('error', () => undefined)
  return client
}

/** Whether somebody listens on that port of the loopback. */
async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** A free port; chosen at random so that two clusters that start together hardly meet. */
export async function findPort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = PORT_RANGE.from + Math.floor(Math.random() * (PORT_RANGE.to - PORT_RANGE.from))
    if (await isFree(port)) return port
  }
  throw new EmbeddedPostgresError(`No port between ${PORT_RANGE.from} and ${PORT_RANGE.to} is free for PostgreSQL.`)
}
