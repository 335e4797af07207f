import type { EntityManager } from '@mikro-orm/postgresql'
import pLimit, { type LimitFunction } from 'p-limit'
import type { Actor } from '../../access/actor.js'
import { RateLimitedError, UnauthenticatedError } from '../../graphql/errors.js'
import type { Accounts } from './accounts.js'
import type { PasswordHasher } from './password.js'
import type { AccessTokens } from './tokens.js'
import { User } from './user.entity.js'

/** A successful sign-in. */
export interface SignIn {
  readonly actor: Actor
  readonly accessToken: string
  readonly accessTokenExpiresAt: Date
}

/** bcrypt occupies a worker thread for a fifth of a second: this many at a time leave threads for everything else (SECURITY S12). */
const CONCURRENT_VERIFICATIONS = 2
/** More waiting than this would be answered after the client has given up. */
const MOST_WAITING = 50
const RETRY_AFTER_SECONDS = 5

/** Signs accounts in with name and password. */
export class SignInService {
  readonly #accounts: Accounts
  readonly #hasher: PasswordHasher
  readonly #tokens: AccessTokens
  readonly #em: () => EntityManager
  readonly #verifications: LimitFunction = pLimit(CONCURRENT_VERIFICATIONS)

  /** @param em makes a unit of work */
  constructor(accounts: Accounts, hasher: PasswordHasher, tokens: AccessTokens, em: () => EntityManager) {
    this.#accounts = accounts
    this.#hasher = hasher
    this.#tokens = tokens
    this.#em = em
  }

  /**
   * Checks name and password. An unknown name, a wrong password and a deactivated account get the same answer after the same time
   * (SECURITY S9).
   *
   * @throws UnauthenticatedError for all three
   * @throws RateLimitedError when too many sign-ins are waiting
   */
  async signIn(username: string, password: string): Promise<SignIn> {
    if (this.#verifications.pendingCount >= MOST_WAITING) throw new RateLimitedError(RETRY_AFTER_SECONDS)
    const account = await this.#accounts.byUsername(normalizeUsername(username))
    const matches = await this.#verifications(() =>
      account ? this.#hasher.verify(password, account.passwordHash) : this.#hasher.verifyNobody(password),
    )
    if (!account || !matches || !account.active) throw new UnauthenticatedError('The name or the password is wrong.')
    const { identity } = account.actor
    if (!identity) throw new UnauthenticatedError()
    if (this.#hasher.isOutdated(account.passwordHash)) await this.#rehash(identity.userId, account.passwordHash, password)
    const { token, expiresAt } = this.#tokens.issue({ userId: identity.userId, tokenVersion: account.tokenVersion })
    return { actor: account.actor, accessToken: token, accessTokenExpiresAt: expiresAt }
  }

  /** The set cost has been raised since the hash was made (SECURITY S12). A password changed meanwhile is left alone. */
  async #rehash(userId: string, outdated: string, password: string): Promise<void> {
    const passwordHash = await this.#verifications(() => this.#hasher.hash(password))
    await this.#em().nativeUpdate(User, { id: userId, passwordHash: outdated }, { passwordHash })
  }
}

/** Names are compared in lower case and in Unicode's composed form. */
export function normalizeUsername(username: string): string {
  return username.normalize('NFC').trim().toLowerCase()
}
