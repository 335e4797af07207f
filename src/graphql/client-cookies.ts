/** The cookies this server gives to browsers. All but `csrf` are out of reach for scripts. */
export type CookieName = 'access' | 'refresh' | 'csrf' | 'device'

/** The cookies of the client that asks: what it sent, and what the answer will set. Names are without prefix. */
export interface ClientCookies {
  read(name: CookieName): string | undefined
  set(name: CookieName, value: string, expiresAt: Date): void
  clear(name: CookieName): void
}
