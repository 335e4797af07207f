import { DAY } from '../../clock.js'
import { SWEPT_AT_ONCE, type Sweep } from '../../database/sweeps.js'

/** What bookings leave behind: answers to requests that nobody will send again, and holds that have ended. */
export const BOOKING_SWEEPS: readonly Sweep[] = [
  {
    name: 'sweep_idempotency_keys',
    keptMs: 7 * DAY,
    text: `delete from idempotency_key where id in (select id from idempotency_key where created_at < $1::timestamptz limit ${SWEPT_AT_ONCE})`,
  },
  {
    name: 'sweep_appointment_holds',
    keptMs: 0,
    text: `delete from appointment_hold where id in (select id from appointment_hold where expires_at < $1::timestamptz limit ${SWEPT_AT_ONCE})`,
  },
]
