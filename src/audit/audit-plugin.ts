import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server'
import { Kind, type FragmentDefinitionNode } from 'graphql'
import type { Logger } from 'pino'
import type { GraphQLContext } from '../graphql/context.js'
import { ERROR_CODES } from '../graphql/errors.js'
import { statusOf } from '../graphql/http-status.js'
import { denialNote } from './denials.js'
import type { AuditNote } from './event.js'
import { eventRow } from './event-row.js'
import type { AuditTrail } from './trail.js'

/**
 * Holds every answer back until the events of its request are durable; when they cannot be written, the client gets an error and no data
 * (SECURITY P2, P6). An answer without patient data and without a refusal leaves no event and waits for nothing.
 */
export function auditPlugin(trail: AuditTrail, logger: Logger): ApolloServerPlugin<GraphQLContext> {
  return {
    requestDidStart: async () => ({
      willSendResponse: async (context) => {
        const { contextValue, operation } = context
        const notes = notesOf(context)
        const wrote = operation?.operation === 'mutation'
        if (notes.length === 0 && !wrote) return
        try {
          await trail.append(notes.map((note) => eventRow(contextValue, note)))
        } catch (error) {
          logger.error({ err: error, requestId: contextValue.request.requestId }, 'the audit trail could not be written')
          // The events of a change are durable with the change itself, and wait for the next append.
          if (notes.length > 0) withhold(context)
        }
      },
    }),
  }
}

function notesOf({ contextValue, response, operation, document }: GraphQLRequestContextWillSendResponse<GraphQLContext>): AuditNote[] {
  const notes = contextValue.notes.notes()
  const errors = response.body.kind === 'single' ? response.body.singleResult.errors : undefined
  if (errors && operation && contextValue.actor.signedIn) {
    const fragments = new Map<string, FragmentDefinitionNode>()
    for (const node of document?.definitions ?? []) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
    const denial = denialNote(errors, { operation, fragments })
    if (denial) notes.push(denial)
  }
  return notes
}

function withhold({ contextValue, response }: GraphQLRequestContextWillSendResponse<GraphQLContext>): void {
  const { requestId } = contextValue.request
  response.body = {
    kind: 'single',
    singleResult: { errors: [{ message: ERROR_CODES.UNAVAILABLE, extensions: { code: 'UNAVAILABLE', requestId } }] },
  }
  const { status, headers } = statusOf('UNAVAILABLE', {})
  response.http.status = status
  for (const [name, value] of headers) response.http.headers.set(name, value)
}
