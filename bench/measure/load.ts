import autocannon from 'autocannon'

import type { Question } from '../contenders/question.ts'

/** What came of a time under load. */
export interface LoadResult {
  /** Questions answered. */
  readonly answers: number
  readonly seconds: number
  /** Milliseconds from sending to the end of the answer, ascending; of a question with several calls, the sum of them. */
  readonly latencies: Float64Array
}

export interface LoadOptions {
  readonly url: string
  /** All of them have the same number of calls. */
  readonly questions: readonly Question[]
  readonly connections: number
  /** How long; or `amount`, how many calls. */
  readonly seconds: number
  readonly amount?: number
  readonly signal: AbortSignal
}

/**
 * Keeps a number of connections busy for a time: each asks the next question when the last one is answered, and begins at another place
 * of the list, so that they do not all ask for the same at once. The calls of a question go out one after the other.
 *
 * @throws Error when any request failed or was not answered with 2xx: a server that refuses is fast
 */
export async function load({ url, questions, connections, seconds, amount, signal }: LoadOptions): Promise<LoadResult> {
  signal.throwIfAborted()
  const callsEach = questions[0]?.calls.length ?? 1
  if (questions.some(({ calls }) => calls.length !== callsEach)) throw new Error(`${url}: the questions have different numbers of calls`)
  const requests = questions.flatMap(({ calls }) => calls)
  const latencies: number[] = []
  const unfinished = new Map<unknown, { calls: number; milliseconds: number }>()
  let started = 0
  let stop = (): void => undefined
  const finished = new Promise<autocannon.Result>((resolve, reject) => {
    const options: autocannon.Options = {
      url,
      connections,
      ...(amount === undefined ? { duration: seconds } : { amount }),
      requests: [...requests],
      setupClient: (client) => {
        const begin = callsEach * Math.floor((started++ * questions.length) / connections)
        client.setRequests([...requests.slice(begin), ...requests.slice(0, begin)])
      },
    }
    const run = autocannon(options, (error: Error | null, done) => (error === null ? resolve(done) : reject(error)))
    run.on('response', (client, _status, _bytes, milliseconds) => {
      if (callsEach === 1) {
        latencies.push(milliseconds)
        return
      }
      const soFar = unfinished.get(client) ?? { calls: 0, milliseconds: 0 }
      const sum = { calls: soFar.calls + 1, milliseconds: soFar.milliseconds + milliseconds }
      if (sum.calls === callsEach) latencies.push(sum.milliseconds)
      unfinished.set(client, sum.calls === callsEach ? { calls: 0, milliseconds: 0 } : sum)
    })
    stop = () => run.stop()
  })
  signal.addEventListener('abort', stop)
  const result = await finished.finally(() => signal.removeEventListener('abort', stop))
  signal.throwIfAborted()
  const { errors, timeouts, non2xx } = result
  if (errors + timeouts + non2xx > 0) {
    throw new Error(`${url}: of ${result.requests.total} requests, ${errors} failed, ${timeouts} timed out, ${non2xx} were refused`)
  }
  return { answers: latencies.length, seconds: result.duration, latencies: Float64Array.from(latencies).sort() }
}

/** The value below which a share of ascending values lies. */
export function percentile(ascending: Float64Array, share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN
}
