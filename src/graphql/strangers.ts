import { Kind, validate, visit, type DocumentNode, type GraphQLSchema } from 'graphql'

import { UnauthenticatedError } from './errors.js'

/**
 * All that a caller who is not signed in may name in production: signing in, and who they then are. Everything else gets one and the same
 * refusal, valid or not, so that guessing names tells nothing about the schema (SECURITY D5).
 */
const PUBLIC_NAMES: ReadonlySet<string> = new Set(
  [
    '__typename',
    'login refreshSession logout requestPasswordReset resetPasswordByLink acceptInvitation setUpOwner',
    'accessToken accessTokenExpiresAt refreshToken csrfToken viewer',
    'id username displayName roles capabilities mustChangePassword secondFactorSince',
  ].flatMap((names) => names.split(' ')),
)

/**
 * @throws UnauthenticatedError when a stranger may not send this document
 */
export function refuseUnknownToStrangers(schema: GraphQLSchema, document: DocumentNode): void {
  let known = true
  visit(document, {
    [Kind.FIELD]: (node) => {
      known &&= PUBLIC_NAMES.has(node.name.value)
    },
  })
  if (!known || validate(schema, document, undefined, { maxErrors: 1 }).length > 0) throw new UnauthenticatedError()
}
