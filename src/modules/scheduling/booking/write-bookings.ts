import type { EntityManager } from '@mikro-orm/postgresql'
import { v7 as uuidv7 } from 'uuid'
import { AuditAction } from '../../../audit/event.js'
import type { IdempotentRequest } from '../../../database/idempotency.js'
import type { Transaction } from '../../../database/unit-of-work.js'
import { AppointmentStatus } from '../appointment-status.js'
import { changed } from './changed.js'
import type { VisitTerms } from './visit.js'

/** An appointment to be written. */
export interface Booking {
  readonly id: string
  readonly patientId: string
  readonly doctorId: string
  readonly locationId: string
  readonly roomId: string | null
  readonly startsAt: Date
  readonly endsAt: Date
  readonly terms: VisitTerms
  readonly reason: string | null
  readonly overbookReason: string | null
  readonly patientOverlapReason: string | null
  readonly seriesId: string | null
  readonly rescheduledFromId: string | null
}

/** What is written along with appointments. */
export interface BookedBy {
  readonly userId: string
  readonly now: Date
  /** Holds that are used up. */
  readonly holds: readonly string[]
  /** The request that is answered, and the id it is answered with. */
  readonly answers?: { readonly request: IdempotentRequest; readonly entityId: string } | null
}

const STATEMENT = `
  with rows as (
    select * from json_to_recordset(?::json) as r(
      id uuid, patient_id uuid, doctor_id uuid, location_id uuid, room_id uuid, starts_at timestamptz, ends_at timestamptz, reason text,
      overbook_reason text, patient_overlap_reason text, service_id uuid, buffer_before_minutes smallint, buffer_after_minutes smallint,
      price_amount numeric, price_currency text, series_id uuid, rescheduled_from_id uuid, step_id uuid)
  ), given as (
    select ?::uuid as user_id, ?::timestamptz as now, ?::uuid[] as holds, ?::uuid as key_id, ?::uuid as key_user_id, ?::text as operation,
      ?::text as key, ?::text as input_hash, ?::uuid as entity_id
  ), made as (
    insert into appointment (id, created_at, updated_at, patient_id, doctor_id, location_id, room_id, starts_at, ends_at, status, reason,
      overbook_reason, patient_overlap_reason, service_id, buffer_before_minutes, buffer_after_minutes, price_amount, price_currency,
      series_id, rescheduled_from_id, booked_by_id)
    select r.id, g.now, g.now, r.patient_id, r.doctor_id, r.location_id, r.room_id, r.starts_at, r.ends_at, 'BOOKED', r.reason,
      r.overbook_reason, r.patient_overlap_reason, r.service_id, r.buffer_before_minutes, r.buffer_after_minutes, r.price_amount,
      r.price_currency, r.series_id, r.rescheduled_from_id, g.user_id
    from rows r, given g
  ), told as (
    insert into appointment_status_change (id, created_at, updated_at, appointment_id, "to", at, by_id, reason)
    select r.step_id, g.now, g.now, r.id, 'BOOKED', g.now, g.user_id, coalesce(r.overbook_reason, r.patient_overlap_reason) from rows r, given g
  ), answered as (
    insert into idempotency_key (id, user_id, operation, key, input_hash, entity_id, created_at)
    select g.key_id, g.key_user_id, g.operation, g.key, g.input_hash, g.entity_id, g.now from given g where g.key_id is not null
  )
  delete from appointment_hold h using given g where h.id = any(g.holds)`

/**
 * Writes appointments, the first step of their history and what goes with them, in one statement: bookings stand in line for their
 * doctor, so each round trip counts for everybody behind.
 */
export async function writeBookings(transaction: Transaction, bookings: readonly Booking[], by: BookedBy): Promise<void> {
  const { em } = transaction
  const { request, entityId } = by.answers ?? {}
  await run(em, [
    JSON.stringify(bookings.map(rowOf)),
    by.userId,
    by.now,
    `{${by.holds.join(',')}}`,
    request ? uuidv7() : null,
    request?.userId ?? null,
    request?.operation ?? null,
    request?.key ?? null,
    request?.inputHash ?? null,
    entityId ?? null,
  ])
  for (const booking of bookings) {
    const overbooked = booking.overbookReason !== null
    const overlapping = booking.patientOverlapReason !== null
    const { rescheduledFromId } = booking
    const moved = rescheduledFromId !== null && { rescheduledFrom: rescheduledFromId }
    const facts = { ...(overbooked && { overbooked }), ...(overlapping && { overlapping }), ...moved }
    changed(transaction, { ...booking, status: AppointmentStatus.BOOKED }, { action: AuditAction.CREATE, facts })
  }
}

const run = (em: EntityManager, values: readonly unknown[]): Promise<unknown> => em.execute(STATEMENT, [...values])

function rowOf({ terms, ...booking }: Booking): Record<string, unknown> {
  return {
    id: booking.id,
    patient_id: booking.patientId,
    doctor_id: booking.doctorId,
    location_id: booking.locationId,
    room_id: booking.roomId,
    starts_at: booking.startsAt,
    ends_at: booking.endsAt,
    reason: booking.reason,
    overbook_reason: booking.overbookReason,
    patient_overlap_reason: booking.patientOverlapReason,
    service_id: terms.serviceId,
    buffer_before_minutes: terms.bufferBeforeMinutes,
    buffer_after_minutes: terms.bufferAfterMinutes,
    price_amount: terms.price?.amount ?? null,
    price_currency: terms.price?.currency ?? null,
    series_id: booking.seriesId,
    rescheduled_from_id: booking.rescheduledFromId,
    step_id: uuidv7(),
  }
}
