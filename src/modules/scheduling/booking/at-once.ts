import { v7 as uuidv7 } from 'uuid'
import { AuditAction } from '../../../audit/event.js'
import { outboxRow } from '../../../audit/outbox.js'
import { idempotencyLock } from '../../../database/idempotency.js'
import type { WriteContext } from '../../../database/unit-of-work.js'
import type { WritePool } from '../../../database/write-pool.js'
import { payloadsOf } from '../../../live/domain-event.js'
import { AppointmentStatus } from '../appointment-status.js'
import { changeOf } from './changed.js'
import type { Draft } from './draft.js'
import { locksOn } from './locks.js'
import type { TakeContext } from './take-time.js'

const NAME = 'book_visit'
/** See the migration that makes the function. */
const STATEMENT = `select book_visit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
  $24, $25) as booked`

/**
 * Books a visit that nothing stands in the way of, as nearly all of them are, in one statement that is a transaction of its own: bookings
 * stand in line for their doctor, and each round trip in line counts for everybody behind.
 *
 * @returns its id; `null`, and nothing is written, when something is in the way or the visit is none of the plain ones: then `findTime` and
 *   `writeBookings` find out what it is, in a transaction
 * @throws the driver's error when an exclusion constraint finds the time taken
 */
export async function bookAtOnce(pool: WritePool, context: WriteContext, draft: Draft, taking: TakeContext): Promise<string | null> {
  const { patientId, doctorId, locationId, roomId, startsAt, endsAt, terms, reason } = draft
  const { userId, now, request, mostOpenBookings, holdId } = taking
  const onPurpose = draft.overbookReason !== null || draft.patientOverlapReason !== null
  if (onPurpose || holdId != null || (taking.without?.length ?? 0) > 0) return null
  const id = uuidv7()
  const more = request ? [idempotencyLock(request)] : []
  const locks = locksOn({ doctorIds: [doctorId], patientId, roomIds: [roomId], more })
  const { note, event } = changeOf(
    { id, patientId, doctorId, locationId, status: AppointmentStatus.BOOKED },
    { action: AuditAction.CREATE },
  )
  const outbox = outboxRow(context, note)
  const [news] = payloadsOf([event])
  const [row] = await pool.run<{ booked: boolean }>(NAME, STATEMENT, [
    `{${locks.join(',')}}`,
    id,
    patientId,
    doctorId,
    locationId,
    roomId,
    startsAt.toISOString(),
    endsAt.toISOString(),
    reason,
    terms.serviceId,
    terms.bufferBeforeMinutes,
    terms.bufferAfterMinutes,
    terms.price?.amount ?? null,
    terms.price?.currency ?? null,
    userId,
    now.toISOString(),
    mostOpenBookings,
    uuidv7(),
    request ? uuidv7() : null,
    request?.operation ?? null,
    request?.key ?? null,
    request?.inputHash ?? null,
    outbox.id,
    outbox.event,
    news,
  ])
  return row?.booked === true ? id : null
}
