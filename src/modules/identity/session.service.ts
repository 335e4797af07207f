import type { EntityManager } from '@mikro-orm/postgresql'
import { v7 as uuidv7 } from 'uuid'
import { STRANGER, type Actor } from '../../access/actor.js'
import type { Role } from '../../access/roles.js'
import { AuditAction, AuditOutcome } from '../../audit/event.js'
import { after, type Clock } from '../../clock.js'
import type { ReadDatabase, Row } from '../../database/read-database.js'
import type { Transaction, UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { NotFoundError, UnauthenticatedError } from '../../graphql/errors.js'
import { isUuid } from '../../graphql/loaders/page.js'
import type { Accounts } from './accounts.js'
import { WELL_FORMED_TOKEN, type Client } from './client-facts.js'
import { digestOf, randomToken, type IdentityKeys } from './keys.js'
import { deviceName } from './network.js'
import { rotationOf } from './refresh-rotation.js'
import type { AccessTokens } from './tokens.js'
import { RevocationReason } from './user-session.entity.js'

/** A session as its client gets it. */
export interface OpenSession {
  readonly actor: Actor
  readonly accessToken: string
  readonly accessTokenExpiresAt: Date
  readonly refreshToken: string
  readonly csrfToken: string
  /** The absolute end. */
  readonly expiresAt: Date
  /** For the device cookie; `undefined` when the client keeps the one it has. */
  readonly deviceId: string | undefined
}

/** A session that has been written, and what only its client may know of it. */
export interface NewSession {
  readonly sessionId: string
  readonly refreshToken: string
  readonly deviceId: string
}

/** What a session is made of. */
export interface SessionParts {
  readonly unitOfWork: UnitOfWork
  readonly database: ReadDatabase
  readonly accounts: Accounts
  readonly tokens: AccessTokens
  readonly keys: IdentityKeys
  readonly clock: Clock
  /** Longest life of a session, whatever its use (SECURITY S3). */
  readonly longestMs: number
}

/** More live sessions than this are a script that forgets to sign out: those not used for longest give way. */
const MOST_SESSIONS = 500
/** Enough to find a lost phone among them. */
const MOST_LISTED = 100

const SESSIONS_OF_USER = {
  name: 'sessions_of_user',
  text: `select id, device, network, created_at as "createdAt", last_used_at as "lastUsedAt", expires_at as "expiresAt", second_factor as "secondFactor"
    from session where user_id = $1::uuid and revoked_at is null and expires_at > $2::timestamptz and last_used_at > $3::timestamptz
    order by last_used_at desc, id limit ${MOST_LISTED}`,
}

// The locks make all exchanges of a family pass one by one; what they lock is read as the one before has left it.
const PRESENTED = `
  select t.id, t.spent_at as "spentAt", t.session_id as "sessionId", s.user_id as "userId", s.revoked_at is not null as revoked,
    s.expires_at as "expiresAt", s.last_used_at as "lastUsedAt", u.active, u.roles
  from refresh_token t join session s on s.id = t.session_id join user_account u on u.id = s.user_id
  where t.token_hash = ? for update of s, t`

interface PresentedRow {
  id: string
  sessionId: string
  userId: string
  spentAt: Date | string | null
  revoked: boolean
  expiresAt: Date | string
  lastUsedAt: Date | string
  active: boolean
  roles: Role[]
}

/** Opens sessions, exchanges their refresh tokens, and ends them. */
export class SessionService {
  readonly #parts: SessionParts

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  /** Writes a session, within the transaction of whatever earned it. */
  async open(em: EntityManager, userId: string, client: Client, secondFactor: boolean): Promise<NewSession> {
    const now = this.#parts.clock()
    const sessionId = uuidv7()
    const refreshToken = randomToken()
    await em.execute(
      `update session set revoked_at = ?, revoked_reason = ? where id in
        (select id from session where user_id = ? and revoked_at is null order by last_used_at desc, id desc offset ?)`,
      [now, RevocationReason.REPLACED, userId, MOST_SESSIONS - 1],
    )
    await em.execute(
      `insert into session (id, created_at, updated_at, user_id, last_used_at, expires_at, device, device_hash, network, second_factor)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        sessionId,
        now,
        now,
        userId,
        now,
        after(now, this.#parts.longestMs),
        deviceName(client.userAgent),
        digestOf(client.deviceId),
        client.network,
        secondFactor,
      ],
    )
    await insertToken(em, sessionId, refreshToken, now)
    return { sessionId, refreshToken, deviceId: client.deviceId }
  }

  /**
   * The session as its client gets it; after its transaction.
   * @throws UnauthenticatedError when it has been ended meanwhile
   */
  async present(session: Omit<NewSession, 'deviceId'> & { deviceId?: string }): Promise<OpenSession> {
    const { accounts, tokens, keys, clock } = this.#parts
    const account = await accounts.bySession(session.sessionId)
    if (!account || !accounts.isLive(account, clock())) throw new UnauthenticatedError()
    const { sessionId, refreshToken, deviceId } = session
    const { token, expiresAt } = tokens.issue({ userId: account.userId, sessionId, tokenVersion: account.tokenVersion }, account.expiresAt)
    const csrfToken = keys.csrfTokenOf(sessionId)
    return {
      actor: account.actor,
      accessToken: token,
      accessTokenExpiresAt: expiresAt,
      refreshToken,
      csrfToken,
      expiresAt: account.expiresAt,
      deviceId,
    }
  }

  /**
   * Exchanges a refresh token for its successor, and a new access token. All exchanges of a family pass one by one.
   *
   * @throws UnauthenticatedError when it is not ours, its session is over, or it was exchanged before; then the family ends (SECURITY S1)
   */
  async refresh(context: WriteContext, presented: string): Promise<OpenSession> {
    const refused = new UnauthenticatedError('The session is over. Sign in again.')
    if (!WELL_FORMED_TOKEN.test(presented)) throw refused
    const { unitOfWork, accounts, keys } = this.#parts
    const successor = keys.successorOf(presented)
    const outcome = await unitOfWork.run({ actor: STRANGER, request: context.request }, (transaction) =>
      this.#exchange(transaction, presented, successor),
    )
    if (outcome === null) throw refused
    accounts.forget(outcome.userId)
    if (outcome.reused) throw refused
    return this.present({ sessionId: outcome.sessionId, refreshToken: successor })
  }

  async #exchange(
    { em, audit }: Transaction,
    presented: string,
    successor: string,
  ): Promise<{ sessionId: string; userId: string; reused: boolean } | null> {
    const { accounts, clock } = this.#parts
    const now = clock()
    const [token] = await em.execute<PresentedRow[]>(PRESENTED, [digestOf(presented)])
    if (!token) return null
    const { sessionId, userId } = token
    const [next] = await em.execute<{ spent: boolean }[]>('select spent_at is not null as spent from refresh_token where token_hash = ?', [
      digestOf(successor),
    ])
    const session = { ...token, expiresAt: new Date(token.expiresAt), lastUsedAt: new Date(token.lastUsedAt) }
    const rotation = rotationOf(
      {
        spentAt: token.spentAt === null ? null : new Date(token.spentAt),
        successorSpent: next?.spent ?? null,
        sessionLive: accounts.isLive(session, now),
      },
      now,
    )
    if (rotation === 'refuse') return null
    if (rotation === 'reuse') {
      await em.execute('update session set revoked_at = ?, revoked_reason = ? where id = ?', [
        now,
        RevocationReason.TOKEN_REUSED,
        sessionId,
      ])
      audit({
        action: AuditAction.TOKEN_REUSED,
        outcome: AuditOutcome.DENIED,
        subjectUserId: userId,
        entity: 'UserSession',
        entityId: sessionId,
      })
    }
    if (rotation === 'rotate') {
      await em.execute('update refresh_token set spent_at = ? where id = ?', [now, token.id])
      await insertToken(em, sessionId, successor, now)
      await em.execute('update session set last_used_at = greatest(last_used_at, ?) where id = ?', [now, sessionId])
    }
    return { sessionId, userId, reused: rotation === 'reuse' }
  }

  /** The session of a refresh token, spent or not; `null` when it is none of ours. */
  async sessionOfRefreshToken(token: string): Promise<{ sessionId: string; userId: string } | null> {
    if (!WELL_FORMED_TOKEN.test(token)) return null
    const statement = {
      name: 'session_of_refresh_token',
      text: 'select s.id as "sessionId", s.user_id as "userId" from refresh_token t join session s on s.id = t.session_id where t.token_hash = $1::text',
    }
    const [row] = await this.#parts.database.run(statement, [digestOf(token)])
    return row ? { sessionId: row['sessionId'] as string, userId: row['userId'] as string } : null
  }

  /** Signs out of one session. */
  async end(context: WriteContext, session: { sessionId: string; userId: string }): Promise<void> {
    await this.#revoke(context, session.userId, session.sessionId, RevocationReason.SIGNED_OUT, AuditAction.SIGN_OUT)
  }

  /**
   * Ends one of the actor's own sessions from the list.
   * @throws NotFoundError when there is none such, or it is somebody else's
   */
  async revoke(context: WriteContext, sessionId: string): Promise<void> {
    const userId = userIdOf(context)
    if (!isUuid(sessionId)) throw new NotFoundError()
    const ended = await this.#revoke(context, userId, sessionId, RevocationReason.REVOKED, AuditAction.SESSION_REVOKED)
    if (!ended) throw new NotFoundError()
  }

  /** Signs out everywhere. */
  async endAll(context: WriteContext): Promise<void> {
    const userId = userIdOf(context)
    const { unitOfWork, accounts, clock } = this.#parts
    await unitOfWork.run(context, async ({ em, audit }) => {
      await endSessionsOf(em, userId, RevocationReason.SIGNED_OUT_EVERYWHERE, clock())
      audit({ action: AuditAction.SIGN_OUT, entity: 'User', entityId: userId, facts: { everywhere: true } })
    })
    accounts.forget(userId)
  }

  /** The live sessions of the actor, last used first. */
  async list(actor: Actor): Promise<Row[]> {
    const { database, accounts, clock } = this.#parts
    if (!actor.identity) return []
    const now = clock()
    const { userId, sessionId } = actor.identity
    const rows = await database.run(SESSIONS_OF_USER, [userId, now, after(now, -accounts.idleLimit(actor.identity.roles))])
    return rows.map((row) => ({ ...row, current: row['id'] === sessionId }))
  }

  async #revoke(context: WriteContext, userId: string, sessionId: string, reason: RevocationReason, action: AuditAction): Promise<boolean> {
    const { unitOfWork, accounts, clock } = this.#parts
    const ended = await unitOfWork.run(context, async ({ em, audit }) => {
      const rows = await em.execute<unknown[]>(
        'update session set revoked_at = ?, revoked_reason = ? where id = ? and user_id = ? and revoked_at is null returning id',
        [clock(), reason, sessionId, userId],
      )
      if (rows.length > 0) audit({ action, subjectUserId: userId, entity: 'UserSession', entityId: sessionId })
      return rows.length > 0
    })
    accounts.forget(userId)
    return ended
  }
}

/**
 * Ends the sessions of an account within a transaction; then {@link Accounts.forget} makes it bite at once on this instance.
 * @param except a session that goes on
 */
export async function endSessionsOf(
  em: EntityManager,
  userId: string,
  reason: RevocationReason,
  now: Date,
  except?: string,
): Promise<void> {
  await em.execute(
    'update session set revoked_at = ?, revoked_reason = ? where user_id = ? and revoked_at is null and id is distinct from ?::uuid',
    [now, reason, userId, except ?? null],
  )
}

async function insertToken(em: EntityManager, sessionId: string, token: string, now: Date): Promise<void> {
  await em.execute('insert into refresh_token (id, created_at, updated_at, session_id, token_hash) values (?, ?, ?, ?, ?)', [
    uuidv7(),
    now,
    now,
    sessionId,
    digestOf(token),
  ])
}

/** @throws UnauthenticatedError */
export function userIdOf({ actor }: WriteContext): string {
  if (!actor.identity) throw new UnauthenticatedError()
  return actor.identity.userId
}
