import autocannon from 'autocannon'

import type { LoadRequest } from '../contenders/contender.ts'

/** What came of a time under load. */
export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  /** Milliseconds from sending to the end of the answer, ascending. */
  readonly latencies: Float64Array
}

export interface LoadOptions {
  readonly url: string
  readonly requests: readonly LoadRequest[]
  readonly connections: number
  readonly seconds: number
  readonly signal: AbortSignal
}

/**
 * Keeps a number of connections busy for a time: each sends the next request when the last one is answered, and begins at another place
 * of the list, so that they do not all ask for the same at once.
 *
 * @throws Error when any request failed or was not answered with 2xx: a server that refuses is fast
 */
export async function load({ url, requests, connections, seconds, signal }: LoadOptions): Promise<LoadResult> {
  signal.throwIfAborted()
  const latencies: number[] = []
  let started = 0
  let stop = (): void => undefined
  const finished = new Promise<autocannon.Result>((resolve, reject) => {
    const options: autocannon.Options = {
      url,
      connections,
      duration: seconds,
      requests: [...requests],
      setupClient: (client) => {
        const begin = Math.floor((started++ * requests.length) / connections)
        client.setRequests([...requests.slice(begin), ...requests.slice(0, begin)])
      },
    }
    const run = autocannon(options, (error: Error | null, done) => (error === null ? resolve(done) : reject(error)))
    run.on('response', (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds))
    stop = () => run.stop()
  })
  signal.addEventListener('abort', stop)
  const result = await finished.finally(() => signal.removeEventListener('abort', stop))
  signal.throwIfAborted()
  const { errors, timeouts, non2xx } = result
  if (errors + timeouts + non2xx > 0) {
    throw new Error(`${url}: of ${latencies.length} requests, ${errors} failed, ${timeouts} timed out, ${non2xx} were refused`)
  }
  return { requests: latencies.length, seconds: result.duration, latencies: Float64Array.from(latencies).sort() }
}

/** The value below which a share of ascending values lies. */
export function percentile(ascending: Float64Array, share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN
}
