import { STRANGER, type Actor } from '../../access/actor.js'
import { ForbiddenError, UnauthenticatedError } from '../../graphql/errors.js'
import type { ClientCookies } from '../../graphql/client-cookies.js'
import type { Accounts } from './accounts.js'
import { equalSecrets, type IdentityKeys } from './keys.js'
import type { AccessTokens, ReadClaims } from './tokens.js'

/** What a request shows of who it is from. */
export interface Credentials {
  /** Token of `Authorization: Bearer`. */
  readonly bearerToken: string | undefined
  readonly cookies: ClientCookies
  /** Whether cookies are to be left aside: the request is about signing in anew. */
  readonly ignoreCookies: boolean
  /** Header `x-csrf-token` of a request that can change something; `undefined` when it cannot. */
  readonly csrfToken: string | undefined
}

/** Whose token it is that holds a connection open. */
export interface TokenHolder {
  readonly claims: ReadClaims
  readonly actor: Actor
}

/** Finds out who asks. */
export class Authenticator {
  readonly #tokens: AccessTokens
  readonly #accounts: Accounts
  readonly #keys: IdentityKeys

  constructor(tokens: AccessTokens, accounts: Accounts, keys: IdentityKeys) {
    this.#tokens = tokens
    this.#accounts = accounts
    this.#keys = keys
  }

  /**
   * No token: a stranger. A Bearer token that does not hold is refused outright, so that a client learns of it at once; a cookie that does
   * not hold is as good as none, for browsers go on sending what they were given.
   *
   * @throws UnauthenticatedError for a Bearer token that does not hold
   * @throws ForbiddenError when a cookie request that can change something has the CSRF token of another session
   */
  async actorOf({ bearerToken, cookies, ignoreCookies, csrfToken }: Credentials): Promise<Actor> {
    if (bearerToken !== undefined) {
      const actor = await this.#actorOf(bearerToken)
      if (!actor) throw new UnauthenticatedError('The access token is not valid or has ended. Sign in again.')
      return actor
    }
    const cookie = ignoreCookies ? undefined : cookies.read('access')
    const actor = cookie === undefined ? null : await this.#actorOf(cookie)
    if (!actor) return STRANGER
    if (csrfToken !== undefined && !equalSecrets(csrfToken, this.#keys.csrfTokenOf(actor.identity?.sessionId ?? ''))) {
      throw new ForbiddenError('The CSRF token does not belong to this session.')
    }
    return actor
  }

  /** Who opens a connection that stays, and until when the token lets them; `null`: a stranger, or somebody whose token does not hold. */
  async holderOf({ bearerToken, cookies }: Pick<Credentials, 'bearerToken' | 'cookies'>): Promise<TokenHolder | null> {
    const claims = this.#tokens.read(bearerToken ?? cookies.read('access') ?? '')
    const actor = claims && (await this.#accounts.actorOf(claims))
    return actor && { claims, actor }
  }

  async #actorOf(token: string): Promise<Actor | null> {
    const claims = this.#tokens.read(token)
    return claims && this.#accounts.actorOf(claims)
  }
}
