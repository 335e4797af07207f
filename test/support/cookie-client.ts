import { parseSetCookie, type SetCookie } from 'cookie'
import type { Answer } from './server.js'

/** An answer, with the cookies it set. */
export interface CookieAnswer extends Answer {
  readonly setCookies: readonly SetCookie[]
  readonly headers: Headers
}

/** What to send besides the cookies. */
export interface CookieRequest {
  readonly variables?: Record<string, unknown>
  /** `false`: without the CSRF header; a text: with that one. */
  readonly csrf?: boolean | string
  readonly headers?: Record<string, string>
}

/** A client that keeps cookies, as a browser does. */
export class CookieClient {
  readonly jar = new Map<string, string>()

  constructor(private readonly url: string) {}

  async send(query: string, { variables = {}, csrf = true, headers = {} }: CookieRequest = {}): Promise<CookieAnswer> {
    const token = typeof csrf === 'string' ? csrf : csrf ? this.jar.get('csrf') : undefined
    const cookie = [...this.jar].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ')
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(cookie !== '' && { cookie }),
        ...(token !== undefined && { 'x-csrf-token': token }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    })
    const setCookies = response.headers.getSetCookie().map((text) => parseSetCookie(text))
    for (const { name, value, expires } of setCookies) {
      if (expires !== undefined && expires <= new Date()) this.jar.delete(name)
      else this.jar.set(name, value ?? '')
    }
    return { status: response.status, headers: response.headers, setCookies, ...((await response.json()) as object) }
  }
}
