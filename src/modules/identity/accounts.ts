import { Actor } from '../../access/actor.js'
import type { Role } from '../../access/roles.js'
import type { ReadDatabase, Row, Statement } from '../../database/read-database.js'
import { isUuid } from '../../graphql/loaders/page.js'
import type { AccessClaims } from './tokens.js'

/** What signing in needs to know of an account. */
export interface Account {
  readonly actor: Actor
  readonly active: boolean
  readonly tokenVersion: number
}

const COLUMNS =
  'u.id, u.username, u.roles, u.active, u.token_version as "tokenVersion", u.staff_id as "staffId", u.patient_id as "patientId", d.id as "doctorId"'
const FROM = 'from user_account u left join doctor d on d.staff_id = u.staff_id'

const BY_ID: Statement = { name: 'account_by_id', text: `select ${COLUMNS} ${FROM} where u.id = $1::uuid` }
const BY_USERNAME: Statement = {
  name: 'account_by_username',
  text: `select ${COLUMNS}, u.password_hash as "passwordHash" ${FROM} where u.username = $1::text`,
}

/** How long an account is believed to be as it was read: a changed role or a deactivation bites within this time (SECURITY A7). */
const BELIEVED_MS = 1000
/** Accounts remembered at most; beyond it the oldest go. */
const REMEMBERED = 10_000

/** Finds accounts. Runs on every request, so what was read is believed for a second. */
export class Accounts {
  readonly #database: ReadDatabase
  readonly #recent = new Map<string, { account: Promise<Account | null>; readAt: number }>()

  constructor(database: ReadDatabase) {
    this.#database = database
  }

  /** The actor of a token, or `null` when the account is gone, deactivated, or has ended its tokens since. */
  async actorOf(claims: AccessClaims): Promise<Actor | null> {
    if (!isUuid(claims.userId)) return null
    const account = await this.#byId(claims.userId)
    return account?.active && account.tokenVersion === claims.tokenVersion ? account.actor : null
  }

  /** An account with its password's hash, by the name used to sign in. */
  async byUsername(username: string): Promise<(Account & { passwordHash: string }) | null> {
    const [row] = await this.#database.run(BY_USERNAME, [username])
    return row ? { ...accountOf(row), passwordHash: row['passwordHash'] as string } : null
  }

  #byId(id: string): Promise<Account | null> {
    const now = performance.now()
    const known = this.#recent.get(id)
    if (known && now - known.readAt < BELIEVED_MS) return known.account
    const account = this.#database.run(BY_ID, [id]).then(([row]) => (row ? accountOf(row) : null))
    // Insertion order is age: what was read again moves to the end.
    this.#recent.delete(id)
    this.#recent.set(id, { account, readAt: now })
    if (this.#recent.size > REMEMBERED) this.#recent.delete(this.#recent.keys().next().value ?? '')
    account.catch(() => this.#recent.delete(id))
    return account
  }
}

function accountOf(row: Row): Account {
  const patientId = row['patientId'] as string | null
  return {
    active: row['active'] as boolean,
    tokenVersion: row['tokenVersion'] as number,
    actor: new Actor({
      userId: row['id'] as string,
      username: row['username'] as string,
      roles: row['roles'] as Role[],
      staffId: row['staffId'] as string | null,
      doctorId: row['doctorId'] as string | null,
      patientIds: patientId === null ? [] : [patientId],
    }),
  }
}
