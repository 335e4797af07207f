import { after, MINUTE, type Clock } from '../../clock.js'
import type { Address } from '../../database/address.js'
import type { WritePool } from '../../database/write-pool.js'
import { SkipReason } from './appointment-reminder.entity.js'
import type { ReminderChannel } from './reminder-channel.js'

/** The time that whoever has taken a reminder has for sending it: longer than any mail server is waited for. */
const LEASE_MS = 2 * MINUTE
/** After so many failures it is given up. */
const MOST_ATTEMPTS = 5

/**
 * Reminders that are due and not there yet. Of several that are due at once (after an outage) only the last one before the visit is worth
 * sending: each offset has the stretch down to the next smaller one. Whoever books after a reminder would have been sent gets none.
 */
const FIND_DUE = `
with band as (
  select hours, coalesce(lead(hours) over (order by hours desc), 0) as next, s.reminder_channels
  from clinic_setting s cross join unnest(s.reminder_hours) hours
)
insert into appointment_reminder (id, appointment_id, kind, offset_minutes, channel, starts_at, status, next_try_at)
select gen_random_uuid(), a.id, 'UPCOMING', b.hours * 60, c.channel, a.starts_at, 'PENDING', $1::timestamptz
from band b
join appointment a on a.starts_at > $1::timestamptz + make_interval(hours => b.next) and a.starts_at <= $1::timestamptz + make_interval(hours => b.hours)
cross join unnest(b.reminder_channels) c(channel)
where a.status in ('BOOKED', 'CONFIRMED') and a.created_at <= a.starts_at - make_interval(hours => b.hours)
  and not exists (select from appointment_reminder r where r.appointment_id = a.id and r.kind = 'UPCOMING'
    and r.offset_minutes = b.hours * 60 and r.channel = c.channel and r.starts_at = a.starts_at)
on conflict do nothing`

/** Those that wait, and those whose sender has not come back. */
const CLAIM = `
update appointment_reminder set status = 'SENDING', claim = $2::uuid, next_try_at = $3::timestamptz, attempts = attempts + 1, updated_at = $1::timestamptz
where id in (
  select id from appointment_reminder where status in ('PENDING', 'SENDING') and next_try_at <= $1::timestamptz
  order by next_try_at limit $4 for update skip locked
)
returning id`

/** What there is to know at the moment of sending; and a new lease, if it is still ours. */
const LOOK = `
update appointment_reminder r set next_try_at = $3::timestamptz
from appointment a
join patient p on p.id = a.patient_id
join location l on l.id = a.location_id
cross join clinic_setting s
where r.id = $1::uuid and r.claim = $2::uuid and r.status = 'SENDING' and a.id = r.appointment_id
returning r.id, r.channel, r.attempts, r.starts_at as "announcedAt", a.starts_at as "startsAt", a.status as "appointmentStatus",
  p.email, p.phone, p.language, p.deceased_at is not null as deceased, s.language as "clinicLanguage",
  l.name as "locationName", l.time_zone as "timeZone", l.phone as "locationPhone",
  json_build_object('line', l.address_line, 'postalCode', l.address_postal_code, 'city', l.address_city, 'region', l.address_region) as "locationAddress",
  coalesce((select o.wanted from reminder_preference o where o.patient_id = p.id and o.channel = r.channel order by o.id desc limit 1), true) as wanted`

const FINISH = `
update appointment_reminder set status = $3, sent_at = $4::timestamptz, skip_reason = $5, claim = null, next_try_at = $6::timestamptz, updated_at = $7::timestamptz
where id = $1::uuid and claim = $2::uuid and status = 'SENDING'`

/** A reminder and everything it depends on, at the moment of sending. */
export interface DueReminder {
  readonly id: string
  readonly channel: ReminderChannel
  readonly attempts: number
  /** The beginning that the reminder was made for, and the one the appointment has now. */
  readonly announcedAt: Date
  readonly startsAt: Date
  readonly appointmentStatus: string
  readonly email: string | null
  readonly phone: string | null
  readonly language: string | null
  readonly clinicLanguage: string
  readonly deceased: boolean
  readonly wanted: boolean
  readonly locationName: string
  readonly locationPhone: string | null
  /** Without the country, in which whoever comes is. */
  readonly locationAddress: Omit<Address, 'country'>
  readonly timeZone: string
}

/** The statements around one row of `appointment_reminder`; each is a transaction of its own, so that a crash leaves a state that says all. */
export class ReminderTable {
  readonly #store: WritePool
  readonly #clock: Clock

  constructor(store: WritePool, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Enters the reminders that have become due. */
  async findDue(): Promise<void> {
    await this.#store.run('reminder_find_due', FIND_DUE, [this.#clock()])
  }

  /** Takes some of those that wait, for a while. */
  async claim(claim: string, most: number): Promise<string[]> {
    const now = this.#clock()
    const rows = await this.#store.run<{ id: string }>('reminder_claim', CLAIM, [now, claim, after(now, LEASE_MS), most])
    return rows.map(({ id }) => id)
  }

  /** The reminder as it stands now, taken for a while longer; nothing when somebody else has it by now. */
  async look(claim: string, id: string): Promise<DueReminder | undefined> {
    const [row] = await this.#store.run<DueReminder>('reminder_look', LOOK, [id, claim, after(this.#clock(), LEASE_MS)])
    return row
  }

  sent(claim: string, id: string): Promise<unknown> {
    return this.#finish(claim, id, 'SENT', { sentAt: this.#clock() })
  }

  skipped(claim: string, id: string, reason: SkipReason): Promise<unknown> {
    return this.#finish(claim, id, 'SKIPPED', { reason })
  }

  /** It is tried again, after a pause that doubles, until it has been tried often enough. */
  failed(claim: string, { id, attempts }: Pick<DueReminder, 'id' | 'attempts'>): Promise<unknown> {
    if (attempts >= MOST_ATTEMPTS) return this.#finish(claim, id, 'FAILED', {})
    return this.#finish(claim, id, 'PENDING', { nextTryAt: after(this.#clock(), 2 ** attempts * MINUTE) })
  }

  #finish(claim: string, id: string, status: string, to: { sentAt?: Date; reason?: SkipReason; nextTryAt?: Date }): Promise<unknown> {
    const now = this.#clock()
    return this.#store.run('reminder_finish', FINISH, [id, claim, status, to.sentAt ?? null, to.reason ?? null, to.nextTryAt ?? now, now])
  }
}

const EXPECTED = new Set(['BOOKED', 'CONFIRMED'])

/** Where the reminder goes, or why it goes nowhere: decided at the moment of sending (RULES A12). */
export function destinationOf(due: DueReminder, now: Date): { to: string } | { skip: SkipReason } {
  if (!EXPECTED.has(due.appointmentStatus)) return { skip: SkipReason.NOT_BOOKED }
  if (due.startsAt.getTime() !== due.announcedAt.getTime()) return { skip: SkipReason.MOVED }
  if (due.startsAt <= now) return { skip: SkipReason.TOO_LATE }
  if (due.deceased) return { skip: SkipReason.DECEASED }
  if (!due.wanted) return { skip: SkipReason.OPTED_OUT }
  const to = (due.channel === 'EMAIL' ? due.email : due.phone)?.trim()
  return to ? { to } : { skip: SkipReason.NO_ADDRESS }
}
