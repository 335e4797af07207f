import type { Actor } from '../access/actor.js'
import type { LoaderSession } from './loaders/session.js'

/** What the transport knows of a request. */
export interface RequestFacts {
  readonly requestId: string
  /** Address of the client; behind a trusted proxy the forwarded one. */
  readonly remoteAddress: string
  /** Fires when the client is gone. */
  readonly signal?: AbortSignal
}

/**
 * What every resolver gets: who asks, and the reads of this request.
 *
 * No private fields: Apollo Server hands resolvers a copy made with `Object.assign`, which has none.
 */
export class GraphQLContext {
  readonly request: RequestFacts
  /** Who asks. */
  actor: Actor
  /** Reads within the actor's rows. */
  loaders: LoaderSession
  private readonly openLoaders: (actor: Actor) => LoaderSession

  /** @param openLoaders makes the loaders of an actor */
  constructor(request: RequestFacts, actor: Actor, openLoaders: (actor: Actor) => LoaderSession) {
    this.request = request
    this.actor = actor
    this.openLoaders = openLoaders
    this.loaders = openLoaders(actor)
  }

  /** From here on the request is somebody else's: after signing in, the answer shows what the account may see. */
  become(actor: Actor): void {
    this.actor = actor
    this.loaders = this.openLoaders(actor)
  }
}
