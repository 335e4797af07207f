import type { ReadDatabase } from '../../database/read-database.js'
import { BadUserInputError, RateLimitedError } from '../../graphql/errors.js'
import { CLOSE_LIMIT, throttleKey, type SignInThrottle } from './sign-in-throttle.js'
import type { PasswordVerifier } from './verifier.js'

const HASH = {
  name: 'account_password_hash',
  text: 'select password_hash as "passwordHash" from user_account where id = $1::uuid and active',
}

/** Asks somebody who is signed in for their password once more, before what an unattended screen must not do. */
export class CurrentPassword {
  readonly #database: ReadDatabase
  readonly #verifier: PasswordVerifier
  readonly #throttle: SignInThrottle

  constructor(database: ReadDatabase, verifier: PasswordVerifier, throttle: SignInThrottle) {
    this.#database = database
    this.#verifier = verifier
    this.#throttle = throttle
  }

  /**
   * @param field path of the input that holds it
   * @throws BadUserInputError when it is wrong
   * @throws RateLimitedError after five wrong ones
   */
  async require(userId: string, password: string, field: string): Promise<void> {
    this.#verifier.requireRoom()
    const key = currentPasswordKey(userId)
    const taken = await this.#throttle.take({ key, limit: CLOSE_LIMIT })
    if (!taken.allowed) throw new RateLimitedError(taken.retryAfterSeconds)
    const [row] = await this.#database.run(HASH, [userId])
    if (!(await this.#verifier.verify(password, row?.['passwordHash'] as string | undefined))) {
      throw new BadUserInputError([{ field, message: 'is not the current password' }])
    }
    await this.#throttle.release(key)
  }
}

/** The counter of wrong answers. */
export function currentPasswordKey(userId: string): string {
  return throttleKey('current-password', userId)
}
