import type { EntityManager } from '@mikro-orm/postgresql'
import { HOUR, MINUTE, type Clock } from '../../clock.js'
import type { ReadDatabase } from '../../database/read-database.js'
import type { UnitOfWork } from '../../database/unit-of-work.js'
import type { WritePool } from '../../database/write-pool.js'
import type { Mailer } from '../../mail/mailer.js'
import { Accounts } from './accounts.js'
import { Authenticator } from './authenticator.js'
import { CurrentPassword } from './current-password.js'
import { InvitationService } from './invitation.service.js'
import { IdentityKeys } from './keys.js'
import { SetUpService } from './owners.js'
import { PasswordHasher } from './password.js'
import { PasswordService } from './password.service.js'
import { SecondFactorService } from './second-factor.service.js'
import { SessionService } from './session.service.js'
import { SignInGuard } from './sign-in-guard.js'
import { SignInService } from './sign-in.service.js'
import { SignInThrottle } from './sign-in-throttle.js'
import { AccessTokens } from './tokens.js'
import { PasswordVerifier } from './verifier.js'

/** Settings of signing in. */
export interface IdentitySettings {
  readonly JWT_SECRET: string
  readonly JWT_PREVIOUS_SECRETS: readonly string[]
  readonly PASSWORD_PEPPER: string
  readonly BCRYPT_COST: number
  readonly SESSION_IDLE_MINUTES: number
  readonly PATIENT_SESSION_IDLE_MINUTES: number
  readonly SESSION_MAX_HOURS: number
  readonly SIGN_IN_ATTEMPTS: number
  readonly SIGN_IN_LOCK_MINUTES: number
  readonly CLINIC_NAME: string
}

/** What signing in stands on. */
export interface IdentityGround {
  readonly settings: IdentitySettings
  readonly database: ReadDatabase
  readonly counters: WritePool
  readonly unitOfWork: UnitOfWork
  /** A fresh entity manager, for reads around a use case. */
  readonly em: () => EntityManager
  readonly mailer: Mailer
  readonly clock: Clock
  /** Address of the front end that one-time links lead to. */
  readonly frontEnd: () => string
}

/** Use cases around accounts and sessions. */
export interface IdentityServices {
  readonly accounts: Accounts
  readonly authenticator: Authenticator
  readonly signIn: SignInService
  readonly sessions: SessionService
  readonly passwords: PasswordService
  readonly secondFactor: SecondFactorService
  readonly invitations: InvitationService
  readonly setUp: SetUpService
  readonly verifier: PasswordVerifier
  readonly throttle: SignInThrottle
}

/** Puts signing in together. */
export function makeIdentityServices(ground: IdentityGround): IdentityServices {
  const { settings, database, counters, unitOfWork, em, mailer, clock, frontEnd } = ground
  const idle = { staff: settings.SESSION_IDLE_MINUTES * MINUTE, patient: settings.PATIENT_SESSION_IDLE_MINUTES * MINUTE }
  const accounts = new Accounts(database, clock, idle, (sessionId, at) => noteUse(counters, sessionId, at))
  const tokens = new AccessTokens({ secret: settings.JWT_SECRET, previousSecrets: settings.JWT_PREVIOUS_SECRETS, clock })
  const keys = new IdentityKeys(settings.PASSWORD_PEPPER)
  const throttle = new SignInThrottle(counters, clock)
  const guard = new SignInGuard(throttle, { attempts: settings.SIGN_IN_ATTEMPTS, blockMs: settings.SIGN_IN_LOCK_MINUTES * MINUTE })
  const verifier = new PasswordVerifier(new PasswordHasher({ pepper: settings.PASSWORD_PEPPER, cost: settings.BCRYPT_COST }))
  const currentPassword = new CurrentPassword(database, verifier, throttle)
  const sessions = new SessionService({ unitOfWork, database, accounts, tokens, keys, clock, longestMs: settings.SESSION_MAX_HOURS * HOUR })
  const clinic = settings.CLINIC_NAME
  const secondFactor = new SecondFactorService({ unitOfWork, accounts, keys, throttle, currentPassword, clock, clinic })
  const passwords = new PasswordService({
    unitOfWork,
    em,
    accounts,
    verifier,
    currentPassword,
    sessions,
    throttle,
    guard,
    mailer,
    clock,
    clinic,
    frontEnd,
  })
  return {
    accounts,
    authenticator: new Authenticator(tokens, accounts, keys),
    signIn: new SignInService({ accounts, verifier, guard, secondFactor, sessions, unitOfWork, clock }),
    sessions,
    passwords,
    secondFactor,
    invitations: new InvitationService({ unitOfWork, em, verifier, passwords, sessions, mailer, clock, clinic, frontEnd }),
    setUp: new SetUpService({ unitOfWork, em, verifier, passwords, sessions, clock }),
    verifier,
    throttle,
  }
}

/** Nobody waits for it, and when it is lost the session ends a minute early at worst. */
function noteUse(counters: WritePool, sessionId: string, at: Date): void {
  const statement = 'update session set last_used_at = $2::timestamptz where id = $1::uuid and last_used_at < $2::timestamptz'
  counters.run('session_used', statement, [sessionId, at]).catch(() => undefined)
}
