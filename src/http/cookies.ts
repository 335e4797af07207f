import { parseCookie, stringifySetCookie } from 'cookie'
import type { Request, Response } from 'express'

import type { ClientCookies, CookieName } from '../graphql/client-cookies.js'

/** Cookies that make a request somebody's. */
const CREDENTIALS: readonly CookieName[] = ['access', 'refresh']

/**
 * The cookies of a request (SECURITY S7). In production they carry the prefix `__Host-`: browsers then take them over HTTPS only, from this
 * host only, so that no neighbouring site can plant one. Scripts reach none but `csrf`, whose purpose it is to be read.
 */
export class HttpCookies implements ClientCookies {
  readonly #response: Response
  readonly #production: boolean
  readonly #sent: Readonly<Record<string, string | undefined>>
  readonly #answered = new Map<CookieName, string>()

  constructor(request: Request, response: Response, production: boolean) {
    this.#response = response
    this.#production = production
    this.#sent = parseCookie(request.headers.cookie ?? '')
  }

  /** Whether the browser sent a cookie that stands for an account. */
  get holdCredentials(): boolean {
    return CREDENTIALS.some((name) => this.read(name) !== undefined)
  }

  read(name: CookieName): string | undefined {
    return this.#sent[this.#fullName(name)] || undefined
  }

  set(name: CookieName, value: string, expiresAt: Date): void {
    this.#answer(name, value, expiresAt)
  }

  clear(name: CookieName): void {
    this.#answer(name, '', new Date(0))
  }

  #answer(name: CookieName, value: string, expires: Date): void {
    const cookie = {
      name: this.#fullName(name),
      value,
      expires,
      // Old clients read one, new ones the other.
      ...(value === '' && { maxAge: 0 }),
      path: '/',
      httpOnly: name !== 'csrf',
      secure: this.#production,
      sameSite: 'strict',
    } as const
    this.#answered.set(name, stringifySetCookie(cookie))
    this.#response.setHeader('set-cookie', [...this.#answered.values()])
  }

  #fullName(name: CookieName): string {
    return this.#production ? `__Host-${name}` : name
  }
}
