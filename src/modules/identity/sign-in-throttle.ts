import { createHash } from 'node:crypto'
import { DAY, MINUTE, type Clock } from '../../clock.js'
import type { WritePool } from '../../database/write-pool.js'
import { LocalThrottle } from './local-throttle.js'

/** How many guesses at one thing are let through, and how long it is closed then; each time doubles the next. */
export interface ThrottleLimit {
  readonly attempts: number
  readonly windowMs: number
  readonly blockMs: number
  readonly longestBlockMs: number
}

/** One thing that is guessed at. */
export interface Bucket {
  /** Digest of what it is. */
  readonly key: string
  readonly limit: ThrottleLimit
}

/** Whether a guess may be made; if so it counts as failed until it is {@link SignInThrottle.release released}. */
export type Taken =
  | { readonly allowed: true; readonly closesNow: boolean }
  | { readonly allowed: false; readonly retryAfterSeconds: number }

/** After a day without a block, a new one is short again. */
const FORGIVEN_MS = DAY

/** A window that is over, or a block that is: counting begins anew. */
const FAILURES = 'case when t.window_ends_at <= $2 or t.blocked_until is not null then 1 else t.failures + 1 end'
const STRIKES = `case when t.updated_at < $2 - $7::float8 * interval '1 ms' then 0 else t.strikes end`

// Counts and closes in one statement under the row's lock: a thousand guesses at once pass one by one, on any number of instances.
// $1 key, $2 now, $3 attempts, $4 window, $5 block, $6 longest block, $7 forgiven after (all in ms)
const TAKE = `
insert into sign_in_throttle as t (key, failures, window_ends_at, blocked_until, strikes, updated_at)
values ($1::text, 1, $2::timestamptz + $4::float8 * interval '1 ms',
  case when $3::int <= 1 then $2 + $5::float8 * interval '1 ms' end, case when $3 <= 1 then 1 else 0 end, $2)
on conflict (key) do update set
  failures = ${FAILURES},
  window_ends_at = case when t.window_ends_at <= $2 or t.blocked_until is not null then excluded.window_ends_at else t.window_ends_at end,
  blocked_until = case when ${FAILURES} >= $3 then $2 + least($5 * power(2, ${STRIKES}), $6::float8) * interval '1 ms' end,
  strikes = least(30, ${STRIKES} + case when ${FAILURES} >= $3 then 1 else 0 end),
  updated_at = $2
where t.blocked_until is null or t.blocked_until <= $2
returning blocked_until`

const BLOCKED = `select greatest(1, ceil(extract(epoch from blocked_until - $2::timestamptz)))::int as seconds from sign_in_throttle where key = $1::text`

const RESET = `delete from sign_in_throttle where key = any($1::text[])`

const GIVE_BACK = `update sign_in_throttle set failures = greatest(0, failures - 1), blocked_until = null, updated_at = $2 where key = $1::text`

/**
 * Counts guesses before they are checked (SECURITY S10, R4). The counters are rows, shared by all instances and there after a restart. When
 * the database is slow or gone, counters of this process take over with less to give: tighter, never looser.
 */
export class SignInThrottle {
  readonly #store: WritePool
  readonly #clock: Clock
  readonly #local: LocalThrottle

  constructor(store: WritePool, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#local = new LocalThrottle(clock)
  }

  /** Asks for one guess. */
  async take(bucket: Bucket): Promise<Taken> {
    const now = this.#clock()
    const { key, limit } = bucket
    const locally = this.#local.take(bucket)
    try {
      const values = [key, now, limit.attempts, limit.windowMs, limit.blockMs, limit.longestBlockMs, FORGIVEN_MS]
      const [row] = await this.#store.run<{ blocked_until: Date | null }>('throttle_take', TAKE, values)
      if (row) return { allowed: true, closesNow: row.blocked_until !== null }
      const [blocked] = await this.#store.run<{ seconds: number }>('throttle_blocked', BLOCKED, [key, now])
      return { allowed: false, retryAfterSeconds: blocked?.seconds ?? 1 }
    } catch {
      return locally
    }
  }

  /** The guess was right: what it stands for is proven, and earlier failures are forgotten. */
  async release(key: string): Promise<void> {
    this.#local.release(key)
    await this.#quietly(() => this.#store.run('throttle_reset', RESET, [[key]]))
  }

  /** The guess was right, but proves nothing for the rest of what the key stands for (an address): it alone is taken back. */
  async giveBack(key: string): Promise<void> {
    this.#local.giveBack(key)
    await this.#quietly(() => this.#store.run('throttle_give_back', GIVE_BACK, [key, this.#clock()]))
  }

  /** Opens again what was closed; for administrators. @throws when the store is away */
  async open(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#local.release(key)
    await this.#store.run('throttle_reset', RESET, [keys])
  }

  /** A failed sign-in is the worst that can come of it: the counter stays, and the person waits. */
  async #quietly(run: () => Promise<unknown>): Promise<void> {
    await run().catch(() => undefined)
  }
}

/** A key of the counters; names and addresses are kept as digests only. */
export function throttleKey(kind: string, ...of: readonly string[]): string {
  return `${kind}:${createHash('sha256').update(of.join('\u0000')).digest('base64url')}`
}

/** Guesses at codes and current passwords of somebody who is already half in. */
export const CLOSE_LIMIT: ThrottleLimit = { attempts: 5, windowMs: 15 * MINUTE, blockMs: 15 * MINUTE, longestBlockMs: DAY }
