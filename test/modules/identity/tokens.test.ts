import { createHmac } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { describe, expect, it } from 'vitest'
import { AccessTokens } from '../../../src/modules/identity/tokens.js'

const SECRET = 'k9Zt3vQx7LmB2nWc8RfY5hJp1DsGaUe4'
const CLAIMS = { userId: '019a9c5e-0000-7000-8000-000000000001', sessionId: '019a9c5e-0000-7000-8000-000000000002', tokenVersion: 1 }
const tokens = new AccessTokens({ secret: SECRET })
const { token } = tokens.issue(CLAIMS)
const parts = token.split('.') as [string, string, string]
const header = JSON.parse(Buffer.from(parts[0], 'base64url').toString()) as Record<string, unknown>
const payload = JSON.parse(Buffer.from(parts[1], 'base64url').toString()) as Record<string, unknown>

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
/** A token with our key and a header and payload of the caller's choice: what is wrong with it is what the caller has changed. */
const signed = (changedHeader: object, changedPayload: object, key: string = SECRET, hash = 'sha256'): string => {
  const text = `${encoded({ ...header, ...changedHeader })}.${encoded({ ...payload, ...changedPayload })}`
  return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`
}
const now = Math.floor(Date.now() / 1000)

describe('an access token (SECURITY S5)', () => {
  it('says whose it is, and nothing of roles', () => {
    expect(tokens.read(token)).toMatchObject(CLAIMS)
    expect(Object.keys(payload).toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub', 'ver'])
  })

  it('is not taken with any one character changed', () => {
    // The last character of a signature holds bits that decoding throws away, so it alone may have several spellings.
    for (let index = 0; index < token.length - 1; index += 1) {
      const other = token[index] === 'A' ? 'z' : 'A'
      expect(tokens.read(token.slice(0, index) + other + token.slice(index + 1)), `position ${index}`).toBeNull()
    }
  })

  it('is not taken cut short at any place', () => {
    for (let length = 0; length < token.length - 1; length += 1) expect(tokens.read(token.slice(0, length))).toBeNull()
  })

  it.each([
    ['of another key', signed({}, {}, 'Vb6Nq2Xw9KjT4mZr7HcL1sFy8PdGuEa3')],
    ['of an empty key', signed({}, {}, '')],
    ['of no algorithm', `${encoded({ ...header, alg: 'none' })}.${parts[1]}.`],
    ['of no algorithm, with our signature', `${encoded({ ...header, alg: 'none' })}.${parts[1]}.${parts[2]}`],
    ['of no algorithm in odd letters', `${encoded({ ...header, alg: 'nOnE' })}.${parts[1]}.`],
    ['of HS384', signed({ alg: 'HS384' }, {}, SECRET, 'sha384')],
    ['of HS512', signed({ alg: 'HS512' }, {}, SECRET, 'sha512')],
    ['that says RS256', signed({ alg: 'RS256' }, {})],
    ['without a type', signed({ typ: undefined }, {})],
    ['of type JWT', signed({ typ: 'JWT' }, {})],
    ['of type rt+jwt', signed({ typ: 'rt+jwt' }, {})],
    ['without a key id', signed({ kid: undefined }, {})],
    ['with a path for a key id', signed({ kid: '../../../../dev/null' }, {}, '')],
    ['with SQL for a key id', signed({ kid: `' union select 'x' --` }, {}, 'x')],
    ['with a list for a key id', signed({ kid: [header['kid']] }, {})],
    ['with a property of objects for a key id', signed({ kid: '__proto__' }, {}, '[object Object]')],
    ['with a key inside', signed({ kid: undefined, jwk: { kty: 'oct', k: encoded('x') } }, {}, 'x')],
    ['for another audience', signed({}, { aud: 'else' })],
    ['for no audience', signed({}, { aud: undefined })],
    ['of another issuer', signed({}, { iss: 'else' })],
    ['of no issuer', signed({}, { iss: undefined })],
    ['that has ended', signed({}, { exp: now - 1 })],
    ['without an end', signed({}, { exp: undefined })],
    ['with a text for an end', signed({}, { exp: 'never' })],
    ['that has not begun', signed({}, { nbf: now + 600 })],
    ['of nobody', signed({}, { sub: undefined })],
    ['of a number', signed({}, { sub: 1 })],
    ['of no session', signed({}, { sid: undefined })],
    ['of no generation', signed({}, { ver: undefined })],
    ['with a text for a generation', signed({}, { ver: '1' })],
    [
      'that is a text',
      `${parts[0]}.${encoded('text')}.${createHmac('sha256', SECRET)
        .update(`${parts[0]}.${encoded('text')}`)
        .digest('base64url')}`,
    ],
    ['with a fourth part', `${token}.${parts[2]}`],
    ['with a newline', `${token}\n.x`],
    ['that is nothing', ''],
    ['that is dots', '..'],
  ])('is not taken %s', (_name, forged) => {
    expect(tokens.read(forged)).toBeNull()
  })

  it('of an earlier key is taken while that key is named', () => {
    const rotated = new AccessTokens({ secret: 'Qw7Rt2Yx9UiL4oPz6AsD1fGh8JkEc5Vb', previousSecrets: [SECRET] })
    expect(rotated.read(token)).toMatchObject(CLAIMS)
    expect(tokens.read(rotated.issue(CLAIMS).token)).toBeNull()
  })

  it('does not outlive its session', () => {
    const end = new Date(Date.now() + 60_000)
    const short = tokens.issue(CLAIMS, end)
    expect(short.expiresAt.getTime()).toBeLessThanOrEqual(end.getTime())
    expect((jwt.decode(short.token) as { exp: number }).exp * 1000).toBe(short.expiresAt.getTime())
  })
})
