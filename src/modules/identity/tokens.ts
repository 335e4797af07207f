import { createHash, createSecretKey, randomUUID, type KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { systemClock, type Clock } from '../../clock.js'

/** What an access token says: whose it is, of which session, and which generation of the account's tokens. Roles are never in it. */
export interface AccessClaims {
  readonly userId: string
  readonly sessionId: string
  readonly tokenVersion: number
}

/** What a token says that was read: also until when it says so. */
export interface ReadClaims extends AccessClaims {
  readonly expiresAt: Date
}

/** An access token lives this long at most (SECURITY S3). */
export const ACCESS_TOKEN_SECONDS = 15 * 60

const ISSUER = 'clinic'
const AUDIENCE = 'clinic-api'
const TYPE = 'at+jwt'

/** How access tokens are made. */
export interface AccessTokenOptions {
  /** Signs. */
  readonly secret: string
  /** Signed before; tokens of these are still read, so that a new key signs nobody out. */
  readonly previousSecrets?: readonly string[]
  readonly clock?: Clock
}

/**
 * Signs and reads access tokens (RFC 9068 profile): HS256 and nothing else, with type, issuer, audience and key id checked (SECURITY S5).
 * The key id is a digest of the key, looked up among the keys that are set and never used in any other way.
 */
export class AccessTokens {
  readonly #kid: string
  /** Key objects: given text, the library would try to read a public key from it at every verification. */
  readonly #keys: ReadonlyMap<string, KeyObject>
  readonly #secret: KeyObject
  readonly #clock: Clock

  constructor(options: AccessTokenOptions) {
    const { secret, previousSecrets = [], clock = systemClock } = options
    this.#secret = createSecretKey(Buffer.from(secret))
    this.#kid = keyIdOf(secret)
    this.#keys = new Map([...previousSecrets, secret].map((key) => [keyIdOf(key), createSecretKey(Buffer.from(key))]))
    this.#clock = clock
  }

  /**
   * A token and the instant it ends at.
   * @param sessionEnd it does not outlive its session
   */
  issue(claims: AccessClaims, sessionEnd?: Date): { token: string; expiresAt: Date } {
    const issuedAt = Math.floor(this.#clock().getTime() / 1000)
    const longest = issuedAt + ACCESS_TOKEN_SECONDS
    const end = sessionEnd ? Math.min(longest, Math.floor(sessionEnd.getTime() / 1000)) : longest
    const token = jwt.sign({ ver: claims.tokenVersion, sid: claims.sessionId, iat: issuedAt, exp: end }, this.#secret, {
      algorithm: 'HS256',
      header: { alg: 'HS256', typ: TYPE, kid: this.#kid },
      subject: claims.userId,
      issuer: ISSUER,
      audience: AUDIENCE,
      jwtid: randomUUID(),
    })
    return { token, expiresAt: new Date(end * 1000) }
  }

  /** What a token says, or `null` for one that is not ours, altered, of another type or over its time. */
  read(token: string): ReadClaims | null {
    const key = this.#keys.get(kidOf(token) ?? '')
    if (key === undefined) return null
    try {
      const { header, payload } = jwt.verify(token, key, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        audience: AUDIENCE,
        clockTimestamp: Math.floor(this.#clock().getTime() / 1000),
        complete: true,
      })
      if (header.typ !== TYPE || typeof payload === 'string') return null
      const { sub, sid, ver, exp } = payload as Record<string, unknown>
      if (typeof sub !== 'string' || typeof sid !== 'string' || typeof ver !== 'number' || typeof exp !== 'number') return null
      return { userId: sub, sessionId: sid, tokenVersion: ver, expiresAt: new Date(exp * 1000) }
    } catch {
      return null
    }
  }
}

/** Names a key without telling anything of it. */
function keyIdOf(secret: string): string {
  return createHash('sha256').update(`clinic/kid:${secret}`).digest('base64url').slice(0, 16)
}

function kidOf(token: string): string | undefined {
  try {
    const kid = jwt.decode(token, { complete: true })?.header.kid
    return typeof kid === 'string' ? kid : undefined
  } catch {
    return undefined
  }
}
