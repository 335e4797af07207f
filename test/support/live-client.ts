import { createClient, type Client } from 'graphql-ws'
import { WebSocket, type ClientOptions } from 'ws'
import type { Answer } from './server.js'

type Payload = Pick<Answer, 'data' | 'errors'>

/** What a client shows of itself. */
export interface LiveCredentials {
  readonly token?: string | undefined
  readonly headers?: Record<string, string>
}

/** One subscription of a client, with everything it was told. */
export class Watch {
  readonly told: Payload[] = []
  /** How it ended: `complete`, errors of the operation, or a close event; `undefined` while it runs. */
  ended: unknown
  #changed = Promise.withResolvers<void>()
  readonly #client: Client
  unsubscribe: () => void

  constructor(client: Client, query: string, variables: Record<string, unknown> = {}) {
    this.#client = client
    this.unsubscribe = client.subscribe(
      { query, variables },
      {
        next: (payload) => this.#note(() => this.told.push(payload as Payload)),
        error: (error) => this.#note(() => (this.ended = error)),
        complete: () => this.#note(() => (this.ended ??= 'complete')),
      },
    )
  }

  /** Waits until so many things have been told. */
  async until(count: number): Promise<Payload[]> {
    while (this.told.length < count) {
      if (this.ended !== undefined) throw new Error(`the subscription has ended: ${JSON.stringify(this.ended)}`)
      await this.#changed.promise
    }
    return this.told
  }

  /** Waits for the end of the subscription. */
  async untilEnded(): Promise<unknown> {
    while (this.ended === undefined) await this.#changed.promise
    return this.ended
  }

  async close(): Promise<void> {
    await this.#client.dispose()
  }

  #note(change: () => void): void {
    change()
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

/** A client as front ends use it, that does not connect again by itself. */
export function liveClient(url: string, { token, headers = {} }: LiveCredentials): Client {
  class Socket extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, { headers } satisfies ClientOptions)
    }
  }
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: Socket,
    retryAttempts: 0,
    lazy: true,
    ...(token !== undefined && { connectionParams: { authorization: `Bearer ${token}` } }),
  })
}

/** Subscribes, and waits until the server has taken it: it answers in order, so a pong means that what was sent before has arrived. */
export async function watch(url: string, credentials: LiveCredentials, query: string, variables?: Record<string, unknown>): Promise<Watch> {
  const client = liveClient(url, credentials)
  const connected = new Promise<WebSocket>((resolve) => client.on('connected', (socket) => resolve(socket as WebSocket)))
  const subscription = new Watch(client, query, variables)
  const socket = await Promise.race([connected, subscription.untilEnded().then(() => null)])
  if (socket) {
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => {
      socket.once('pong', resolve)
      socket.ping()
    })
  }
  return subscription
}
