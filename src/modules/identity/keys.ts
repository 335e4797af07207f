import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/** What a derived key is for. Two purposes never share a key. */
type Purpose = 'refresh-successor' | 'csrf' | 'second-factor-secret' | 'recovery-code' | 'reminder-opt-out'

const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** A token that cannot be guessed: 256 random bits, 43 characters. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

/** Digest under which a random token is kept. It has 256 bits of chance in it, so nothing slower is needed. */
export const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** Compares without telling by the time how much of it was right. */
export function equalSecrets(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())
}

/** Keys that the server derives from its one long-lived secret, the pepper (HKDF, RFC 5869); it does not rotate as the signing keys do. */
export class IdentityKeys {
  readonly #pepper: string
  readonly #derived = new Map<Purpose, Buffer>()

  constructor(pepper: string) {
    this.#pepper = pepper
  }

  /**
   * The refresh token that follows another. A function of it, so that the same answer can be given again to a client that lost the first
   * one (SECURITY S2), without the successor being kept anywhere; without the server's key it cannot be computed.
   */
  successorOf(refreshToken: string): string {
    return this.#mac('refresh-successor', refreshToken).toString('base64url')
  }

  /** The token that proves a cookie request comes from our front end: bound to the session, so that a planted cookie does not pass. */
  csrfTokenOf(sessionId: string): string {
    return this.#mac('csrf', sessionId).toString('base64url')
  }

  /** What proves that a link in a reminder was made here. */
  signatureOfOptOut(said: Buffer): Buffer {
    return this.#mac('reminder-opt-out', said)
  }

  /** Digest of a recovery code; keyed, because a code that people type is short. */
  digestOfRecoveryCode(userId: string, code: string): string {
    return this.#mac('recovery-code', `${userId}:${code}`).toString('base64url')
  }

  /** Encrypts the secret of a second factor, bound to its account. */
  sealSecret(userId: string, secret: string): string {
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv(CIPHER, this.#key('second-factor-secret'), iv).setAAD(Buffer.from(userId))
    return Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
  }

  /** @throws Error when it was sealed for another account, with another key, or altered */
  openSecret(userId: string, sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url')
    const decipher = createDecipheriv(CIPHER, this.#key('second-factor-secret'), bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(userId))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    return decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  }

  #mac(purpose: Purpose, text: string | Buffer): Buffer {
    return createHmac('sha256', this.#key(purpose)).update(text).digest()
  }

  #key(purpose: Purpose): Buffer {
    let key = this.#derived.get(purpose)
    if (!key) this.#derived.set(purpose, (key = Buffer.from(hkdfSync('sha256', this.#pepper, '', `clinic/${purpose}`, 32))))
    return key
  }
}
