import { STRANGER } from '../../access/actor.js'
import { AuditAction, AuditOutcome } from '../../audit/event.js'
import type { Clock } from '../../clock.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { ClinicError, RateLimitedError, UnauthenticatedError } from '../../graphql/errors.js'
import type { Accounts, SignInAccount } from './accounts.js'
import type { Client } from './client-facts.js'
import { KeyedQueue } from './keyed-queue.js'
import { PASSWORD_LIMITS } from './password-policy.js'
import type { SecondFactorService } from './second-factor.service.js'
import type { NewSession, OpenSession, SessionService } from './session.service.js'
import type { SignInGuard } from './sign-in-guard.js'
import type { PasswordVerifier } from './verifier.js'

/** Why a sign-in failed, for the trail; the client is never told. */
type Failure = 'UNKNOWN_NAME' | 'WRONG_PASSWORD' | 'DEACTIVATED' | 'PASSWORD_EXPIRED' | 'WRONG_CODE' | 'TOO_MANY_ATTEMPTS'

/** What the client gave. */
export interface Credentials {
  readonly username: string
  readonly password: string
  readonly code?: string | null | undefined
}

/** What signing in is made of. */
export interface SignInParts {
  readonly accounts: Accounts
  readonly verifier: PasswordVerifier
  readonly guard: SignInGuard
  readonly secondFactor: SecondFactorService
  readonly sessions: SessionService
  readonly unitOfWork: UnitOfWork
  readonly clock: Clock
}

/** For one account, and from one address. */
const MOST_WAITING = 100

const wrong = (): UnauthenticatedError => new UnauthenticatedError('The name or the password is wrong.')

/** Signs accounts in with name, password and, where one is set up, the second factor. */
export class SignInService {
  readonly #parts: SignInParts
  readonly #byName = new KeyedQueue(MOST_WAITING)
  readonly #byNetwork = new KeyedQueue(MOST_WAITING)

  constructor(parts: SignInParts) {
    this.#parts = parts
  }

  /**
   * Signs in. An unknown name, a wrong password and a deactivated account get the same answer after the same time (SECURITY S9), and every
   * guess is counted before it is checked (SECURITY S10).
   *
   * @throws UnauthenticatedError for all three, and for a wrong code
   * @throws ClinicError `SECOND_FACTOR_REQUIRED` when the password was right and the code is missing
   * @throws RateLimitedError when too many guesses were made, or too many sign-ins are waiting
   */
  async signIn(request: WriteContext['request'], credentials: Credentials, client: Client): Promise<OpenSession> {
    const { accounts, verifier } = this.#parts
    verifier.requireRoom()
    const username = normalizeUsername(credentials.username)
    const account = await this.#byName.run(username, async () => {
      const found = await accounts.byUsername(username, client.deviceHash, client.network)
      const check = () => this.#check(request, username, found, credentials, client)
      // Known devices and networks do not count on the address, so they need not wait for others there.
      return found?.knownDevice === true || found?.knownNetwork === true ? check() : this.#byNetwork.run(client.network, check)
    })
    const session = await this.#open(request, account, credentials, client)
    if (verifier.isOutdated(account.passwordHash)) await this.#rehash(account, credentials.password)
    return this.#parts.sessions.present(session)
  }

  /** Counts the guess, checks the password, and takes the count back when it is right. */
  async #check(
    request: WriteContext['request'],
    username: string,
    account: SignInAccount | null,
    credentials: Credentials,
    client: Client,
  ): Promise<SignInAccount> {
    const { verifier, guard, clock } = this.#parts
    const admission = await guard.admit({
      username,
      network: client.network,
      knownDevice: account?.knownDevice === true ? client.deviceHash : null,
      knownNetwork: account?.knownNetwork === true,
    })
    if (!admission.allowed) {
      await this.#noteFailure(request, account, 'TOO_MANY_ATTEMPTS')
      throw new RateLimitedError(admission.retryAfterSeconds)
    }
    const matches = await verifier.verify(within(credentials.password), account?.passwordHash)
    const failure = failureOf(account, matches, clock())
    if (account === null || failure !== null) {
      await this.#noteFailure(request, account, failure ?? 'UNKNOWN_NAME', admission.closesAccount)
      throw wrong()
    }
    await admission.succeeded()
    return account
  }

  async #open(request: WriteContext['request'], account: SignInAccount, { code }: Credentials, client: Client): Promise<NewSession> {
    const { unitOfWork, secondFactor, sessions } = this.#parts
    const { actor } = account
    const userId = actor.identity?.userId ?? ''
    if (account.secondFactor) {
      if (code == null || code === '') throw new ClinicError('SECOND_FACTOR_REQUIRED')
      const taken = await secondFactor.takeTry(userId)
      if (!taken.allowed) {
        await this.#noteFailure(request, account, 'TOO_MANY_ATTEMPTS')
        throw new RateLimitedError(taken.retryAfterSeconds)
      }
    }
    const session = await unitOfWork.run({ actor, request }, async ({ em, audit }) => {
      // A password changed, or an account deactivated, since it was looked at: what was verified is worth nothing any more.
      const same = await em.execute<unknown[]>(
        'select id from user_account where id = ? and active and password_changed_at is not distinct from ?::timestamptz for no key update',
        [userId, account.passwordChangedAt],
      )
      if (same.length === 0) return null
      if (account.secondFactor && !(await secondFactor.consume(em, userId, code ?? ''))) return null
      const opened = await sessions.open(em, userId, client, account.secondFactor)
      audit({
        action: AuditAction.SIGN_IN,
        entity: 'UserSession',
        entityId: opened.sessionId,
        facts: { secondFactor: account.secondFactor },
      })
      return opened
    })
    if (session === null) {
      await this.#noteFailure(request, account, account.secondFactor ? 'WRONG_CODE' : 'WRONG_PASSWORD')
      throw account.secondFactor ? new UnauthenticatedError('The code is wrong, or has been used.') : wrong()
    }
    if (account.secondFactor) await secondFactor.releaseTries(userId)
    return session
  }

  /** The set cost has been raised since the hash was made (SECURITY S12). A password changed meanwhile is left alone. */
  async #rehash(account: SignInAccount, password: string): Promise<void> {
    const { verifier, unitOfWork } = this.#parts
    const passwordHash = await verifier.hash(password)
    await unitOfWork.run({ actor: account.actor, request: { requestId: '', remoteAddress: '' } }, async ({ em }) => {
      await em.execute('update user_account set password_hash = ? where id = ? and password_hash = ?', [
        passwordHash,
        account.actor.identity?.userId,
        account.passwordHash,
      ])
    })
  }

  /** Never the name that was given: people type their password into that field. */
  async #noteFailure(request: WriteContext['request'], account: SignInAccount | null, reason: Failure, locked = false): Promise<void> {
    const subject = account?.actor.identity?.userId
    const concerns = subject === undefined ? {} : { subjectUserId: subject }
    await this.#parts.unitOfWork.run({ actor: STRANGER, request }, async ({ audit }) => {
      audit({ action: AuditAction.SIGN_IN_FAILED, outcome: AuditOutcome.DENIED, ...concerns, facts: { reason } })
      if (locked && subject !== undefined) audit({ action: AuditAction.ACCOUNT_LOCKED, ...concerns })
    })
  }
}

function failureOf(account: SignInAccount | null, matches: boolean, now: Date): Failure | null {
  if (account === null) return 'UNKNOWN_NAME'
  if (!matches) return 'WRONG_PASSWORD'
  if (!account.active) return 'DEACTIVATED'
  if (account.passwordExpiresAt !== null && account.passwordExpiresAt <= now) return 'PASSWORD_EXPIRED'
  return null
}

/** A longer text is nobody's password, and hashing megabytes is work for the attacker's pleasure. */
function within(password: string): string {
  return password.length > 4 * PASSWORD_LIMITS.longest ? '' : password
}

/** Names are compared in lower case and in Unicode's composed form. */
export function normalizeUsername(username: string): string {
  return username.normalize('NFC').trim().toLowerCase()
}
