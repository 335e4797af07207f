import type { Request } from 'express'
import type { WebSocket as ProtocolSocket } from 'graphql-ws'
import type { WebSocket } from 'ws'

import type { Watcher } from '../live/live-service.js'
import type { TokenHolder } from '../modules/identity/authenticator.js'

const STRETCH_MS = 10_000
const POLICY_VIOLATION = 1008

/** One WebSocket: what the protocol needs of it, and who is behind it once they have said so. */
export class LiveConnection implements ProtocolSocket {
  readonly socket: WebSocket
  readonly request: Request
  /** Who listens; `undefined` until they have signed in. */
  watcher: Watcher | undefined
  readonly #client: Pick<Watcher['request'], 'remoteAddress' | 'userAgent'>
  readonly #gone = new AbortController()
  readonly #opened = performance.now()
  #receive: (message: string) => Promise<void> = async () => undefined
  #answersPings = true
  #stretch = { begun: 0, messages: 0 }

  constructor(socket: WebSocket, request: Request, client: Pick<Watcher['request'], 'remoteAddress' | 'userAgent'>) {
    this.socket = socket
    this.request = request
    this.#client = client
    socket.on('pong', () => (this.#answersPings = true))
  }

  get protocol(): string {
    return this.socket.protocol
  }

  /** The account behind it, for the log and for counting. */
  get userId(): string | undefined {
    return this.watcher?.holder.claims.userId
  }

  /** How long it has been open, in milliseconds. */
  age(): number {
    return Math.round(performance.now() - this.#opened)
  }

  signedIn(holder: TokenHolder): void {
    this.watcher = { holder, request: { ...this.#client, signal: this.#gone.signal } }
  }

  /** The socket is closed: what is being read for it is given up. */
  gone(): void {
    this.#gone.abort()
  }

  /** Asks the client for a sign of life, or ends the connection when it has given none since it was last asked. */
  ping(): void {
    if (!this.#answersPings) return this.socket.terminate()
    this.#answersPings = false
    this.socket.ping()
  }

  /**
   * Begins to take messages.
   * @param most messages in a stretch of ten seconds; a client that sends more is cut off
   */
  listen(most: number, failed: (error: unknown) => void): void {
    this.socket.on('message', (data, isBinary) => {
      if (isBinary || this.#isFlood(most)) return this.socket.close(POLICY_VIOLATION, isBinary ? 'Text only' : 'Too many messages')
      this.#receive(String(data)).catch(failed)
    })
  }

  onMessage(receive: (message: string) => Promise<void>): void {
    this.#receive = receive
  }

  /** Resolves when the network has taken the message: until then nothing more is made for this subscription. */
  send(message: string): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return Promise.resolve()
    // A failure means that the socket is gone, of which its own event tells.
    return new Promise((resolve) => this.socket.send(message, () => resolve()))
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason)
  }

  #isFlood(most: number): boolean {
    const now = performance.now()
    if (now - this.#stretch.begun > STRETCH_MS) this.#stretch = { begun: now, messages: 0 }
    this.#stretch.messages += 1
    return this.#stretch.messages > most
  }
}
