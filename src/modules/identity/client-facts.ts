import type { ClientCookies } from '../../graphql/client-cookies.js'
import { digestOf, randomToken } from './keys.js'
import { networkOf } from './network.js'

/** What a request tells about the client behind it; enough of it for every way of signing in. */
export interface ClientRequest {
  readonly remoteAddress: string
  readonly userAgent?: string | undefined
  readonly cookies?: ClientCookies | undefined
}

/** The client that signs in. */
export interface Client {
  readonly userAgent: string | undefined
  readonly network: string
  /** What the device cookie says, or a new one for a device that has none. */
  readonly deviceId: string
  /** Digest of the device cookie, `null` for a device that has none. */
  readonly deviceHash: string | null
}

/** Shape of our random tokens: 256 bits in base64url. Anything else is not looked up. */
export const WELL_FORMED_TOKEN = /^[\w-]{43}$/

/** Reads the facts of a client. */
export function clientOf({ remoteAddress, userAgent, cookies }: ClientRequest): Client {
  const device = cookies?.read('device')
  const known = device !== undefined && WELL_FORMED_TOKEN.test(device) ? device : undefined
  return {
    userAgent,
    network: networkOf(remoteAddress),
    deviceId: known ?? randomToken(),
    deviceHash: known === undefined ? null : digestOf(known),
  }
}
