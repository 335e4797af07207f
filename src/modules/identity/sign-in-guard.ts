import { DAY, MINUTE } from '../../clock.js'
import { throttleKey, type Bucket, type SignInThrottle, type Taken, type ThrottleLimit } from './sign-in-throttle.js'

/** Who tries to sign in as whom, from where. */
export interface Attempt {
  /** As it is compared: see `normalizeUsername`. */
  readonly username: string
  readonly network: string
  /** Digest of the device cookie, when the account has signed in on that device before. */
  readonly knownDevice: string | null
  /** Whether the account has signed in from that network before. */
  readonly knownNetwork: boolean
}

/** A guess that may be made. */
export interface Admission {
  readonly allowed: true
  /** Whether this was the last one: should it fail, the account is closed to strangers. */
  readonly closesAccount: boolean
  /** The password was right. */
  succeeded(): Promise<void>
}

const LONGEST_BLOCK = DAY
const WINDOW = 15 * MINUTE

/** One address that tries many names. Short, and known devices pass, so that nobody shuts an office out from inside it. */
const ADDRESS_LIMIT: ThrottleLimit = { attempts: 10, windowMs: MINUTE, blockMs: MINUTE, longestBlockMs: 15 * MINUTE }

/**
 * Which counters a sign-in counts on (SECURITY S10). Strangers share the account's counter, so that a thousand addresses have no more
 * guesses than one. A device or a network that the account has signed in from has a counter of its own: whoever guesses from elsewhere
 * cannot lock the owner out. Both together are the set number of attempts.
 */
export class SignInGuard {
  readonly #throttle: SignInThrottle
  readonly #strangers: ThrottleLimit
  readonly #known: ThrottleLimit

  constructor(throttle: SignInThrottle, settings: { attempts: number; blockMs: number }) {
    this.#throttle = throttle
    const limit = { windowMs: WINDOW, blockMs: settings.blockMs, longestBlockMs: Math.max(LONGEST_BLOCK, settings.blockMs) }
    this.#strangers = { ...limit, attempts: Math.ceil(settings.attempts / 2) }
    this.#known = { ...limit, attempts: Math.max(1, Math.floor(settings.attempts / 2)) }
  }

  /** Asks for one guess; counted before the password is looked at. An unknown name is counted like a known one (SECURITY S9). */
  async admit(attempt: Attempt): Promise<Admission | Extract<Taken, { allowed: false }>> {
    const known = this.#knownBucket(attempt)
    if (known) {
      const taken = await this.#throttle.take(known)
      return taken.allowed ? this.#admission(taken.closesNow, () => this.#throttle.release(known.key)) : taken
    }
    const address = { key: throttleKey('address', attempt.network), limit: ADDRESS_LIMIT }
    const fromHere = await this.#throttle.take(address)
    if (!fromHere.allowed) return fromHere
    const account = { key: accountKey(attempt.username), limit: this.#strangers }
    const taken = await this.#throttle.take(account)
    if (!taken.allowed) return taken
    return this.#admission(taken.closesNow, async () => {
      await Promise.all([this.#throttle.release(account.key), this.#throttle.giveBack(address.key)])
    })
  }

  /** Opens an account again: to strangers, and to the places it has signed in from. */
  async unlock(username: string, places: readonly { deviceHash: string; network: string }[]): Promise<void> {
    const known = places.flatMap(({ deviceHash, network }) => [deviceKey(username, deviceHash), networkKey(username, network)])
    await this.#throttle.open([accountKey(username), ...new Set(known)])
  }

  #admission(closesAccount: boolean, succeeded: () => Promise<void>): Admission {
    return { allowed: true, closesAccount, succeeded }
  }

  #knownBucket({ username, network, knownDevice, knownNetwork }: Attempt): Bucket | undefined {
    if (knownDevice !== null) return { key: deviceKey(username, knownDevice), limit: this.#known }
    if (knownNetwork) return { key: networkKey(username, network), limit: this.#known }
    return undefined
  }
}

const accountKey = (username: string): string => throttleKey('account', username)
const deviceKey = (username: string, deviceHash: string): string => throttleKey('device', username, deviceHash)
const networkKey = (username: string, network: string): string => throttleKey('network', username, network)
