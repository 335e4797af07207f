import type { Bodies } from '../workloads/workload.ts'
import type { ServerProcess } from './server-process.ts'

/** Headers of a request, by their names. */
export type Headers = Readonly<Record<string, string>>

/** One HTTP request as it is sent under load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Headers
  readonly body?: string
}

/** One question to a server: a single request, or several whose answers the client puts together. */
export interface Question {
  readonly calls: readonly LoadRequest[]
  /** Makes one answer of several; the `data` of the only one when absent. */
  readonly compose?: (bodies: Bodies) => unknown
}

/** A GraphQL operation as it is posted. */
export function graphqlQuestion(query: string, variables: object, headers: Headers): Question {
  return {
    calls: [
      {
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      },
    ],
  }
}

/**
 * Asks one question and gives back the answer.
 * @throws Error when an answer is not 200, or reports any error
 */
export async function answerOf(server: ServerProcess, { calls, compose }: Question): Promise<unknown> {
  const bodies = await Promise.all(calls.map((call) => bodyOf(server, call)))
  if (compose !== undefined) return compose(bodies)
  const [answer] = bodies as { data?: unknown; errors?: unknown }[]
  if (answer?.errors !== undefined) throw new Error(`errors from ${server.url}: ${JSON.stringify(answer.errors).slice(0, 500)}`)
  return answer?.data
}

/**
 * Sends one request and gives back the parsed body.
 * @throws Error when the answer is not 200
 */
export async function bodyOf(server: ServerProcess, { method, path, headers, body }: LoadRequest): Promise<unknown> {
  const response = await fetch(server.url + path, {
    method,
    headers,
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(30_000),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} from ${server.url}${path.slice(0, 60)}: ${text.slice(0, 500)}`)
  return JSON.parse(text)
}
