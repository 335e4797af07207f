import { Actor } from '../../access/actor.js'
import { Role } from '../../access/roles.js'
import { after, DAY, MINUTE, type Clock } from '../../clock.js'
import type { ReadDatabase, Row, Statement } from '../../database/read-database.js'
import { isUuid } from '../../graphql/loaders/page.js'
import type { AccessClaims } from './tokens.js'

/** What is known of an account besides what it may do. */
export interface Account {
  readonly actor: Actor
  readonly active: boolean
  readonly tokenVersion: number
}

/** What signing in needs to know of an account. */
export interface SignInAccount extends Account {
  readonly passwordHash: string
  readonly passwordExpiresAt: Date | null
  readonly passwordChangedAt: Date | null
  readonly secondFactor: boolean
  /** Whether it has signed in on that device, or from that network, before. */
  readonly knownDevice: boolean
  readonly knownNetwork: boolean
}

/** How a session stands. */
export interface SessionState {
  readonly active: boolean
  readonly roles: readonly Role[]
  readonly revoked: boolean
  readonly expiresAt: Date
  readonly lastUsedAt: Date
}

/** An account by one of its sessions. */
export interface SessionAccount extends Account, SessionState {
  readonly userId: string
  readonly sessionId: string
  lastUsedAt: Date
}

/** Whether the roles open more than one's own chart. */
export const isStaff = (roles: readonly Role[]): boolean => roles.some((role) => role !== Role.PATIENT)

/** How long a session lives without being used, in milliseconds. */
export interface IdleLimits {
  readonly staff: number
  readonly patient: number
}

const COLUMNS =
  'u.id, u.username, u.roles, u.active, u.token_version as "tokenVersion", u.staff_id as "staffId", u.patient_id as "patientId", d.id as "doctorId", ' +
  'u.must_change_password as "mustChangePassword", ' +
  // How far the account reaches beyond its roles: whom it acts for (RULES P6), and which patients a doctor sees.
  `p."proxyIds", p."readOnlyIds", case when s.doctor_scope = 'CARE_RELATION' then now() - make_interval(months => s.care_relation_months) end as "careSince"`
const FROM = `from user_account u left join doctor d on d.staff_id = u.staff_id cross join clinic_setting s
  left join lateral (
    select array_agg(patient_id::text) as "proxyIds", array_agg(patient_id::text) filter (where scope = 'READ') as "readOnlyIds"
    from patient_proxy where holder_id = u.id and revoked_at is null and now() >= valid_from and now() < valid_to
  ) p on true`

const WITH_SESSION = `select ${COLUMNS}, ss.id as "sessionId", ss.last_used_at as "lastUsedAt", ss.expires_at as "expiresAt", ss.revoked_at is not null as revoked
    ${FROM} join session ss on ss.user_id = u.id`

const BY_SESSION: Statement = { name: 'account_by_session', text: `${WITH_SESSION} where ss.id = $1::uuid` }
const BY_SESSIONS: Statement = { name: 'account_by_sessions', text: `${WITH_SESSION} where ss.id = any($1::uuid[])` }

/** Whether some earlier session fits; one that ended because its token was copied vouches for nobody. */
const known = (column: string, placeholder: string): string =>
  `exists (select from session ss where ss.user_id = u.id and ss.created_at > $4::timestamptz and ss.${column} = ${placeholder} and ss.revoked_reason is distinct from 'TOKEN_REUSED')`

const BY_USERNAME: Statement = {
  name: 'account_by_username',
  text: `select ${COLUMNS}, u.password_hash as "passwordHash", u.password_expires_at as "passwordExpiresAt", u.password_changed_at as "passwordChangedAt",
    u.second_factor_since is not null as "secondFactor",
    ${known('device_hash', '$2::text')} as "knownDevice", ${known('network', '$3::text')} as "knownNetwork"
    ${FROM} where u.username = $1::text`,
}

/** How long an account is believed to be as it was read: a changed role, a deactivation or an ended session bites within this time (SECURITY A7, S4). */
const BELIEVED_MS = 500
/** Sessions remembered at most; beyond it the oldest go. */
const REMEMBERED = 10_000
/** A device is known for this long after its last sign-in. */
const DEVICE_KNOWN_MS = 90 * DAY
/** The last use is written down at most this often. */
const USE_NOTED_EVERY_MS = MINUTE

interface Believed {
  readonly account: Promise<SessionAccount | null>
  readonly readAt: number
  userId?: string
}

/** Finds accounts. Runs on every request, so what was read is believed for a moment. */
export class Accounts {
  readonly #database: ReadDatabase
  readonly #clock: Clock
  readonly #idle: IdleLimits
  readonly #noteUse: (sessionId: string, at: Date) => void
  readonly #recent = new Map<string, Believed>()
  #forgottenAt = Number.NEGATIVE_INFINITY

  /** @param noteUse writes down when a session was used, without anybody waiting for it */
  constructor(database: ReadDatabase, clock: Clock, idle: IdleLimits, noteUse: (sessionId: string, at: Date) => void) {
    this.#database = database
    this.#clock = clock
    this.#idle = idle
    this.#noteUse = noteUse
  }

  /**
   * The actor of a token, or `null` when the account is gone or deactivated, or the session was ended, lay idle too long or is over its
   * time (SECURITY S3, S4).
   */
  async actorOf(claims: AccessClaims): Promise<Actor | null> {
    const account = await this.#holding(claims)
    if (account) this.#use(account, this.#clock())
    return account?.actor ?? null
  }

  /** As {@link actorOf}, for what happens without the account's doing: it does not count as use, so that a session can lie idle meanwhile. */
  async watcherOf(claims: AccessClaims): Promise<Actor | null> {
    return (await this.#holding(claims))?.actor ?? null
  }

  /** Reads the accounts of many sessions at once: for the next moment, questions about them need no statement. */
  async readAhead(sessionIds: readonly string[]): Promise<void> {
    const readAt = performance.now()
    const rows = await this.#database.run(BY_SESSIONS, [sessionIds])
    // Something was changed here meanwhile: what was read may be older.
    if (this.#forgottenAt >= readAt) return
    const found = new Map(rows.map((row) => [row['sessionId'] as string, sessionAccountOf(row)]))
    for (const id of sessionIds) {
      const account = found.get(id) ?? null
      this.#believe(id, { account: Promise.resolve(account), readAt, ...(account && { userId: account.userId }) })
    }
  }

  /** The account of a session, live or not. */
  async bySession(sessionId: string): Promise<SessionAccount | null> {
    return isUuid(sessionId) ? this.#bySession(sessionId.toLowerCase()) : null
  }

  /** Whether a session may be used: neither ended, nor idle too long, nor over its time. */
  isLive(session: SessionState, now: Date): boolean {
    return session.active && !session.revoked && session.expiresAt > now && after(session.lastUsedAt, this.idleLimit(session.roles)) > now
  }

  /** How long the sessions of these roles may lie idle: whoever sees other people's charts leaves the room for less long. */
  idleLimit(roles: readonly Role[]): number {
    return isStaff(roles) ? this.#idle.staff : this.#idle.patient
  }

  /** An account by the name used to sign in. */
  async byUsername(username: string, deviceHash: string | null, network: string): Promise<SignInAccount | null> {
    const [row] = await this.#database.run(BY_USERNAME, [username, deviceHash, network, after(this.#clock(), -DEVICE_KNOWN_MS)])
    if (!row) return null
    return {
      ...accountOf(row),
      passwordHash: row['passwordHash'] as string,
      passwordExpiresAt: instantOf(row['passwordExpiresAt']),
      passwordChangedAt: instantOf(row['passwordChangedAt']),
      secondFactor: row['secondFactor'] as boolean,
      knownDevice: row['knownDevice'] as boolean,
      knownNetwork: row['knownNetwork'] as boolean,
    }
  }

  /** Reads the account anew at its next request: it has been changed here. Other instances learn of it within a second. */
  forget(userId: string): void {
    this.#forgottenAt = performance.now()
    for (const [sessionId, entry] of this.#recent) if (entry.userId === userId || entry.userId === undefined) this.#recent.delete(sessionId)
  }

  /** As `forget`, for all accounts. */
  forgetAll(): void {
    this.#forgottenAt = performance.now()
    this.#recent.clear()
  }

  /** The account of a token, when both hold. */
  async #holding({ sessionId, userId, tokenVersion }: AccessClaims): Promise<SessionAccount | null> {
    const account = await this.bySession(sessionId)
    if (!account || account.userId !== userId || account.tokenVersion !== tokenVersion) return null
    return this.isLive(account, this.#clock()) ? account : null
  }

  #bySession(id: string): Promise<SessionAccount | null> {
    const now = performance.now()
    const recent = this.#recent.get(id)
    if (recent && now - recent.readAt < BELIEVED_MS) return recent.account
    const account = this.#database.run(BY_SESSION, [id]).then(([row]) => (row ? sessionAccountOf(row) : null))
    const entry: Believed = { account, readAt: now }
    this.#believe(id, entry)
    account.then((found) => found && (entry.userId = found.userId)).catch(() => this.#recent.delete(id))
    return account
  }

  #believe(id: string, entry: Believed): void {
    // Insertion order is age: what was read again moves to the end.
    this.#recent.delete(id)
    this.#recent.set(id, entry)
    if (this.#recent.size > REMEMBERED) this.#recent.delete(this.#recent.keys().next().value ?? '')
  }

  #use(account: SessionAccount, now: Date): void {
    const every = Math.min(USE_NOTED_EVERY_MS, this.idleLimit(account.roles) / 4)
    if (now.getTime() - account.lastUsedAt.getTime() < every) return
    account.lastUsedAt = now
    this.#noteUse(account.sessionId, now)
  }
}

function instantOf(value: unknown): Date | null {
  return typeof value === 'string' ? new Date(value) : null
}

function sessionAccountOf(row: Row): SessionAccount {
  const sessionId = row['sessionId'] as string
  const { actor, ...account } = accountOf(row)
  return {
    ...account,
    actor: actor.identity ? new Actor({ ...actor.identity, sessionId }) : actor,
    userId: row['id'] as string,
    sessionId,
    roles: row['roles'] as Role[],
    revoked: row['revoked'] as boolean,
    expiresAt: new Date(row['expiresAt'] as string),
    lastUsedAt: new Date(row['lastUsedAt'] as string),
  }
}

function accountOf(row: Row): Account {
  const patientId = row['patientId'] as string | null
  const proxyIds = (row['proxyIds'] as string[] | null) ?? []
  return {
    active: row['active'] as boolean,
    tokenVersion: row['tokenVersion'] as number,
    actor: new Actor({
      userId: row['id'] as string,
      username: row['username'] as string,
      roles: row['roles'] as Role[],
      staffId: row['staffId'] as string | null,
      doctorId: row['doctorId'] as string | null,
      mustChangePassword: row['mustChangePassword'] as boolean,
      patientIds: patientId === null ? proxyIds : [patientId, ...proxyIds],
      readOnlyPatientIds: (row['readOnlyIds'] as string[] | null) ?? [],
      careSince: row['careSince'] as string | null,
    }),
  }
}
