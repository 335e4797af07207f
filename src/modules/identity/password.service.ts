import type { EntityManager } from '@mikro-orm/postgresql'
import { randomInt } from 'node:crypto'
import { STRANGER, type Actor } from '../../access/actor.js'
import { mayGive } from '../../access/role-giving.js'
import { Role } from '../../access/roles.js'
import { AuditAction } from '../../audit/event.js'
import { after, DAY, HOUR, MINUTE, type Clock } from '../../clock.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ForbiddenError, NotFoundError } from '../../graphql/errors.js'
import { isUuid } from '../../graphql/loaders/page.js'
import { passwordChangedLetter, passwordResetLetter } from '../../mail/letters.js'
import type { Mailer } from '../../mail/mailer.js'
import { isStaff, type Accounts } from './accounts.js'
import type { Client } from './client-facts.js'
import { currentPasswordKey, type CurrentPassword } from './current-password.js'
import { consumeToken, issueToken, linkTo, subjectOfToken } from './one-time-links.js'
import { OneTimePurpose } from './one-time-token.entity.js'
import { passwordProblem } from './password-policy.js'
import { clearSecondFactor } from './second-factor.service.js'
import { endSessionsOf, userIdOf, type OpenSession, type SessionService } from './session.service.js'
import type { SignInGuard } from './sign-in-guard.js'
import { normalizeUsername } from './sign-in.service.js'
import { throttleKey, type SignInThrottle, type ThrottleLimit } from './sign-in-throttle.js'
import { User } from './user.entity.js'
import { RevocationReason } from './user-session.entity.js'
import type { PasswordVerifier } from './verifier.js'

/** What passwords are changed and reset with. */
export interface PasswordParts {
  readonly unitOfWork: UnitOfWork
  readonly em: () => EntityManager
  readonly accounts: Accounts
  readonly verifier: PasswordVerifier
  readonly currentPassword: CurrentPassword
  readonly sessions: SessionService
  readonly throttle: SignInThrottle
  readonly guard: SignInGuard
  readonly mailer: Mailer
  readonly clock: Clock
  readonly clinic: string
  /** Address of the front end. */
  readonly frontEnd: () => string
}

/** A password somebody else has set; to be changed at the first sign-in. */
export interface TemporaryPassword {
  readonly temporaryPassword: string
  readonly expiresAt: Date
}

/** A reset link works this long (SECURITY: 30 minutes, once). */
export const RESET_MINUTES = 30
/** A temporary password works this long. */
const TEMPORARY_MS = 3 * DAY
/** Letters that anybody can have sent to somebody else. */
const LETTERS: ThrottleLimit = { attempts: 4, windowMs: HOUR, blockMs: HOUR, longestBlockMs: DAY }
const LETTERS_FROM_ADDRESS: ThrottleLimit = { attempts: 20, windowMs: 10 * MINUTE, blockMs: 10 * MINUTE, longestBlockMs: DAY }

/** Without letters and digits that are mistaken for each other: it is read out, or copied from paper. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A password of 98 random bits in groups of four. */
export function newTemporaryPassword(): string {
  const letters = Array.from({ length: 20 }, () => ALPHABET[randomInt(ALPHABET.length)])
  return letters.join('').replaceAll(/(.{4})(?!$)/g, '$1-')
}

/** Columns of an account whose password somebody else has set. */
export function temporary(
  passwordHash: string,
  now: Date,
): Pick<User, 'passwordHash' | 'passwordChangedAt' | 'passwordExpiresAt' | 'mustChangePassword'> {
  return { passwordHash, passwordChangedAt: now, passwordExpiresAt: after(now, TEMPORARY_MS), mustChangePassword: true }
}

/** Changes and resets passwords. */
export class PasswordService {
  readonly #parts: PasswordParts

  constructor(parts: PasswordParts) {
    this.#parts = parts
  }

  /**
   * Changes the actor's own password. All their sessions end, and a new one begins (SECURITY S4).
   * @throws BadUserInputError when the present one is wrong or the new one is not taken (SECURITY S11)
   */
  async change(context: WriteContext, input: { currentPassword: string; newPassword: string }, client: Client): Promise<OpenSession> {
    const userId = userIdOf(context)
    const { unitOfWork, accounts, verifier, currentPassword, sessions, clock } = this.#parts
    await currentPassword.require(context, input.currentPassword, 'input.currentPassword', AuditAction.PASSWORD_CHANGED)
    const user = await this.#parts.em().findOneOrFail(User, userId)
    if (input.newPassword.normalize('NFC') === input.currentPassword.normalize('NFC')) {
      throw new BadUserInputError([{ field: 'input.newPassword', message: 'is the password you have now' }])
    }
    this.requireGood(input.newPassword, user, 'input.newPassword')
    const passwordHash = await verifier.hash(input.newPassword)
    const session = await unitOfWork.run(context, async ({ em, audit }) => {
      const now = clock()
      await setOwnPassword(em, userId, passwordHash, now)
      await endSessionsOf(em, userId, RevocationReason.PASSWORD_CHANGED, now)
      audit({ action: AuditAction.PASSWORD_CHANGED, entity: 'User', entityId: userId })
      return sessions.open(em, userId, client, user.secondFactorSince != null)
    })
    accounts.forget(userId)
    return sessions.present(session)
  }

  /**
   * An administrator gives an account a temporary password. Its sessions end, and the next sign-in must choose another.
   * @param whose id of the account, or of the staff member or patient it belongs to
   * @param removeSecondFactor when the person has lost it as well
   * @throws ForbiddenError for an owner's account, unless by an owner
   */
  async resetFor(context: WriteContext, whose: string, removeSecondFactor: boolean): Promise<TemporaryPassword> {
    const { unitOfWork, accounts, verifier, clock } = this.#parts
    const { id: userId } = await this.#requireManageable(context.actor, whose)
    const temporaryPassword = newTemporaryPassword()
    const passwordHash = await verifier.hash(temporaryPassword)
    const expiresAt = await unitOfWork.run(context, async ({ em, audit }) => {
      const now = clock()
      const columns = temporary(passwordHash, now)
      await em.nativeUpdate(User, { id: userId }, columns)
      await endSessionsOf(em, userId, RevocationReason.PASSWORD_RESET, now)
      if (removeSecondFactor) {
        await clearSecondFactor(em, userId)
        audit({
          action: AuditAction.SECOND_FACTOR_CHANGED,
          subjectUserId: userId,
          entity: 'User',
          entityId: userId,
          facts: { enabled: false },
        })
      }
      audit({ action: AuditAction.PASSWORD_RESET, subjectUserId: userId, entity: 'User', entityId: userId })
      return columns.passwordExpiresAt ?? now
    })
    accounts.forget(userId)
    return { temporaryPassword, expiresAt }
  }

  /** An administrator opens an account that was closed after too many guesses. */
  async unlock(context: WriteContext, whose: string): Promise<void> {
    const { id: userId, username } = await this.#accountOf(whose)
    await this.#openToAll(userId, username)
    await this.#parts.throttle.open([throttleKey('code', userId), currentPasswordKey(userId)])
    await this.#parts.unitOfWork.run(context, async ({ audit }) => {
      audit({ action: AuditAction.ACCOUNT_UNLOCKED, subjectUserId: userId, entity: 'User', entityId: userId })
    })
  }

  /** Sends a link to whoever the name belongs to, after the answer has left: nothing tells whether there is such an account (SECURITY S9). */
  requestReset(context: WriteContext, name: string, client: Client): void {
    const username = normalizeUsername(name)
    this.#parts.mailer.inBackground(() => this.#sendResetLink(context, username, client))
  }

  async #sendResetLink({ request }: WriteContext, username: string, client: Client): Promise<void> {
    const { unitOfWork, throttle, mailer, clock, clinic, frontEnd } = this.#parts
    const fromHere = await throttle.take({ key: throttleKey('letters-from', client.network), limit: LETTERS_FROM_ADDRESS })
    if (!fromHere.allowed || !(await throttle.take({ key: throttleKey('letters', username), limit: LETTERS })).allowed) return
    const [account] = await this.#parts.em().execute<{ id: string; email: string | null }[]>(
      `select u.id, coalesce(s.email, p.email) as email from user_account u
       left join staff s on s.id = u.staff_id left join patient p on p.id = u.patient_id where u.username = ? and u.active`,
      [username],
    )
    if (!account?.email) return
    const now = clock()
    const subject = { purpose: OneTimePurpose.PASSWORD_RESET, userId: account.id } as const
    const token = await unitOfWork.run({ actor: STRANGER, request }, ({ em, audit }) => {
      audit({ action: AuditAction.PASSWORD_RESET_REQUESTED, subjectUserId: account.id, entity: 'User', entityId: account.id })
      return issueToken(em, subject, now, after(now, RESET_MINUTES * MINUTE))
    })
    await mailer.send({ to: account.email, ...passwordResetLetter(clinic, linkTo(frontEnd(), subject.purpose, token), RESET_MINUTES) })
  }

  /**
   * Sets a password by the link that was sent. All sessions end; signing in takes the second factor as before.
   * @throws BadUserInputError when the link was used, is too old, or the password is not taken
   */
  async resetByLink({ request }: WriteContext, token: string, newPassword: string): Promise<void> {
    const { unitOfWork, em, accounts, verifier, clock } = this.#parts
    verifier.requireRoom()
    const deadLink = new BadUserInputError([{ field: 'input.token', message: 'has been used, or is too old' }])
    const subject = await subjectOfToken(em(), OneTimePurpose.PASSWORD_RESET, token, clock())
    const user = subject?.id == null ? null : await em().findOne(User, { id: subject.id, active: true }, { populate: ['staff', 'patient'] })
    if (user === null) throw deadLink
    this.requireGood(newPassword, user, 'input.newPassword')
    const passwordHash = await verifier.hash(newPassword)
    await unitOfWork.run({ actor: STRANGER, request }, async ({ em: transaction, audit }) => {
      const now = clock()
      if (!(await consumeToken(transaction, OneTimePurpose.PASSWORD_RESET, token, now))) throw deadLink
      await setOwnPassword(transaction, user.id, passwordHash, now)
      await endSessionsOf(transaction, user.id, RevocationReason.PASSWORD_RESET, now)
      audit({ action: AuditAction.PASSWORD_RESET, subjectUserId: user.id, entity: 'User', entityId: user.id, facts: { by: 'link' } })
    })
    accounts.forget(user.id)
    await this.#openToAll(user.id, user.username)
    const email = user.staff?.getEntity().email ?? user.patient?.getEntity().email
    if (email != null)
      this.#parts.mailer.inBackground(() => this.#parts.mailer.send({ to: email, ...passwordChangedLetter(this.#parts.clinic) }))
  }

  async #openToAll(userId: string, username: string): Promise<void> {
    const places = await this.#parts
      .em()
      .execute<{ deviceHash: string; network: string }[]>(
        'select distinct device_hash as "deviceHash", network from session where user_id = ?',
        [userId],
      )
    await this.#parts.guard.unlock(username, places)
  }

  /** @throws BadUserInputError naming what speaks against the password */
  requireGood(password: string, user: Pick<User, 'username' | 'displayName' | 'roles' | 'secondFactorSince'>, field: string): void {
    const { username, displayName, roles, secondFactorSince } = user
    const owner = { username, displayName, staff: isStaff(roles), secondFactor: secondFactorSince != null, clinic: this.#parts.clinic }
    const problem = passwordProblem(password, owner)
    if (problem !== null) throw new BadUserInputError([{ field, message: problem }])
  }

  /**
   * Whoever may reset a password may become that account: so it takes somebody who could have given all of its roles. Who is a patient
   * is decided by the chart, not by giving a role, and does not count.
   */
  async #requireManageable(actor: Actor, id: string): Promise<User> {
    const user = await this.#accountOf(id)
    const given = user.roles.filter((role) => role !== Role.PATIENT)
    if (!mayGive(actor.identity?.roles ?? [], given)) throw new ForbiddenError()
    return user
  }

  /** @param id of the account, or of the staff member or patient behind it */
  async #accountOf(id: string): Promise<User> {
    const user = isUuid(id) ? await this.#parts.em().findOne(User, { $or: [{ id }, { staff: id }, { patient: id }] }) : null
    if (user === null) throw new NotFoundError()
    return user
  }
}

/** A password its owner has chosen. */
async function setOwnPassword(em: EntityManager, userId: string, passwordHash: string, now: Date): Promise<void> {
  await em.nativeUpdate(User, { id: userId }, { passwordHash, passwordChangedAt: now, passwordExpiresAt: null, mustChangePassword: false })
}
