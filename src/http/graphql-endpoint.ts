import { expressMiddleware } from '@as-integrations/express5'
import type { ApolloServer } from '@apollo/server'
import { Router, type Request, type RequestHandler } from 'express'

import type { DocumentGate } from '../graphql/document-gate.js'
import { httpStatus } from '../graphql/http-status.js'
import { currentRequest } from '../request-scope.js'
import { cookieUseOf, refuseForgedDocuments, refuseForgedRequests } from './forgery.js'
import { jsonBody } from './json-body.js'
import { crossOrigin, OriginPolicy, type OriginSettings } from './origins.js'
import { onlyMethods, refuse } from './refusals.js'
import { factsOf, route, type IncomingRequestFacts } from './request-facts.js'

/** Settings of the endpoint. */
export interface EndpointEnv extends OriginSettings {
  readonly NODE_ENV: string
}

/** How the endpoint learns who asks. */
export interface Callers<Context> {
  /** Makes the context of a request; what it throws ends the request. */
  createContext: (request: IncomingRequestFacts) => Promise<Context>
  /** Whether nobody is signed in. */
  isStranger: (context: Context) => boolean
  /** The account that asks, for the log. */
  userId?: (context: Context) => string | undefined
}

/**
 * `POST /graphql`, after GraphQL over HTTP. Operations are not taken by `GET`, which the specification leaves open: a URL with a patient's
 * name in it stays in the logs of proxies and in the history of browsers. A browser that opens the address gets the landing page.
 */
export function graphqlRoutes<Context extends object>(
  server: ApolloServer<Context>,
  gate: DocumentGate,
  callers: Callers<Context>,
  landingPage: RequestHandler | undefined,
  env: EndpointEnv,
): Router {
  const production = env.NODE_ENV === 'production'
  const origins = new OriginPolicy(env)
  const answer = expressMiddleware(server, {
    context: async ({ req, res }) => {
      try {
        const context = await callers.createContext(factsOf(req, res, cookieUseOf(req, res, production)))
        const scope = currentRequest()
        if (scope !== undefined) scope.userId = callers.userId?.(context)
        const source = documentOf(req)
        if (source !== undefined) gate.admit(source, callers.isStranger(context))
        return context
      } catch (error) {
        throw httpStatus(error)
      }
    },
  })
  const onlyPost: RequestHandler = (request, response, next) => {
    if (request.method === 'POST') return next()
    response.setHeader('allow', landingPage === undefined ? 'POST' : 'GET, POST')
    refuse(response, 405, 'BAD_REQUEST', 'Operations are sent by POST.')
  }
  return Router({ strict: true }).all(
    '/graphql',
    route('/graphql'),
    crossOrigin(origins),
    ...(landingPage === undefined ? [onlyMethods('POST')] : [onlyMethods('GET', 'POST'), landingPage]),
    onlyPost,
    refuseForgedRequests(origins, production),
    ...jsonBody,
    refuseForgedDocuments(production),
    answer,
  )
}

function documentOf(request: Request): string | undefined {
  const body: unknown = request.body
  return typeof body === 'object' && body !== null && 'query' in body && typeof body.query === 'string' ? body.query : undefined
}
