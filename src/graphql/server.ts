import { ApolloServer, type ApolloServerPlugin, type GraphQLRequestContextWillSendResponse } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { FormattedExecutionResult, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'

import { currentRequest } from '../request-scope.js'
import { CostLimit } from './cost.js'
import { BadUserInputError } from './errors.js'
import { httpStatus, statusOf } from './http-status.js'
import { DOCUMENT_LIMITS } from './limits.js'
import { WRONG_VARIABLES, errorMask } from './masking.js'
import { AnswerText } from './plan/answers.js'
import { variableProblems } from './variable-problems.js'

/** A document with more mistakes than this is not worth explaining. */
const MAX_VALIDATION_ERRORS = 20

/**
 * Apollo Server over a schema, with the limits and the masking of this house. It listens to nothing by itself and installs no signal
 * handlers; `http/` does both.
 */
export function createGraphQLServer<Context extends object>(
  schema: GraphQLSchema,
  logger: Logger,
  plugins: readonly ApolloServerPlugin<Context>[] = [],
): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    logger: quietLogger(logger),
    nodeEnv: 'production',
    introspection: true,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: DOCUMENT_LIMITS.tokens },
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    stringifyResult: (value) => ((value.data as unknown) instanceof AnswerText ? writtenAnswer(value) : JSON.stringify(value)),
    formatError: errorMask(logger),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      // Nothing is reported to anybody, whatever the environment says.
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      housePlugin(new CostLimit(schema), logger),
      ...plugins,
    ],
  })
}

/** An answer whose data was written as text already; such a one has no errors. */
function writtenAnswer({ data, extensions }: FormattedExecutionResult): string {
  const more = extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`
  return `{"data":${(data as unknown as AnswerText).text}${more}}`
}

/** Costs before, explanations and status after the execution. */
function housePlugin(costs: CostLimit, logger: Logger): ApolloServerPlugin<object> {
  return {
    unexpectedErrorProcessingRequest: async ({ error }) => {
      logger.error({ err: error, requestId: currentRequest()?.requestId }, 'unexpected error around an operation')
    },
    requestDidStart: async () => ({
      didResolveOperation: async ({ document, operation, operationName, request }) => {
        const scope = currentRequest()
        if (scope !== undefined) scope.operationName = operationName?.slice(0, 64) ?? undefined
        if (operation === undefined) return
        try {
          costs.check(document, operation, request.variables ?? {})
        } catch (error) {
          throw httpStatus(error)
        }
      },
      willSendResponse: async (context) => {
        if (context.response.body.kind !== 'single') return
        explainVariables(context)
        sayUnavailable(context)
      },
    }),
  }
}

function explainVariables({ schema, operation, request, response }: GraphQLRequestContextWillSendResponse<object>): void {
  if (response.body.kind !== 'single' || operation === undefined) return
  const { singleResult } = response.body
  if (!singleResult.errors?.some(({ message }) => message === WRONG_VARIABLES)) return
  const error = new BadUserInputError(variableProblems(schema, operation, request.variables ?? {}))
  singleResult.errors = [{ message: error.message || WRONG_VARIABLES, extensions: error.extensions }]
}

/** When nothing could be answered because the database is away, proxies and clients are told so by the status as well. */
function sayUnavailable({ response }: GraphQLRequestContextWillSendResponse<object>): void {
  if (response.body.kind !== 'single') return
  const { data, errors } = response.body.singleResult
  const away = errors?.some((error: GraphQLFormattedError) => error.extensions?.['code'] === 'UNAVAILABLE') === true
  if (!away || Object.values(data ?? {}).some((value) => value !== null)) return
  const { status, headers } = statusOf('UNAVAILABLE', {})
  response.http.status = status
  for (const [name, value] of headers) response.http.headers.set(name, value)
}

/** Apollo's own lines may repeat what a client sent, so only that something was said is kept; the errors themselves reach the log through the mask. */
function quietLogger(logger: Logger) {
  const say = (level: 'debug' | 'info' | 'warn' | 'error') => (): void => logger[level]('message of the GraphQL server')
  return { debug: say('debug'), info: say('debug'), warn: say('warn'), error: say('error') }
}
