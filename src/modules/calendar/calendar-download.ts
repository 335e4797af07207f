import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator'
import { STRANGER } from '../../access/actor.js'
import { AuditAction } from '../../audit/event.js'
import { eventRow } from '../../audit/event-row.js'
import type { AuditTrail } from '../../audit/trail.js'
import { addressLine, type Address } from '../../database/address.js'
import { after, DAY, MINUTE, type Clock } from '../../clock.js'
import type { ReadDatabase, Row, Statement } from '../../database/read-database.js'
import { WELL_FORMED_TOKEN } from '../identity/client-facts.js'
import { digestOf } from '../identity/keys.js'
import { throttleKey, type SignInThrottle, type ThrottleLimit } from '../identity/sign-in-throttle.js'

const FEED: Statement = {
  name: 'calendar_feed',
  text: `select f.id, f.doctor_id as "doctorId", d.full_name as "doctorName" from calendar_feed f join doctor d on d.id = f.doctor_id
    where f.token_hash = $1::text and f.revoked_at is null and d.active`,
}

/** Seven months of a doctor who sees somebody every quarter of an hour have fewer. */
const MOST_ENTRIES = 10_000

/** Whom an appointment is with the calendar does not say, nor why. Those that are off are left out, and so vanish from the phone. */
const APPOINTMENTS: Statement = {
  name: 'calendar_feed_appointments',
  text: `select a.id, a.starts_at as "startsAt", a.ends_at as "endsAt", a.status, a.version, a.created_at as "createdAt",
      greatest(a.updated_at, l.updated_at) as "changedAt", l.name as "location", r.name as "room", json_build_object('line', l.address_line,
        'postalCode', l.address_postal_code, 'city', l.address_city, 'region', l.address_region, 'country', l.address_country) as "address"
    from appointment a join location l on l.id = a.location_id left join room r on r.id = a.room_id
    where a.doctor_id = $1::uuid and a.starts_at >= $2::timestamptz and a.starts_at < $3::timestamptz
      and a.status not in ('CANCELLED', 'ENTERED_IN_ERROR')
    order by a.starts_at, a.id limit ${MOST_ENTRIES}`,
}

const PAST_MS = 30 * DAY
const FUTURE_MS = 180 * DAY
/** How often phones should come back. */
const REFRESH_SECONDS = 15 * 60

/** Whoever tries addresses has this many wrong ones: of 2^256, they will find none. */
const WRONG_ADDRESSES: ThrottleLimit = { attempts: 20, windowMs: 15 * MINUTE, blockMs: 15 * MINUTE, longestBlockMs: DAY }
/** Phones come every quarter of an hour; a doctor may have several, behind one address. */
const DOWNLOADS: ThrottleLimit = { attempts: 120, windowMs: 15 * MINUTE, blockMs: 15 * MINUTE, longestBlockMs: 15 * MINUTE }

/** What downloads stand on. */
export interface CalendarParts {
  readonly database: ReadDatabase
  readonly throttle: SignInThrottle
  readonly trail: AuditTrail
  readonly clock: Clock
  readonly clinic: string
}

/** Makes the calendar behind a secret address (RULES A13). */
export class CalendarDownloads {
  readonly #parts: CalendarParts

  constructor(parts: CalendarParts) {
    this.#parts = parts
  }

  /**
   * The calendar in iCalendar format (RFC 5545), once the download is in the trail; `null` for whatever stands against it.
   * @throws the driver's error when the database is away
   */
  async calendarOf(token: string, request: { readonly requestId: string; readonly remoteAddress: string }): Promise<string | null> {
    const { database, trail } = this.#parts
    const wrong = { key: throttleKey('calendar-from', request.remoteAddress), limit: WRONG_ADDRESSES }
    const { allowed } = await this.#parts.throttle.take(wrong)
    if (!allowed || !WELL_FORMED_TOKEN.test(token)) return null
    const [feed] = await database.run(FEED, [digestOf(token)])
    if (!feed) return null
    await this.#parts.throttle.giveBack(wrong.key)
    const often = await this.#parts.throttle.take({ key: throttleKey('calendar', feed['id'] as string), limit: DOWNLOADS })
    if (!often.allowed) return null
    const now = this.#parts.clock()
    const rows = await database.run(APPOINTMENTS, [feed['doctorId'], after(now, -PAST_MS), after(now, FUTURE_MS)])
    const note = {
      action: AuditAction.EXPORT,
      entity: 'CalendarFeed',
      entityId: feed['id'] as string,
      facts: { appointments: rows.length },
    }
    await trail.append([eventRow({ actor: STRANGER, request }, note)])
    return this.#write(feed, rows)
  }

  #write(feed: Row, rows: readonly Row[]): string {
    const { clinic } = this.#parts
    const calendar = ical({
      name: `${clinic}: ${feed['doctorName'] as string}`,
      method: ICalCalendarMethod.PUBLISH,
      prodId: { company: 'clinic', product: 'clinic', language: 'EN' },
      ttl: REFRESH_SECONDS,
    })
    for (const row of rows) {
      const status = row['status'] as string
      calendar.createEvent({
        // The same for ever, so that a change replaces the entry on the phone.
        id: `${row['id'] as string}@appointments.clinic`,
        sequence: row['version'] as number,
        // Instants in UTC: phones show them in the zone where they are, summer time included.
        start: new Date(row['startsAt'] as string),
        end: new Date(row['endsAt'] as string),
        // Not the time of the download, so that an unchanged calendar stays byte for byte the same.
        stamp: new Date(row['changedAt'] as string),
        created: new Date(row['createdAt'] as string),
        lastModified: new Date(row['changedAt'] as string),
        summary: `Appointment (${status.toLowerCase().replaceAll('_', ' ')})`,
        location: [row['room'], row['location'], addressLine(row['address'] as Address)].filter(Boolean).join(', '),
        status: status === 'REQUESTED' ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED,
      })
    }
    return calendar.toString()
  }
}
