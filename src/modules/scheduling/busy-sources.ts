import { ACTIVE_APPOINTMENT_STATUSES } from './appointment-status.js'

/**
 * What takes up the time of doctors and rooms. Each source is a query with the columns `doctor_id`, `room_id`, `starts_at` and `ends_at`,
 * over the tables `asked` (`id`: the doctors) and `asked_room` (`id`: the rooms that these doctors work in), between `$2` and `$3`.
 * Rows whose id is in `$5` do not count: the visit that is being moved, the hold that is being used.
 *
 * **Another source of taken time is one more query here**, with whatever ends it by itself, and nothing else changes. The time to be
 * kept free around a visit belongs to it: a source widens what it gives.
 *
 * An appointment placed over another on purpose takes the doctor's time as any other does (RULES A3).
 */
const ACTIVE = ACTIVE_APPOINTMENT_STATUSES.map((status) => `'${status}'`).join(', ')

/** No visit is longer (`appointment_length`), so an index on the beginning serves. */
const LONGEST = `interval '24 hours'`

/** A visit with the time that is kept free around it. */
const WITH_BUFFERS =
  "a.starts_at - a.buffer_before_minutes * interval '1 minute' as starts_at, a.ends_at + a.buffer_after_minutes * interval '1 minute' as ends_at"

const APPOINTMENTS_OF_DOCTORS = `
  select a.doctor_id, a.room_id, ${WITH_BUFFERS}
  from asked join appointment a on a.doctor_id = asked.id
  where a.status in (${ACTIVE}) and a.starts_at > $2::timestamptz - ${LONGEST} and a.starts_at < $3::timestamptz
    and a.ends_at > $2::timestamptz and a.id <> all($5::uuid[])`

/** Those of other doctors in rooms that the doctors asked for work in; the index of the exclusion constraint serves. */
const APPOINTMENTS_IN_ROOMS = `
  select null::uuid, a.room_id, ${WITH_BUFFERS}
  from asked_room join appointment a on a.room_id = asked_room.id
  where a.status in (${ACTIVE}) and a.room_id is not null
    and tstzrange(a.starts_at, a.ends_at) && tstzrange($2::timestamptz, $3::timestamptz)
    and a.id <> all($5::uuid[])`

/** Times that somebody keeps for the moment; they carry the time around the visit already. */
const HOLDS_OF_DOCTORS = `
  select h.doctor_id, h.room_id, h.starts_at, h.ends_at
  from asked join appointment_hold h on h.doctor_id = asked.id
  where h.starts_at > $2::timestamptz - ${LONGEST} and h.starts_at < $3::timestamptz and h.ends_at > $2::timestamptz
    and h.expires_at > now() and h.id <> all($5::uuid[])`

const HOLDS_IN_ROOMS = `
  select null::uuid, h.room_id, h.starts_at, h.ends_at
  from asked_room join appointment_hold h on h.room_id = asked_room.id
  where h.starts_at < $3::timestamptz and h.ends_at > $2::timestamptz and h.expires_at > now() and h.id <> all($5::uuid[])`

/** Every source of taken time. */
export const BUSY_SOURCES: readonly string[] = [APPOINTMENTS_OF_DOCTORS, APPOINTMENTS_IN_ROOMS, HOLDS_OF_DOCTORS, HOLDS_IN_ROOMS]
