import pLimit, { type LimitFunction } from 'p-limit'
import { RateLimitedError } from '../../graphql/errors.js'
import type { PasswordHasher } from './password.js'

/** bcrypt occupies a whole core for a fifth of a second: one at a time leaves the others to everything else (SECURITY S12). */
const CONCURRENT = 1
/** More waiting than this would be answered after the client has given up. */
const MOST_WAITING = 50
const RETRY_AFTER_SECONDS = 5

/** Hashes and verifies passwords one after another, and refuses before the queue is longer than anybody waits. */
export class PasswordVerifier {
  readonly #hasher: PasswordHasher
  readonly #queue: LimitFunction = pLimit(CONCURRENT)

  constructor(hasher: PasswordHasher) {
    this.#hasher = hasher
  }

  /** @throws RateLimitedError when too many are waiting; nothing has been counted or checked then */
  requireRoom(): void {
    if (this.#queue.pendingCount >= MOST_WAITING) throw new RateLimitedError(RETRY_AFTER_SECONDS)
  }

  /** Whether the password belongs to the hash; without a hash the same time passes, and the answer is no (SECURITY S9). */
  verify(password: string, stored: string | undefined): Promise<boolean> {
    return this.#queue(() => (stored === undefined ? this.#hasher.verifyNobody(password) : this.#hasher.verify(password, stored)))
  }

  /** The hash to store. */
  hash(password: string): Promise<string> {
    return this.#queue(() => this.#hasher.hash(password))
  }

  /** Whether the hash was made with a lower cost than is set now. */
  isOutdated(stored: string): boolean {
    return this.#hasher.isOutdated(stored)
  }
}
