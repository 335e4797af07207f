import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

import type { ProbeAnswers } from '../measure/probe.ts'

/** A server in a process of its own. Disposing of it ends the process. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number
  /** Address without a path. */
  readonly url: string
  /** Asks the probe inside; only when it was started with one. */
  ask<Q extends keyof ProbeAnswers>(question: Q): Promise<ProbeAnswers[Q]>
}

export interface ServerProcessOptions {
  readonly file: string
  /** The whole environment of the process, besides `PORT`: nothing of the caller's reaches a server. */
  readonly env: Readonly<Record<string, string>>
  /** Path that answers 2xx as soon as the server is ready; any answer counts when there is none. */
  readonly readyPath?: string
  readonly nodeOptions?: readonly string[]
  /** Puts `measure/probe.ts` into the process, which tells what cannot be seen from outside. */
  readonly probe?: boolean
}

const PROBED = ['--expose-gc', '--import', new URL('../measure/probe.ts', import.meta.url).href]
const START_MS = 60_000
const STOP_MS = 15_000
/** Of what a server printed, this much is shown when it fails. */
const OUTPUT_KEPT = 4_000

/**
 * Starts a server and waits until it answers. It is run by the same Node as the comparison, outside of any folder with settings.
 * @throws Error with what the process printed, when it ends or stays silent
 */
export async function startServer(options: ServerProcessOptions): Promise<ServerProcess> {
  const port = await freePort()
  const child = spawn(process.execPath, [...(options.probe === true ? PROBED : []), ...(options.nodeOptions ?? []), options.file], {
    cwd: tmpdir(),
    env: { ...options.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-OUTPUT_KEPT)))

  const url = `http://127.0.0.1:${port}`
  try {
    await untilReady(child, url, options.readyPath)
  } catch (error) {
    await end(child)
    throw new Error(`${options.file}: ${(error as Error).message}\n${output}`, { cause: error })
  }
  const ask = async <Q extends keyof ProbeAnswers>(question: Q): Promise<ProbeAnswers[Q]> => {
    const answer = once(child, 'message') as Promise<[ProbeAnswers[Q]]>
    child.send({ question })
    return (await answer)[0]
  }
  return { pid: child.pid ?? 0, url, ask, [Symbol.asyncDispose]: () => end(child) }
}

async function untilReady(child: ChildProcess, url: string, readyPath: string | undefined): Promise<void> {
  const deadline = performance.now() + START_MS
  while (performance.now() < deadline) {
    if (hasEnded(child)) throw new Error('ended before it was ready')
    const answer = await fetch(url + (readyPath ?? '/'), { signal: AbortSignal.timeout(2_000) }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer !== undefined && (readyPath === undefined || answer.ok)) return
    await pause(100)
  }
  throw new Error(`not ready after ${START_MS / 1000} s`)
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(timer)
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** In production the clinic insists on its port, so one is looked for before. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
