import { randomUUID } from 'node:crypto'
import { execute, type DocumentNode, type FormattedExecutionResult, type GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { Logger } from 'pino'
import type { Actor } from '../access/actor.js'
import { allows, refusal } from '../access/rules.js'
import { denialNote } from '../audit/denials.js'
import type { AuditNote } from '../audit/event.js'
import { eventRow } from '../audit/event-row.js'
import type { AuditTrail } from '../audit/trail.js'
import type { Clock } from '../clock.js'
import type { GraphQLContext, RequestFacts } from '../graphql/context.js'
import { CostLimit } from '../graphql/cost.js'
import { ERROR_CODES } from '../graphql/errors.js'
import { Delivery } from '../graphql/live-fields.js'
import { errorMask } from '../graphql/masking.js'
import type { ClinicSchema } from '../graphql/schema.js'
import type { Accounts } from '../modules/identity/accounts.js'
import type { Authenticator, Credentials, TokenHolder } from '../modules/identity/authenticator.js'
import { runInRequest } from '../request-scope.js'
import type { Told } from './event-queue.js'
import type { LiveHub } from './hub.js'
import { readLiveDocument, type LiveDocument, type SubscribeRequest } from './live-document.js'
import { LiveStream, type Outcome } from './live-stream.js'

/** What subscriptions stand on. */
export interface LiveParts {
  readonly clinic: ClinicSchema
  readonly hub: LiveHub
  readonly accounts: Accounts
  readonly authenticator: Authenticator
  readonly trail: AuditTrail
  readonly clock: Clock
  readonly logger: Logger
  /** The context of one answer. */
  readonly contextOf: (request: RequestFacts, actor: Actor) => GraphQLContext
}

/** One open connection, as the service sees it. */
export interface Watcher {
  /** As they were when they were last looked at. */
  holder: TokenHolder
  readonly request: Omit<RequestFacts, 'requestId' | 'cookies'>
}

/** A subscription that has begun. */
export interface Begun {
  readonly stream: LiveStream
  readonly document: DocumentNode
}

/** Why a connection must end. `ended` and `changed` are over with a new token; `gone` with a new sign-in. */
export type Verdict = 'ended' | 'changed' | 'gone'

const MISSED: FormattedExecutionResult = {
  data: null,
  errors: [{ message: ERROR_CODES.MISSED_EVENTS, extensions: { code: 'MISSED_EVENTS' } }],
}

const REFUSALS = new Set<unknown>(['FORBIDDEN', 'UNAUTHENTICATED', 'PASSWORD_CHANGE_REQUIRED'])

/**
 * Subscriptions: who may have one, and what each event becomes. Every event is answered as a request of its own: with the actor as they are
 * now, their rows and fields as they are now, and its reads in the audit trail before it is sent (RULES S1, SECURITY A5, P2).
 */
export class LiveService {
  readonly #parts: LiveParts
  readonly #costs: CostLimit
  readonly #mask: ReturnType<typeof errorMask>

  constructor(parts: LiveParts) {
    this.#parts = parts
    this.#costs = new CostLimit(parts.clinic.schema)
    this.#mask = errorMask(parts.logger)
  }

  /** Who opens a connection; `null` for strangers and tokens that do not hold. */
  signIn(credentials: Pick<Credentials, 'bearerToken' | 'cookies'>): Promise<TokenHolder | null> {
    return this.#parts.authenticator.holderOf(credentials)
  }

  /**
   * Looks at all connections again, with one statement, and tells which must end: the token is over its time, the session was ended, the
   * account was deactivated or has other roles (RULES S4).
   */
  async review(watchers: Iterable<Watcher>): Promise<Map<Watcher, Verdict>> {
    const { accounts, clock } = this.#parts
    const all = [...watchers]
    const verdicts = new Map<Watcher, Verdict>()
    if (all.length === 0) return verdicts
    for (const watcher of all) if (watcher.holder.claims.expiresAt <= clock()) verdicts.set(watcher, 'ended')
    await accounts.readAhead([...new Set(all.map(({ holder }) => holder.claims.sessionId))]).catch(() => undefined)
    for (const watcher of all) {
      if (verdicts.has(watcher)) continue
      const { claims, actor: before } = watcher.holder
      const actor = await accounts.watcherOf(claims).catch(() => before)
      if (!actor) verdicts.set(watcher, 'gone')
      else if (String(actor.identity?.roles) !== String(before.identity?.roles)) verdicts.set(watcher, 'changed')
      else watcher.holder = { claims, actor }
    }
    return verdicts
  }

  /**
   * Begins a subscription. Nothing is waited for: what happens from here on is told.
   * @returns the errors, when it may not be had
   */
  subscribe(watcher: Watcher, request: SubscribeRequest): Begun | readonly GraphQLError[] {
    const { clinic, hub } = this.#parts
    const read = readLiveDocument(clinic.schema, clinic.live, this.#costs, request)
    if (!('interest' in read)) return read
    const { actor } = watcher.holder
    const rule = clinic.access['Subscription']?.[read.field.row.name]
    if (!rule || rule.kind === 'checked' || !allows(rule, actor, undefined, null)) return [this.#refused(watcher, read)]
    const queue = hub.join(read.interest)
    const turns = { first: true }
    const stream = new LiveStream(
      queue,
      (told) => this.#answer(watcher, read, told, turns),
      () => hub.leave(queue),
    )
    return { stream, document: read.document }
  }

  /** What of an error may leave the server. */
  masked(errors: readonly GraphQLError[]): GraphQLFormattedError[] {
    return errors.map((error) => this.#mask(error.toJSON(), error))
  }

  #refused({ holder: { actor }, request }: Watcher, { operation, fragments, field }: LiveDocument): GraphQLError {
    const error = refusal(actor)
    const note = denialNote([{ message: error.message, path: [field.row.name], extensions: error.extensions }], { operation, fragments })
    const origin = { actor, request: { ...request, requestId: randomUUID() } }
    if (note) void this.#parts.trail.append([eventRow(origin, note)]).catch((failure: unknown) => this.#trailFailed(failure))
    return error
  }

  /** Does not throw: what goes wrong on the way is a missed event, which the client makes up for by reading again. */
  async #answer(watcher: Watcher, live: LiveDocument, told: Told, turns: { first: boolean }): Promise<Outcome> {
    if (told === 'missed') return MISSED
    const { accounts, clock } = this.#parts
    const { claims } = watcher.holder
    if (claims.expiresAt <= clock()) return 'end'
    try {
      const actor = await accounts.watcherOf(claims)
      if (!actor) return 'end'
      const requestId = randomUUID()
      return await runInRequest({ requestId, userId: claims.userId, operationName: live.field.row.name }, () =>
        this.#deliver(this.#parts.contextOf({ ...watcher.request, requestId }, actor), live, new Delivery(told.id), turns),
      )
    } catch (error) {
      this.#parts.logger.warn({ err: error }, 'an event could not be told')
      return MISSED
    }
  }

  async #deliver(context: GraphQLContext, live: LiveDocument, delivery: Delivery, turns: { first: boolean }): Promise<Outcome> {
    const { clinic, trail } = this.#parts
    const result = await execute({
      schema: clinic.schema,
      document: live.document,
      operationName: live.operation.name?.value,
      variableValues: live.variables,
      contextValue: context,
      rootValue: delivery,
    })
    if (delivery.reached === false) return 'nothing'
    const { data, errors } = result
    const masked = errors && this.masked(errors)
    // The row was not even asked for, because the actor may not have the field any more; or it could not be read.
    if (delivery.reached === undefined) return masked?.some(({ extensions }) => REFUSALS.has(extensions?.['code'])) ? 'end' : MISSED
    await trail.append(this.#notes(context, live, masked, turns).map((note) => eventRow(context, note)))
    return { ...(data !== undefined && { data }), ...(masked && { errors: masked }) }
  }

  /** What was read; and, once for each subscription, what was refused. */
  #notes(
    context: GraphQLContext,
    live: LiveDocument,
    errors: readonly GraphQLFormattedError[] | undefined,
    turns: { first: boolean },
  ): AuditNote[] {
    const notes = context.notes.notes().map((note) => ({ ...note, facts: { ...note.facts, subscription: live.field.row.name } }))
    const denial = turns.first ? denialNote(errors, live) : null
    turns.first = false
    return denial ? [...notes, denial] : notes
  }

  #trailFailed(error: unknown): void {
    this.#parts.logger.error({ err: error }, 'the audit trail could not be written')
  }
}
