import { createHmac } from 'node:crypto'
import { compare, getRounds, hash } from 'bcrypt'

/** How passwords are hashed: a server-side key and bcrypt's cost. */
export interface PasswordOptions {
  /** Keeps hashes useless to whoever has only the database. */
  pepper: string
  /** bcrypt's cost: the work doubles with each step; 12 takes about 0.2 s. */
  cost: number
}

/**
 * bcrypt over a keyed pre-hash. bcrypt alone reads 72 bytes and stops at NUL, so that a wrong password with the same beginning passes;
 * `base64(HMAC-SHA-256(pepper, NFC(password)))` is 44 safe characters that depend on the whole of it.
 */
export class PasswordHasher {
  readonly #options: PasswordOptions
  #decoy: Promise<string> | undefined

  constructor(options: PasswordOptions) {
    this.#options = options
  }

  /** The hash to store. */
  async hash(password: string): Promise<string> {
    return hash(this.#prehash(password), this.#options.cost)
  }

  /** Whether the password belongs to the hash. */
  async verify(password: string, stored: string): Promise<boolean> {
    return compare(this.#prehash(password), stored)
  }

  /** Spends the time of a verification and says no: an unknown user must take as long as a wrong password (SECURITY S9). */
  async verifyNobody(password: string): Promise<false> {
    this.#decoy ??= this.hash('nobody has this password')
    await this.verify(password, await this.#decoy)
    return false
  }

  /** Whether the hash was made with a lower cost than is set now. */
  isOutdated(stored: string): boolean {
    return getRounds(stored) < this.#options.cost
  }

  #prehash(password: string): string {
    return createHmac('sha256', this.#options.pepper).update(password.normalize('NFC')).digest('base64')
  }
}
