import { after, DAY, HOUR, type Clock } from '../../clock.js'
import type { WritePool } from '../../database/write-pool.js'

/** Rows per statement, so that none holds locks for long; what is left over goes an hour later. */
const BATCH = 1000
const EVERY_MS = HOUR
/** As long as devices are known by their sessions, and a little more. */
const SESSIONS_KEPT_MS = 100 * DAY
const TOKENS_KEPT_MS = DAY
/** Longer than any client tries a request again. */
const IDEMPOTENCY_KEYS_KEPT_MS = 30 * DAY

/** What means nothing any more, and for how long it is kept beyond that. */
const SWEEPS: readonly { readonly name: string; readonly keptMs: number; readonly text: string }[] = [
  {
    name: 'sweep_throttle',
    keptMs: 2 * DAY,
    text: `delete from sign_in_throttle where key in
      (select key from sign_in_throttle where updated_at < $1::timestamptz and (blocked_until is null or blocked_until < $1::timestamptz) limit ${BATCH})`,
  },
  {
    name: 'sweep_refresh_tokens',
    keptMs: TOKENS_KEPT_MS,
    text: `delete from refresh_token where id in
      (select t.id from session s join refresh_token t on t.session_id = s.id where s.expires_at < $1::timestamptz limit ${BATCH})`,
  },
  {
    name: 'sweep_sessions',
    keptMs: SESSIONS_KEPT_MS,
    text: `delete from session where id in (select id from session where expires_at < $1::timestamptz limit ${BATCH})`,
  },
  {
    name: 'sweep_one_time_tokens',
    keptMs: TOKENS_KEPT_MS,
    text: `delete from one_time_token where id in (select id from one_time_token where expires_at < $1::timestamptz limit ${BATCH})`,
  },
  {
    name: 'sweep_idempotency_keys',
    keptMs: IDEMPOTENCY_KEYS_KEPT_MS,
    text: `delete from idempotency_key where ctid in
      (select ctid from idempotency_key where created_at < $1::timestamptz limit ${BATCH})`,
  },
]

/** Removes what sessions and counters leave behind. Any number of instances may do so at the same time. */
export async function sweepIdentity(counters: WritePool, clock: Clock): Promise<void> {
  for (const { name, keptMs, text } of SWEEPS) await counters.run(name, text, [after(clock(), -keptMs)])
}

/** Sweeps every hour until the returned function is called; a sweep that fails is made up for by the next. */
export function keepSweeping(counters: WritePool, clock: Clock): () => void {
  const timer = setInterval(() => void sweepIdentity(counters, clock).catch(() => undefined), EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
