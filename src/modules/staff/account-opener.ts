import { randomBytes } from 'node:crypto'
import type { EntityManager } from '@mikro-orm/postgresql'
import type { Role } from '../../access/roles.js'
import type { PasswordHasher } from '../identity/password.js'
import { User } from '../identity/user.entity.js'
import type { Staff } from './staff.entity.js'

/** What an account begins with. */
export interface NewAccount {
  readonly username: string
  readonly displayName: string
  readonly roles: readonly Role[]
  readonly staff: Staff
}

/** Opens accounts for staff; nobody knows a password of theirs until one is set. */
export interface AccountOpener {
  open(em: EntityManager, account: NewAccount): Promise<User>
}

/** Opens accounts whose password is random and thrown away, so that they can be used only after a reset. */
export class ClosedAccountOpener implements AccountOpener {
  readonly #hasher: PasswordHasher

  constructor(hasher: PasswordHasher) {
    this.#hasher = hasher
  }

  async open(em: EntityManager, { username, displayName, roles, staff }: NewAccount): Promise<User> {
    const passwordHash = await this.#hasher.hash(randomBytes(32).toString('base64url'))
    const user = new User()
    em.assign(user, { username, displayName, roles: [...roles], passwordHash, mustChangePassword: true, staff }, { em })
    em.persist(user)
    return user
  }
}
