import type { EntityManager } from '@mikro-orm/postgresql'
import { v7 as uuidv7 } from 'uuid'
import { AuditAction, AuditOutcome } from '../../audit/event.js'
import type { Clock } from '../../clock.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ClinicError, RateLimitedError } from '../../graphql/errors.js'
import { isStaff, type Accounts } from './accounts.js'
import type { CurrentPassword } from './current-password.js'
import type { IdentityKeys } from './keys.js'
import { lengthOf, PASSWORD_LIMITS } from './password-policy.js'
import { newRecoveryCodes, newTotpSecret, plainRecoveryCode, stepOfCode, totpUri } from './second-factor.js'
import { endSessionsOf, userIdOf } from './session.service.js'
import { CLOSE_LIMIT, throttleKey, type SignInThrottle, type Taken } from './sign-in-throttle.js'
import { User } from './user.entity.js'
import { RevocationReason } from './user-session.entity.js'

/** What second factors are made of. */
export interface SecondFactorParts {
  readonly unitOfWork: UnitOfWork
  readonly accounts: Accounts
  readonly keys: IdentityKeys
  readonly throttle: SignInThrottle
  readonly currentPassword: CurrentPassword
  readonly clock: Clock
  /** Name of the clinic, shown by the authenticator app. */
  readonly clinic: string
}

interface TotpRow {
  secret: string | null
  lastStep: number | null
}

/** Sets up and checks codes of an authenticator app (TOTP, RFC 6238), and the recovery codes beside it. */
export class SecondFactorService {
  readonly #parts: SecondFactorParts

  constructor(parts: SecondFactorParts) {
    this.#parts = parts
  }

  /**
   * Begins: a secret for the app. It counts only once {@link confirm} has seen a code of it.
   * @throws ClinicError `CONFLICT` when a second factor is set up already
   */
  async begin(context: WriteContext): Promise<{ secret: string; uri: string }> {
    const userId = userIdOf(context)
    const { unitOfWork, keys, clinic } = this.#parts
    const secret = newTotpSecret()
    const username = await unitOfWork.run(context, async ({ em, audit }) => {
      const user = await em.findOneOrFail(User, userId)
      if (user.secondFactorSince != null) throw new ClinicError('CONFLICT', 'A second factor is set up already. Remove it first.')
      user.totpSecret = keys.sealSecret(userId, secret)
      audit({ action: AuditAction.SECOND_FACTOR_CHANGED, entity: 'User', entityId: userId, facts: { begun: true } })
      user.totpLastStep = null
      return user.username
    })
    return { secret, uri: totpUri(clinic, username, secret) }
  }

  /**
   * Confirms with a code of the app; from here on signing in takes one. Other sessions end.
   *
   * @returns the recovery codes, which are never shown again
   * @throws BadUserInputError when the code is wrong
   * @throws RateLimitedError after five wrong ones
   */
  async confirm(context: WriteContext, code: string): Promise<string[]> {
    const userId = userIdOf(context)
    const taken = await this.takeTry(userId)
    if (!taken.allowed) {
      await this.#noteFailure(context, 'TOO_MANY_ATTEMPTS')
      throw new RateLimitedError(taken.retryAfterSeconds)
    }
    const { unitOfWork, accounts, clock } = this.#parts
    const codes = await unitOfWork.run(context, async ({ em, audit }) => {
      const now = clock()
      const user = await em.findOneOrFail(User, userId, { populate: ['totpSecret', 'totpLastStep'] })
      if (user.secondFactorSince != null || user.totpSecret == null)
        throw new ClinicError('CONFLICT', 'There is no second factor waiting for its code.')
      if (!(await this.#consumeTotp(em, userId, code))) return null
      user.secondFactorSince = now
      await endSessionsOf(em, userId, RevocationReason.SECOND_FACTOR_CHANGED, now, context.actor.identity?.sessionId)
      audit({ action: AuditAction.SECOND_FACTOR_CHANGED, entity: 'User', entityId: userId, facts: { enabled: true } })
      return this.#writeRecoveryCodes(em, userId, now)
    })
    if (codes === null) {
      await this.#noteFailure(context, 'WRONG_CODE')
      throw new BadUserInputError([{ field: 'code', message: 'is wrong, or has been used' }])
    }
    await this.releaseTries(userId)
    accounts.forget(userId)
    return codes
  }

  /**
   * Removes it; takes the password. Other sessions end.
   * @throws BadUserInputError when the password is wrong, or too short to stand alone
   */
  async remove(context: WriteContext, password: string): Promise<void> {
    const userId = userIdOf(context)
    const { unitOfWork, accounts, currentPassword, clock } = this.#parts
    await currentPassword.require(context, password, 'password', AuditAction.SECOND_FACTOR_CHANGED)
    if (isStaff(context.actor.identity?.roles ?? []) && lengthOf(password) < PASSWORD_LIMITS.alone) {
      const message = `must have at least ${PASSWORD_LIMITS.alone} characters to stand alone; change it first`
      throw new BadUserInputError([{ field: 'password', message }])
    }
    await unitOfWork.run(context, async ({ em, audit }) => {
      await clearSecondFactor(em, userId)
      await endSessionsOf(em, userId, RevocationReason.SECOND_FACTOR_CHANGED, clock(), context.actor.identity?.sessionId)
      audit({ action: AuditAction.SECOND_FACTOR_CHANGED, entity: 'User', entityId: userId, facts: { enabled: false } })
    })
    accounts.forget(userId)
  }

  /** Asks for one try at a code; five wrong ones close it for a while (SECURITY S13). */
  takeTry(userId: string): Promise<Taken> {
    return this.#parts.throttle.take({ key: codeKey(userId), limit: CLOSE_LIMIT })
  }

  /** A code was right: earlier tries are forgotten. */
  releaseTries(userId: string): Promise<void> {
    return this.#parts.throttle.release(codeKey(userId))
  }

  /** Uses up a code of the app or a recovery code; each works once, however many try it at the same moment. */
  async consume(em: EntityManager, userId: string, code: string): Promise<boolean> {
    return (await this.#consumeTotp(em, userId, code)) || (await this.#consumeRecoveryCode(em, userId, code))
  }

  async #noteFailure(context: WriteContext, reason: string): Promise<void> {
    const entityId = userIdOf(context)
    await this.#parts.unitOfWork.run(context, async ({ audit }) => {
      audit({ action: AuditAction.SECOND_FACTOR_CHANGED, outcome: AuditOutcome.DENIED, entity: 'User', entityId, facts: { reason } })
    })
  }

  async #consumeTotp(em: EntityManager, userId: string, code: string): Promise<boolean> {
    const { keys, clock } = this.#parts
    const [row] = await em.execute<TotpRow[]>(
      'select totp_secret as secret, totp_last_step as "lastStep" from user_account where id = ? for no key update',
      [userId],
    )
    if (!row?.secret) return false
    const step = stepOfCode(keys.openSecret(userId, row.secret), code, clock(), row.lastStep)
    if (step === null) return false
    await em.execute('update user_account set totp_last_step = ? where id = ?', [step, userId])
    return true
  }

  async #consumeRecoveryCode(em: EntityManager, userId: string, code: string): Promise<boolean> {
    const { keys, clock } = this.#parts
    const digest = keys.digestOfRecoveryCode(userId, plainRecoveryCode(code))
    const rows = await em.execute<unknown[]>(
      'update recovery_code set used_at = ? where user_id = ? and code_hash = ? and used_at is null returning id',
      [clock(), userId, digest],
    )
    return rows.length > 0
  }

  async #writeRecoveryCodes(em: EntityManager, userId: string, now: Date): Promise<string[]> {
    const codes = newRecoveryCodes()
    await em.execute('delete from recovery_code where user_id = ?', [userId])
    for (const code of codes) {
      const digest = this.#parts.keys.digestOfRecoveryCode(userId, plainRecoveryCode(code))
      await em.execute('insert into recovery_code (id, created_at, updated_at, user_id, code_hash) values (?, ?, ?, ?, ?)', [
        uuidv7(),
        now,
        now,
        userId,
        digest,
      ])
    }
    return codes
  }
}

/** Takes the second factor away, within a transaction. */
export async function clearSecondFactor(em: EntityManager, userId: string): Promise<void> {
  await em.execute('update user_account set second_factor_since = null, totp_secret = null, totp_last_step = null where id = ?', [userId])
  await em.execute('delete from recovery_code where user_id = ?', [userId])
}

function codeKey(userId: string): string {
  return throttleKey('code', userId)
}
