import type { Clock } from '../../clock.js'
import type { Bucket, Taken } from './sign-in-throttle.js'

/** What this process allows on its own per key and window, while the shared counters are away. */
const ALLOWED_ALONE = 2
const REMEMBERED = 50_000

/**
 * Counters of this process, for when the shared ones cannot be reached. They count along all the time, so that an outage gives nobody
 * fresh guesses.
 */
export class LocalThrottle {
  readonly #counts = new Map<string, { failures: number; endsAt: number }>()

  constructor(private readonly clock: Clock) {}

  take({ key, limit }: Bucket): Taken {
    const now = this.clock().getTime()
    const known = this.#counts.get(key)
    const count = known && known.endsAt > now ? known : { failures: 0, endsAt: now + Math.max(limit.windowMs, limit.blockMs) }
    count.failures += 1
    this.#counts.delete(key)
    this.#counts.set(key, count)
    if (this.#counts.size > REMEMBERED) this.#counts.delete(this.#counts.keys().next().value ?? '')
    if (count.failures <= Math.min(ALLOWED_ALONE, limit.attempts)) return { allowed: true, closesNow: false }
    return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil((count.endsAt - now) / 1000)) }
  }

  release(key: string): void {
    this.#counts.delete(key)
  }

  giveBack(key: string): void {
    const count = this.#counts.get(key)
    if (count) count.failures -= 1
  }
}
