import { AuditOutcome, type AuditAction } from '../../audit/event.js'
import type { ReadDatabase } from '../../database/read-database.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, RateLimitedError } from '../../graphql/errors.js'
import { userIdOf } from './session.service.js'
import { CLOSE_LIMIT, throttleKey, type SignInThrottle } from './sign-in-throttle.js'
import type { PasswordVerifier } from './verifier.js'

const HASH = {
  name: 'account_password_hash',
  text: 'select password_hash as "passwordHash" from user_account where id = $1::uuid and active',
}

/** Asks somebody who is signed in for their password once more, before what an unattended screen must not do. */
export class CurrentPassword {
  readonly #database: ReadDatabase
  readonly #work: UnitOfWork
  readonly #verifier: PasswordVerifier
  readonly #throttle: SignInThrottle

  constructor(database: ReadDatabase, work: UnitOfWork, verifier: PasswordVerifier, throttle: SignInThrottle) {
    this.#database = database
    this.#work = work
    this.#verifier = verifier
    this.#throttle = throttle
  }

  /**
   * A wrong one leaves an event: whoever sits at somebody else's screen and guesses is seen in the trail (SECURITY P1).
   *
   * @param field path of the input that holds it
   * @param action what it is asked for
   * @throws BadUserInputError when it is wrong
   * @throws RateLimitedError after five wrong ones
   */
  async require(context: WriteContext, password: string, field: string, action: AuditAction): Promise<void> {
    this.#verifier.requireRoom()
    const userId = userIdOf(context)
    const key = currentPasswordKey(userId)
    const taken = await this.#throttle.take({ key, limit: CLOSE_LIMIT })
    if (!taken.allowed) {
      await this.#noteFailure(context, action, 'TOO_MANY_ATTEMPTS')
      throw new RateLimitedError(taken.retryAfterSeconds)
    }
    const [row] = await this.#database.run(HASH, [userId])
    if (!(await this.#verifier.verify(password, row?.['passwordHash'] as string | undefined))) {
      await this.#noteFailure(context, action, 'WRONG_PASSWORD')
      throw new BadUserInputError([{ field, message: 'is not the current password' }])
    }
    await this.#throttle.release(key)
  }

  async #noteFailure(context: WriteContext, action: AuditAction, reason: string): Promise<void> {
    await this.#work.run(context, async ({ audit }) => {
      audit({ action, outcome: AuditOutcome.DENIED, entity: 'User', entityId: userIdOf(context), facts: { reason } })
    })
  }
}

/** The counter of wrong answers. */
export function currentPasswordKey(userId: string): string {
  return throttleKey('current-password', userId)
}
