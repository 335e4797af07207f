import { ServerResponse, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Express, Request, Response } from 'express'
import type { ExecutionResult, FormattedExecutionResult, GraphQLError, GraphQLSchema } from 'graphql'
import { CloseCode, handleProtocols, makeServer, type Server as ProtocolServer } from 'graphql-ws'
import type { Logger } from 'pino'
import { WebSocketServer, type WebSocket } from 'ws'

import { ClinicError } from '../graphql/errors.js'
import type { LiveService, Verdict } from '../live/live-service.js'
import { HttpCookies } from './cookies.js'
import { LiveConnection } from './live-connection.js'
import type { OriginPolicy } from './origins.js'
import { bearerTokenIn, MAX_USER_AGENT } from './request-facts.js'

/** What open connections may do; each holds memory, and each subscription reads whenever something changes. */
export const LIVE_LIMITS = {
  connectionsPerUser: 20,
  /** Connections of everybody that have not yet said who they are. */
  unknown: 200,
  subscriptionsPerConnection: 20,
  /** Bytes of a message; the largest document is 50,000 characters. */
  message: 100_000,
  /** Messages in any stretch of ten seconds. */
  messagesPer10s: 200,
  /** For saying who one is. */
  initMs: 5_000,
  /** A client that does not answer a ping until the next one is gone. */
  pingMs: 15_000,
  /** How often connections are looked at again (RULES S4). */
  reviewMs: 500,
} as const

/** Why a connection is closed. The usual client connects again by itself after `Forbidden`, and gives up after `Unauthorized`. */
const CLOSINGS: Readonly<Record<Verdict, readonly [number, string]>> = {
  ended: [CloseCode.Forbidden, 'The access token has ended'],
  changed: [CloseCode.Forbidden, 'The rights of the account have changed'],
  gone: [CloseCode.Unauthorized, 'The session has ended'],
}
const GOING_AWAY = 1001
const FAREWELL_MS = 1_000

/** What the endpoint is given. */
export interface LiveEndpointOptions {
  readonly service: LiveService
  readonly schema: GraphQLSchema
  /** Knows the proxies that are trusted. */
  readonly app: Express
  readonly origins: OriginPolicy
  readonly production: boolean
  readonly logger: Logger
}

/** `/graphql` as a WebSocket: subscriptions in the protocol `graphql-transport-ws`. */
export class LiveEndpoint {
  readonly #options: LiveEndpointOptions
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: LIVE_LIMITS.message, perMessageDeflate: false, handleProtocols })
  readonly #connections = new Set<LiveConnection>()
  readonly #protocol: ProtocolServer<LiveConnection>
  readonly #timers: readonly NodeJS.Timeout[]
  #reviewing = false
  #closing = false

  constructor(options: LiveEndpointOptions) {
    this.#options = options
    this.#protocol = this.#makeProtocol()
    this.#timers = [setInterval(() => void this.#review(), LIVE_LIMITS.reviewMs), setInterval(() => this.#ping(), LIVE_LIMITS.pingMs)]
    for (const timer of this.#timers) timer.unref()
  }

  /** Whether a request wants to become a connection of ours; others that ask for another protocol are answered as if they had not. */
  static wants({ headers, url }: IncomingMessage): boolean {
    return headers.upgrade?.toLowerCase() === 'websocket' && url?.split('?', 1)[0] === '/graphql'
  }

  /** Takes over such requests. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy())
      if (this.#closing || this.#unknown() >= LIVE_LIMITS.unknown) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 2\r\n\r\n')
        return
      }
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, request))
    })
  }

  /** Tells every client that the server goes, and ends what does not follow. */
  async close(): Promise<void> {
    this.#closing = true
    for (const timer of this.#timers) clearInterval(timer)
    for (const { socket } of this.#connections) socket.close(GOING_AWAY, 'The server is going away')
    const deadline = performance.now() + FAREWELL_MS
    while (this.#connections.size > 0 && performance.now() < deadline) await sleep(10)
    for (const { socket } of this.#connections) socket.terminate()
  }

  #open(socket: WebSocket, raw: IncomingMessage): void {
    const { app, logger } = this.#options
    // Express's view of a request, which knows what trusted proxies forward.
    const request = Object.setPrototypeOf(raw, app.request) as Request
    const connection = new LiveConnection(socket, request, {
      remoteAddress: request.ip ?? '',
      userAgent: raw.headers['user-agent']?.slice(0, MAX_USER_AGENT),
    })
    this.#connections.add(connection)
    const closed = this.#protocol.opened(connection, connection)
    socket.on('error', () => socket.terminate())
    socket.once('close', (code, reason) => {
      this.#connections.delete(connection)
      connection.gone()
      logger.info({ userId: connection.userId, path: '/graphql', code, ms: connection.age() }, 'live connection')
      void closed(code, String(reason)).catch((error: unknown) => logger.error({ err: error }, 'a live connection ended badly'))
    })
    connection.listen(LIVE_LIMITS.messagesPer10s, (error) => {
      logger.error({ err: error }, 'unexpected error on a live connection')
      socket.close(CloseCode.InternalServerError, 'Internal server error')
    })
  }

  #makeProtocol(): ProtocolServer<LiveConnection> {
    const { service, schema } = this.#options
    return makeServer<Record<string, unknown>, LiveConnection>({
      connectionInitWaitTimeout: LIVE_LIMITS.initMs,
      onConnect: ({ extra: connection, connectionParams }) => this.#connect(connection, connectionParams),
      onSubscribe: ({ extra: { watcher }, subscriptions }, _id, payload) => {
        if (!watcher) return [new ClinicError('UNAUTHENTICATED')]
        if (Object.keys(subscriptions).length > LIVE_LIMITS.subscriptionsPerConnection) return [tooMany()]
        const { query, operationName, variables } = payload
        const begun = service.subscribe(watcher, { query, operationName, variables })
        return 'stream' in begun ? { schema, document: begun.document, operationName, contextValue: begun.stream } : begun
      },
      // The stream carries answers that are executed and masked already.
      subscribe: ({ contextValue }) => contextValue as AsyncGenerator<ExecutionResult>,
      onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
      onError: (_context, _id, _payload, errors) => service.masked(errors),
    })
  }

  /** @returns `false` when the client is closed on: it is nobody's, or one too many */
  async #connect(connection: LiveConnection, params: Record<string, unknown> = {}): Promise<boolean> {
    const { service, origins, production } = this.#options
    const { request, socket } = connection
    const bearerToken = bearerTokenIn(textOf(params, 'authorization') ?? textOf(params, 'Authorization'))
    if (bearerToken === undefined && !origins.mayCarryCookies(request)) return false
    // Cookies are read and never set: there is no answer that could carry them.
    const cookies = new HttpCookies(request, new ServerResponse(request) as Response, production)
    const holder = await service.signIn({ bearerToken, cookies })
    const problem = holder ? this.#problemWith(holder.claims.userId) : ([CloseCode.Unauthorized, 'Sign in first'] as const)
    if (holder && !problem) connection.signedIn(holder)
    else socket.close(...(problem ?? CLOSINGS.gone))
    // After its close the socket sends nothing, so this acknowledges nobody.
    return true
  }

  #problemWith(userId: string): readonly [number, string] | undefined {
    const open = [...this.#connections].filter((connection) => connection.userId === userId).length
    return open < LIVE_LIMITS.connectionsPerUser ? undefined : [CloseCode.TooManyInitialisationRequests, 'Too many connections']
  }

  #unknown(): number {
    return [...this.#connections].filter(({ watcher }) => !watcher).length
  }

  async #review(): Promise<void> {
    if (this.#reviewing || this.#connections.size === 0) return
    this.#reviewing = true
    const byWatcher = new Map(
      [...this.#connections].flatMap((connection) => (connection.watcher ? [[connection.watcher, connection]] : [])),
    )
    try {
      const verdicts = await this.#options.service.review(byWatcher.keys())
      for (const [watcher, verdict] of verdicts) byWatcher.get(watcher)?.socket.close(...CLOSINGS[verdict])
    } finally {
      this.#reviewing = false
    }
  }

  #ping(): void {
    for (const connection of this.#connections) connection.ping()
  }
}

const tooMany = (): GraphQLError =>
  new ClinicError('TOO_EXPENSIVE', `A connection carries at most ${LIVE_LIMITS.subscriptionsPerConnection} subscriptions.`)

function textOf(params: Record<string, unknown>, name: string): string | undefined {
  const value = params[name]
  return typeof value === 'string' ? value : undefined
}
