import type { IdempotencyRow, IdempotentRequest } from '../../../database/idempotency.js'
import type { ReadDatabase, Statement } from '../../../database/read-database.js'
import { BadUserInputError, ClinicError, NotFoundError } from '../../../graphql/errors.js'
import { isUuid } from '../../../graphql/loaders/page.js'
import { SharedReads } from '../../../graphql/loaders/shared-reads.js'
import { hoursText, type FoundHours } from '../availability-rows.js'

/** What a booking takes over of its service, so that a later change of the service does not touch it (RULES A5). */
export interface VisitTerms {
  readonly serviceId: string | null
  readonly minutes: number
  readonly bufferBeforeMinutes: number
  readonly bufferAfterMinutes: number
  readonly price: { readonly amount: string; readonly currency: string } | null
}

/** What a request names. */
export interface NamedRows {
  readonly doctorId: string
  readonly patientId: string
  readonly serviceId?: string | null | undefined
  readonly roomId?: string | null | undefined
  readonly locationId?: string | null | undefined
}

/** The rows that a request names, as far as bookings look at them; `null` for those that are not there. */
export interface VisitFacts {
  readonly doctor: {
    readonly active: boolean
    readonly minutes: number
    readonly specialty: string | null
    readonly home: string | null
  } | null
  readonly patient: { readonly deceased: boolean } | null
  readonly service: (VisitTerms & { readonly active: boolean; readonly online: boolean; readonly specialty: string | null }) | null
  readonly room: { readonly active: boolean; readonly locationId: string } | null
  readonly location: { readonly active: boolean } | null
  readonly settings: { readonly maxOpenBookings: number }
  /** What the idempotency key has made before. */
  readonly answer: IdempotencyRow | null
  /** The doctor's hours around the time that was asked for; `null` when none was. */
  readonly hours: FoundHours | null
}

/**
 * Questions come as JSON, `asked`, and are answered one row each. They are unpacked twice, so that PostgreSQL estimates the same whatever
 * their number, and keeps its plan.
 */
const FACTS: Statement = {
  name: 'booking_facts',
  text: `select a.asked,
    (select json_build_object('active', d.active, 'minutes', d.default_appointment_minutes, 'specialty', d.specialty,
        'home', (select w.location_id from weekly_schedule w join location l on l.id = w.location_id
          where w.doctor_id = d.id and l.active order by w.valid_to desc nulls first, w.id limit 1))
      from doctor d where d.id = q.doctor_id) as doctor,
    (select json_build_object('deceased', p.deceased_at is not null) from patient p where p.id = q.patient_id) as patient,
    (select json_build_object('serviceId', s.id, 'minutes', s.duration_minutes, 'bufferBeforeMinutes', s.buffer_before_minutes,
        'bufferAfterMinutes', s.buffer_after_minutes, 'price', json_build_object('amount', s.price_amount::text, 'currency', s.price_currency),
        'active', s.active, 'online', s.online_bookable, 'specialty', s.specialty)
      from service s where s.id = q.service_id) as service,
    (select json_build_object('active', r.active and l.active, 'locationId', r.location_id)
      from room r join location l on l.id = r.location_id where r.id = q.room_id) as room,
    (select json_build_object('active', l.active) from location l where l.id = q.location_id) as location,
    (select json_build_object('maxOpenBookings', c.max_open_bookings) from clinic_setting c) as settings,
    (select json_build_object('entityId', k.entity_id, 'inputHash', k.input_hash) from idempotency_key k
      where k.user_id = q.user_id and k.operation = q.operation and k.key = q.key) as answer,
    case when q.at is not null then (${hoursText('q.doctor_id', 'q.at')}) end as hours
  from unnest(array(select unnest($1::text[]))) a(asked) cross join lateral jsonb_to_record(a.asked::jsonb) as q(
    doctor_id uuid, patient_id uuid, service_id uuid, room_id uuid, location_id uuid, user_id uuid, operation text, key text, at timestamptz)`,
}

type Answers = ReadonlyMap<string, VisitFacts>

/** What concurrent bookings ask is asked together: one statement costs more to begin than to answer. */
const factsOf = new WeakMap<ReadDatabase, SharedReads<Answers>>()

function sharedFacts(reads: ReadDatabase): SharedReads<Answers> {
  let shared = factsOf.get(reads)
  if (!shared) {
    shared = new SharedReads<Answers>(async (asked) => {
      const rows = await reads.run(FACTS, [asked])
      return new Map(rows.map((row) => [row['asked'] as string, row as unknown as VisitFacts]))
    })
    factsOf.set(reads, shared)
  }
  return shared
}

/**
 * Reads what a request names, in one statement. These rows hardly ever change, so that it is done before any lock is taken.
 * @param at when the visit would begin, to have the doctor's hours around it
 */
export async function readVisitFacts(
  reads: ReadDatabase,
  named: NamedRows,
  request: IdempotentRequest | null,
  at: Date | null = null,
): Promise<VisitFacts> {
  const id = (value: string | null | undefined): string | null => (value != null && isUuid(value) ? value : null)
  const asked = JSON.stringify({
    doctor_id: id(named.doctorId),
    patient_id: id(named.patientId),
    service_id: id(named.serviceId),
    room_id: id(named.roomId),
    location_id: id(named.locationId),
    user_id: request?.userId,
    operation: request?.operation,
    key: request?.key,
    at: at?.toISOString(),
  })
  const facts = (await sharedFacts(reads).read(asked)).get(asked)
  if (!facts) throw new Error('a question about a visit was not answered')
  return facts
}

/**
 * Checks that the rows are there and may be booked.
 *
 * @throws NotFoundError for one that is not there, ClinicError `CONFLICT` for a patient who has died, BadUserInputError for what is no
 *   longer in use or does not go together
 */
export function requireBookable(facts: VisitFacts, named: NamedRows): { readonly doctor: NonNullable<VisitFacts['doctor']> } {
  const { doctor, patient, service, room, location } = facts
  const missing = [service, room, location].some(
    (row, index) => row === null && [named.serviceId, named.roomId, named.locationId][index] != null,
  )
  if (!doctor || !patient || missing) throw new NotFoundError()
  if (patient.deceased) throw new ClinicError('CONFLICT', 'The patient has died.')
  const problems = [
    !doctor.active && { field: 'input.doctorId', message: 'no longer sees patients here' },
    service?.active === false && { field: 'input.serviceId', message: 'is no longer offered' },
    room?.active === false && { field: 'input.roomId', message: 'is no longer used' },
    location?.active === false && { field: 'input.locationId', message: 'is closed for good' },
    room &&
      named.locationId != null &&
      room.locationId !== named.locationId.toLowerCase() && { field: 'input.roomId', message: 'is at another location' },
  ].filter((problem) => problem !== false && problem !== null)
  if (problems.length > 0) throw new BadUserInputError(problems)
  return { doctor }
}
