import { createServer, type Server } from 'node:http'
import express, { type Express, type RequestHandler } from 'express'
import type { ApolloServerPlugin } from '@apollo/server'
import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'

import type { Env } from '../env.js'
import { DocumentGate } from '../graphql/document-gate.js'
import { createGraphQLServer } from '../graphql/server.js'
import type { LiveService } from '../live/live-service.js'
import { accountRoutes } from './account-page.js'
import { boardRoutes, type BoardOfToken } from './board-page.js'
import { calendarRoutes, type CalendarSource } from './calendar-route.js'
import { Drain } from './drain.js'
import { graphqlRoutes, type Callers } from './graphql-endpoint.js'
import { healthRoutes, type Readiness } from './health.js'
import { ideRoutes } from './ide.js'
import { landingPage } from './landing-page.js'
import { listen, localUrl } from './listen.js'
import { LiveEndpoint, wantsLive } from './live-endpoint.js'
import { OriginPolicy } from './origins.js'
import { refuseMalformed } from './raw-refusals.js'
import { optOutRoutes, type OptOuts } from './opt-out-page.js'
import { nothingHere, refuseOnError } from './refusals.js'
import { requestScope } from './request-facts.js'
import { apiHeaders } from './security-headers.js'

/** Settings that the HTTP side reads. */
export type HttpEnv = Pick<Env, 'NODE_ENV' | 'HOST' | 'PORT' | 'TRUST_PROXY' | 'SHUTDOWN_GRACE_MS' | 'DEMO'> &
  Partial<Pick<Env, 'PUBLIC_URL' | 'ALLOWED_ORIGINS'>>

/** What the HTTP side is given by `app.ts`. */
export interface HttpServerOptions<Context extends object> extends Callers<Context> {
  env: HttpEnv
  logger: Logger
  schema: GraphQLSchema
  /** What else has a say in every operation. */
  plugins?: readonly ApolloServerPlugin<Context>[]
  /** The board that a screen's token stands for. */
  board?: BoardOfToken
  /** Checks behind `/health/ready`. */
  readiness: Readiness
  /** Links of reminders. */
  optOuts?: OptOuts
  /** Calendar feeds. */
  calendarOf?: CalendarSource
  /** Subscriptions; without it, there are no WebSockets. */
  live?: LiveService
}

/** A server that listens. */
export interface RunningHttpServer {
  /** Address for a person on this machine, without a path: `http://127.0.0.1:4000`. */
  url: string
  /** Answers what was started, then stops; safe to call again. */
  close: () => Promise<void>
}

/** How long a client may take; slow ones hold a connection, not the server (SECURITY D9). */
const TIMEOUTS = {
  headers: 10_000,
  /** Headers and body together. */
  request: 30_000,
  /** Longer than the 60 s after which usual load balancers drop an idle connection, so that it is never the server who hangs up first. */
  keepAlive: 65_000,
  /** Silence in the middle of an answer. */
  socket: 60_000,
  check: 5_000,
} as const
const MAX_CONNECTIONS = 4_000
/** A connection is renewed after this many requests, so that a load balancer can spread them anew. */
const MAX_REQUESTS_PER_CONNECTION = 10_000

/**
 * Serves a schema over HTTP: the endpoint, health, and outside production the two IDEs.
 * @throws ListenError when there is no port to listen on
 */
export async function startHttpServer<Context extends object>(options: HttpServerOptions<Context>): Promise<RunningHttpServer> {
  const { env, logger, schema } = options
  const production = env.NODE_ENV === 'production'
  const graphql = createGraphQLServer<Context>(schema, logger, options.plugins)
  await graphql.start()

  const app = express()
  const origins = { ...env, ALLOWED_ORIGINS: env.ALLOWED_ORIGINS ?? [] }
  const live =
    options.live && new LiveEndpoint({ service: options.live, schema, app, origins: new OriginPolicy(origins), production, logger })
  const server = createServer(
    {
      requestTimeout: TIMEOUTS.request,
      headersTimeout: TIMEOUTS.headers,
      connectionsCheckingInterval: TIMEOUTS.check,
      ...(live && { shouldUpgradeCallback: wantsLive }),
    },
    app,
  )
  live?.attach(server)
  const drain = new Drain(server)
  bound(server)
  refuseMalformed(server)
  assemble(app, env, logger, [
    healthRoutes(options.readiness, () => drain.closing),
    graphqlRoutes(graphql, new DocumentGate(schema, production), options, production ? undefined : await landingPage(), origins),
    accountRoutes(),
    ...(options.board ? [boardRoutes(options.board, logger)] : []),
    ...(options.optOuts ? [optOutRoutes(options.optOuts, logger)] : []),
    ...(options.calendarOf ? [calendarRoutes(options.calendarOf)] : []),
    ...(production ? [] : [ideRoutes({ demo: env.DEMO, logger })]),
  ])

  const port = await listen(server, env.HOST, env.PORT, !production).catch(async (error: unknown) => {
    await graphql.stop()
    throw error
  })
  if (env.PORT !== 0 && port !== env.PORT)
    logger.warn({ asked: env.PORT, port }, `port ${env.PORT} is taken, so the server listens on ${port}`)

  let closing: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    await Promise.all([live?.close(), drain.close(env.SHUTDOWN_GRACE_MS)])
    await graphql.stop()
  }
  return { url: localUrl(env.HOST, port), close: () => (closing ??= stop()) }
}

function assemble(app: Express, env: HttpEnv, logger: Logger, routes: readonly RequestHandler[]): void {
  app
    .disable('x-powered-by')
    .disable('etag')
    .set('trust proxy', env.TRUST_PROXY)
    .set('query parser', false)
    .set('case sensitive routing', true)
  app.use(requestScope(logger), ...apiHeaders, ...routes, nothingHere, refuseOnError(logger))
}

function bound(server: Server): void {
  server.keepAliveTimeout = TIMEOUTS.keepAlive
  server.timeout = TIMEOUTS.socket
  server.maxConnections = MAX_CONNECTIONS
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION
}
