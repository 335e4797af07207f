import { DAY } from '../../clock.js'
import { SWEPT_AT_ONCE, type Sweep } from '../../database/sweeps.js'

/** As long as devices are known by their sessions, and a little more. */
const SESSIONS_KEPT_MS = 100 * DAY
const TOKENS_KEPT_MS = DAY

/** What sessions and counters leave behind. */
export const IDENTITY_SWEEPS: readonly Sweep[] = [
  {
    name: 'sweep_throttle',
    keptMs: 2 * DAY,
    text: `delete from sign_in_throttle where key in
      (select key from sign_in_throttle where updated_at < $1::timestamptz and (blocked_until is null or blocked_until < $1::timestamptz) limit ${SWEPT_AT_ONCE})`,
  },
  {
    name: 'sweep_refresh_tokens',
    keptMs: TOKENS_KEPT_MS,
    text: `delete from refresh_token where id in
      (select t.id from session s join refresh_token t on t.session_id = s.id where s.expires_at < $1::timestamptz limit ${SWEPT_AT_ONCE})`,
  },
  {
    name: 'sweep_sessions',
    keptMs: SESSIONS_KEPT_MS,
    text: `delete from session where id in (select id from session where expires_at < $1::timestamptz limit ${SWEPT_AT_ONCE})`,
  },
  {
    name: 'sweep_one_time_tokens',
    keptMs: TOKENS_KEPT_MS,
    text: `delete from one_time_token where id in (select id from one_time_token where expires_at < $1::timestamptz limit ${SWEPT_AT_ONCE})`,
  },
]
