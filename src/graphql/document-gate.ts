import { GraphQLError, type GraphQLSchema } from 'graphql'

import { httpStatus } from './http-status.js'
import { parseWithinLimits } from './limits.js'
import { refuseUnknownToStrangers } from './strangers.js'

/** Documents that were let in, by their text: parsing each a second time costs as much as answering a small one. */
const MAX_REMEMBERED = 1_000
const MAX_REMEMBERED_LENGTH = 10_000

/** Decides which documents get as far as Apollo Server, which then validates them. */
export class DocumentGate {
  readonly #admitted = new Set<string>()

  /** @param secretive whether strangers learn nothing about the schema, as in production */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly secretive: boolean,
  ) {}

  /**
   * @param source text of the document, from anybody
   * @throws GraphQLError with a code and an HTTP status when the document may not go on
   */
  admit(source: string, stranger: boolean): void {
    const guarded = stranger && this.secretive
    if (!guarded && this.#admitted.has(source)) return
    try {
      const document = parseWithinLimits(source)
      if (guarded) refuseUnknownToStrangers(this.schema, document)
    } catch (error) {
      throw httpStatus(parseFailure(error))
    }
    if (!guarded) this.#remember(source)
  }

  #remember(source: string): void {
    if (source.length > MAX_REMEMBERED_LENGTH) return
    if (this.#admitted.size >= MAX_REMEMBERED) this.#admitted.delete(this.#admitted.values().next().value ?? '')
    this.#admitted.add(source)
  }
}

function parseFailure(error: unknown): unknown {
  if (!(error instanceof GraphQLError) || error.extensions['code'] !== undefined) return error
  const { message, source, positions } = error
  return new GraphQLError(message, { source, positions, extensions: { code: 'GRAPHQL_PARSE_FAILED' } })
}
