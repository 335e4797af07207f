import { createSecretKey, randomUUID, type KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'

/** What an access token says: whose it is, and which generation of that account's tokens it belongs to. Roles are never in it. */
export interface AccessClaims {
  readonly userId: string
  readonly tokenVersion: number
}

/** An access token lives this long (SECURITY S3). */
export const ACCESS_TOKEN_SECONDS = 15 * 60

const ISSUER = 'clinic'
const AUDIENCE = 'clinic-api'
const TYPE = 'at+jwt'

/** Signs and reads access tokens (RFC 9068 profile): HS256 and nothing else, with type, issuer and audience checked (SECURITY S5). */
export class AccessTokens {
  /** A key object: given text, the library would try to read a public key from it at every verification. */
  readonly #secret: KeyObject

  constructor(secret: string) {
    this.#secret = createSecretKey(Buffer.from(secret))
  }

  /** A token and the instant it ends at. */
  issue(claims: AccessClaims): { token: string; expiresAt: Date } {
    const issuedAt = Math.floor(Date.now() / 1000)
    const token = jwt.sign({ ver: claims.tokenVersion, iat: issuedAt }, this.#secret, {
      algorithm: 'HS256',
      header: { alg: 'HS256', typ: TYPE },
      subject: claims.userId,
      issuer: ISSUER,
      audience: AUDIENCE,
      jwtid: randomUUID(),
      expiresIn: ACCESS_TOKEN_SECONDS,
    })
    return { token, expiresAt: new Date((issuedAt + ACCESS_TOKEN_SECONDS) * 1000) }
  }

  /** What a token says, or `null` for one that is not ours, altered, of another type or over its time. */
  read(token: string): AccessClaims | null {
    try {
      const { header, payload } = jwt.verify(token, this.#secret, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        audience: AUDIENCE,
        complete: true,
      })
      if (header.typ !== TYPE || typeof payload === 'string') return null
      const { sub, ver, exp } = payload as { sub?: unknown; ver?: unknown; exp?: unknown }
      if (typeof sub !== 'string' || typeof ver !== 'number' || typeof exp !== 'number') return null
      return { userId: sub, tokenVersion: ver }
    } catch {
      return null
    }
  }
}
