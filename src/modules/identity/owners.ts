import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql'
import type { RequiredEntityData } from '@mikro-orm/core'
import { STRANGER } from '../../access/actor.js'
import { Role } from '../../access/roles.js'
import { AuditAction } from '../../audit/event.js'
import { after, DAY, type Clock } from '../../clock.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError } from '../../graphql/errors.js'
import { Staff } from '../staff/staff.entity.js'
import type { Client } from './client-facts.js'
import { consumeToken, issueToken, subjectOfToken } from './one-time-links.js'
import { OneTimePurpose } from './one-time-token.entity.js'
import type { PasswordService } from './password.service.js'
import type { OpenSession, SessionService } from './session.service.js'
import { normalizeUsername } from './sign-in.service.js'
import { User } from './user.entity.js'
import { usernameProblem } from './username.js'
import type { PasswordVerifier } from './verifier.js'

/** The owner to be. */
export interface NewOwner {
  readonly username: string
  readonly displayName: string
}

/** A set-up link works this long; the next start prints another. */
const SET_UP_MS = DAY
/** Any number: what it locks is the question whether the clinic has accounts. */
const SET_UP_LOCK = 7_263_001

/** Writes an owner: account and staff member. Throws the database's error when the name is taken. */
export async function writeOwner(em: EntityManager, owner: NewOwner, password: Partial<User>): Promise<string> {
  const staff = em.create(Staff, { fullName: owner.displayName } as RequiredEntityData<Staff>)
  const data = { ...owner, ...password, roles: [Role.OWNER], staff }
  const user = em.create(User, data as unknown as RequiredEntityData<User>)
  await em.flush()
  return user.id
}

/** @returns the owner as it is written. @throws BadUserInputError when name or display name are not taken */
export function checkedOwner(username: string, displayName: string, prefix: string): NewOwner {
  const owner = { username: normalizeUsername(username), displayName: displayName.normalize('NFC').trim() }
  const problem = usernameProblem(owner.username)
  if (problem !== null) throw new BadUserInputError([{ field: `${prefix}username`, message: problem }])
  if (owner.displayName === '' || owner.displayName.length > 200)
    throw new BadUserInputError([{ field: `${prefix}displayName`, message: 'must have 1 to 200 characters' }])
  return owner
}

/** Whether nobody can sign in yet. */
export async function hasNoAccounts(em: EntityManager): Promise<boolean> {
  const [row] = await em.execute<{ empty: boolean }[]>('select not exists (select from user_account) as empty')
  return row?.empty === true
}

/** What the first start is made of. */
export interface SetUpParts {
  readonly unitOfWork: UnitOfWork
  readonly em: () => EntityManager
  readonly verifier: PasswordVerifier
  readonly passwords: PasswordService
  readonly sessions: SessionService
  readonly clock: Clock
}

/** Lets the first owner of an empty clinic in, by a link that the server prints for whoever sits at its terminal. */
export class SetUpService {
  readonly #parts: SetUpParts

  constructor(parts: SetUpParts) {
    this.#parts = parts
  }

  /** A token for the link, or `null` when somebody has an account. */
  async newToken(): Promise<string | null> {
    const { unitOfWork, em, clock } = this.#parts
    if (!(await hasNoAccounts(em()))) return null
    const now = clock()
    const nobody = { actor: STRANGER, request: { requestId: 'start', remoteAddress: '' } }
    return unitOfWork.run(nobody, ({ em: transaction }) =>
      issueToken(transaction, { purpose: OneTimePurpose.SET_UP }, now, after(now, SET_UP_MS)),
    )
  }

  /**
   * Makes the first owner and signs them in.
   * @throws BadUserInputError when the link does not work, somebody was first, or name or password are not taken
   */
  async setUp({ request }: WriteContext, input: NewOwner & { token: string; password: string }, client: Client): Promise<OpenSession> {
    const { unitOfWork, em, verifier, passwords, sessions, clock } = this.#parts
    verifier.requireRoom()
    const dead = new BadUserInputError([
      { field: 'input.token', message: 'has been used, or is too old: start the server again for another' },
    ])
    if ((await subjectOfToken(em(), OneTimePurpose.SET_UP, input.token, clock())) === null) throw dead
    const owner = checkedOwner(input.username, input.displayName, 'input.')
    passwords.requireGood(input.password, { ...owner, roles: [Role.OWNER], secondFactorSince: null }, 'input.password')
    const passwordHash = await verifier.hash(input.password)
    const session = await unitOfWork
      .run({ actor: STRANGER, request }, async ({ em: transaction, audit }) => {
        await transaction.execute('select pg_advisory_xact_lock(?)', [SET_UP_LOCK])
        const now = clock()
        if (!(await hasNoAccounts(transaction)) || !(await consumeToken(transaction, OneTimePurpose.SET_UP, input.token, now))) throw dead
        const userId = await writeOwner(transaction, owner, { passwordHash, passwordChangedAt: now })
        audit({ action: AuditAction.CREATE, subjectUserId: userId, entity: 'User', entityId: userId, facts: { roles: [Role.OWNER] } })
        const opened = await sessions.open(transaction, userId, client, false)
        audit({ action: AuditAction.SIGN_IN, subjectUserId: userId, entity: 'UserSession', entityId: opened.sessionId })
        return opened
      })
      .catch((error: unknown) => {
        if (error instanceof UniqueConstraintViolationException)
          throw new BadUserInputError([{ field: 'input.username', message: 'is taken' }])
        throw error
      })
    return sessions.present(session)
  }
}
