import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'

/** Longest time in which clients that keep their connection are told to let it go; at most a quarter of the grace period. */
const FAREWELL_MS = 1_000
/** Time for the requests of connections that were just made. */
const LAST_REQUESTS_MS = 200
const CHECK_EVERY_MS = 20

/**
 * Stops an HTTP server without cutting anybody off (SECURITY R1).
 *
 * First a farewell: the server still takes requests, but every answer says `Connection: close`, so clients and load balancers go elsewhere
 * by themselves; it ends early when nobody is connected. Then no connection is taken, idle ones end, and started requests are answered until
 * the time is over. A connection that is closed while its client is writing the next request is a failed request, which is why idle ones are
 * not closed at once.
 */
export class Drain {
  readonly #server: Server
  readonly #open = new Set<Socket>()
  readonly #answers = new Set<ServerResponse>()
  #closing = false

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket)
      socket.once('close', () => this.#open.delete(socket))
    })
    // First of all listeners, so that the header is there before anything is written.
    server.prependListener('request', (_request, response: ServerResponse) => {
      this.#answers.add(response)
      response.once('close', () => this.#answers.delete(response))
      if (this.#closing) sayClose(response)
    })
  }

  /** Whether the server is on its way out. */
  get closing(): boolean {
    return this.#closing
  }

  /** @param graceMs after this, connections are cut whatever they do */
  async close(graceMs: number): Promise<void> {
    const deadline = performance.now() + graceMs
    this.#closing = true
    for (const response of this.#answers) sayClose(response)
    await this.#untilNobody(Math.min(deadline, performance.now() + Math.min(FAREWELL_MS, graceMs / 4)))

    // Right after the event loop has taken all waiting connections, for those still waiting when a port closes are reset.
    await setImmediate()
    const closed = this.#stopListening()
    await this.#untilNobody(Math.min(deadline, performance.now() + LAST_REQUESTS_MS))
    this.#server.closeIdleConnections()
    await this.#untilNobody(deadline)
    this.#server.closeAllConnections()
    for (const socket of this.#open) socket.destroy()
    await closed
  }

  /** Of `net`, because the one of `http` cuts off idle connections at once, among them those whose first request is on its way. */
  #stopListening(): Promise<void> {
    return new Promise((resolve) => {
      NetServer.prototype.close.call(this.#server, () => resolve())
    })
  }

  async #untilNobody(deadline: number): Promise<void> {
    while (this.#open.size > 0 && performance.now() < deadline) await sleep(CHECK_EVERY_MS)
  }
}

function sayClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}
