import type { Actor } from '../access/actor.js'
import { RequestNotes } from '../audit/request-notes.js'
import type { ClientCookies } from './client-cookies.js'
import type { LoaderSession } from './loaders/session.js'

/** What the transport knows of a request. */
export interface RequestFacts {
  readonly requestId: string
  /** Address of the client; behind a trusted proxy the forwarded one. */
  readonly remoteAddress: string
  /** What the client calls itself. */
  readonly userAgent?: string | undefined
  /** Cookies of a browser; none outside of HTTP. */
  readonly cookies?: ClientCookies
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
  /** What of patients was read so far. */
  readonly notes = new RequestNotes()
  private readonly openLoaders: (actor: Actor, notes: RequestNotes) => LoaderSession

  /** @param openLoaders makes the loaders of an actor */
  constructor(request: RequestFacts, actor: Actor, openLoaders: (actor: Actor, notes: RequestNotes) => LoaderSession) {
    this.request = request
    this.actor = actor
    this.openLoaders = openLoaders
    this.loaders = openLoaders(actor, this.notes)
  }

  /** From here on the request is somebody else's: after signing in, the answer shows what the account may see. */
  become(actor: Actor): void {
    this.actor = actor
    this.loaders = this.openLoaders(actor, this.notes)
  }
}
