import type { GraphQLServerContext } from '@apollo/server'
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default'
import type { RequestHandler } from 'express'

import { CHART_QUERY } from './example-queries.js'
import { policy } from './security-headers.js'

/** Where Apollo Sandbox comes from; it is loaded from the internet and needs it. */
const CDN = 'https://embeddable-sandbox.cdn.apollographql.com'
const SANDBOX = 'https://sandbox.embed.apollographql.com'
const PAGE_CDN = 'https://apollo-server-landing-page.cdn.apollographql.com'

/** Apollo Sandbox for a browser that opens the endpoint; other requests pass by. */
export async function landingPage(): Promise<RequestHandler> {
  const render = await renderer()
  return async (request, response, next) => {
    if (request.method !== 'GET' || request.accepts(['json', 'application/graphql-response+json', 'html']) !== 'html') return next()
    const page = await render()
    const nonce = /nonce="([\da-f]+)"/.exec(page)?.[1] ?? ''
    response.setHeader('content-security-policy', sandboxPolicy(nonce))
    response.setHeader('cross-origin-opener-policy', 'same-origin-allow-popups')
    response
      .type('html')
      .send(
        page.replace(
          'it appears that you might be offline.',
          'it appears that you might be offline. <a href="/ide">The other IDE</a> needs no internet.',
        ),
      )
  }
}

async function renderer(): Promise<() => Promise<string>> {
  const plugin = ApolloServerPluginLandingPageLocalDefault({
    embed: { runTelemetry: false, initialState: { pollForSchemaUpdates: false } },
    document: CHART_QUERY,
    variables: { patients: 1 },
    headers: { Authorization: 'Bearer ' },
    includeCookies: false,
  })
  // The plugin is handed the server and looks at nothing of it: all it needs are its own options.
  const listener = await plugin.serverWillStart?.({} as GraphQLServerContext)
  const page = await listener?.renderLandingPage?.()
  if (page === undefined) throw new Error('Apollo Server has no landing page')
  const { html } = page
  return typeof html === 'string' ? async () => html : html
}

function sandboxPolicy(nonce: string): string {
  return policy({
    'default-src': "'none'",
    'script-src': `'nonce-${nonce}' ${CDN}`,
    'style-src': `'nonce-${nonce}' ${CDN} https://fonts.googleapis.com`,
    'font-src': 'https://fonts.gstatic.com',
    'img-src': PAGE_CDN,
    'manifest-src': PAGE_CDN,
    'frame-src': SANDBOX,
    'connect-src': `'self' ${CDN}`,
  })
}
