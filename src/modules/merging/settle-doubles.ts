import { ref } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Transaction } from '../../database/unit-of-work.js'
import { User } from '../identity/user.entity.js'
import { QueueEntryChange } from '../queue/queue-entry-change.entity.js'
import { QueueEntry } from '../queue/queue-entry.entity.js'
import { OPEN_QUEUE_STATUSES, QUEUE_TRANSITIONS, QueueStatus } from '../queue/queue-status.js'
import { WaitlistEntryChange } from '../waitlist/waitlist-entry-change.entity.js'
import { WaitlistEntry } from '../waitlist/waitlist-entry.entity.js'
import { WaitlistStatus } from '../waitlist/waitlist-status.js'
import { logged, type Pair } from './merge-work.js'

/** Who merges or takes it back, and when. */
export interface Settling {
  readonly mergeId: string
  readonly pair: Pair
  readonly userId: string
  readonly at: Date
}

const REASON = 'Two records of one person were merged'
const REASON_BACK = 'The merge was undone'

const OPEN_PLACES = OPEN_QUEUE_STATUSES.map((status) => `'${status}'`).join(', ')

/** The further somebody has come, the first: nobody is taken out of the room they sit in. Of equals, the place of who came earlier. */
const STAYS_IN_QUEUE = `case %.status when 'IN_SERVICE' then 0 when 'CALLED' then 1 when 'WAITING' then 2 else 3 end, %.arrived_at, %.id`

/** Who has an offer that can still be answered, then who has waited longest. */
const STAYS_ON_WAITLIST = `case %.status when 'OFFERED' then 0 else 1 end, %.waiting_since, %.id`

const before = (order: string): string => `(${order.replaceAll('%', 'l')}) < (${order.replaceAll('%', 'w')})`

/** Of two entries, which one stays and which one ends. */
interface Double {
  readonly stays: string
  readonly ends: string
  readonly status: string
  readonly locationId: string
}

/**
 * Of two places in the queue of one day, and of two entries of the waitlist for the same, one stays and the other one ends (RULES A10, A11):
 * both are one person's. What the one that ends knew and the other did not (its visit, how urgent it is) goes to the one that stays. All of
 * it stands in the log of the merge, so that undoing it gives back both.
 *
 * @returns how many have ended
 */
export async function settleDoubles(transaction: Transaction, settling: Settling): Promise<number> {
  return (await settleQueue(transaction, settling)) + (await settleWaitlist(transaction, settling))
}

async function settleQueue({ em, audit, emit }: Transaction, { mergeId, pair, userId, at }: Settling): Promise<number> {
  const patients = [pair.winnerId, pair.loserId]
  // Before anything is decided, so that nobody is called meanwhile.
  await em.execute(`select id from queue_entry where patient_id in (?, ?) and status in (${OPEN_PLACES}) order by id for update`, patients)
  const doubles = await em.execute<Double[]>(
    `select case when f.first then l.id else w.id end as stays, case when f.first then w.id else l.id end as ends,
       case when f.first then w.status else l.status end as status, l.location_id as "locationId"
     from queue_entry w join queue_entry l on l.location_id = w.location_id and l.day = w.day
       cross join lateral (select ${before(STAYS_IN_QUEUE)} as first) f
     where w.patient_id = ? and l.patient_id = ? and w.status in (${OPEN_PLACES}) and l.status in (${OPEN_PLACES})`,
    patients,
  )
  for (const { stays, ends, status, locationId } of doubles) {
    const from = status as QueueStatus
    // Who was passed over waits nowhere.
    const to = QUEUE_TRANSITIONS[from].includes(QueueStatus.TRANSFERRED) ? QueueStatus.TRANSFERRED : QueueStatus.LEFT
    const ofTheOther = [stays, ends]
    await logged(em, mergeId, { table: 'queue_entry', id: stays, columns: ['appointment_id', 'doctor_id'] }, () =>
      em.execute(
        `update queue_entry k set appointment_id = o.appointment_id, doctor_id = coalesce(k.doctor_id, o.doctor_id) from queue_entry o
         where k.id = ? and o.id = ? and k.appointment_id is null and k.status <> 'IN_SERVICE' and o.appointment_id is not null
           and (k.doctor_id is null or k.doctor_id = o.doctor_id)`,
        ofTheOther,
      ),
    )
    await logged(em, mergeId, { table: 'queue_entry', id: stays, columns: ['priority'] }, () =>
      em.execute(
        'update queue_entry k set priority = o.priority from queue_entry o where k.id = ? and o.id = ? and o.rank < k.rank',
        ofTheOther,
      ),
    )
    await logged(em, mergeId, { table: 'queue_entry', id: ends, columns: ['status', 'ended_at'] }, () =>
      em.execute('update queue_entry set status = ?, ended_at = ? where id = ?', [to, at, ends]),
    )
    const step = new QueueEntryChange()
    const by = ref(em.getReference(User, userId))
    Object.assign(step, { entry: ref(em.getReference(QueueEntry, ends)), from, to, at, by, reason: REASON, before: null })
    em.persist(step)
    audit({
      action: AuditAction.UPDATE,
      entity: 'QueueEntry',
      entityId: ends,
      patientIds: patients,
      sections: ['status'],
      facts: { from, status: to },
    })
    for (const id of [stays, ends]) emit({ kind: 'queue', id, locationId })
  }
  return doubles.length
}

async function settleWaitlist({ em, audit, emit }: Transaction, { mergeId, pair, userId, at }: Settling): Promise<number> {
  const patients = [pair.winnerId, pair.loserId]
  // An offer is locked before its entry, everywhere.
  await em.execute(
    `select o.id from waitlist_offer o join waitlist_entry e on e.id = o.entry_id
     where e.patient_id in (?, ?) and o.state = 'OPEN' order by o.id for update of o`,
    patients,
  )
  await em.execute(
    `select id from waitlist_entry where patient_id in (?, ?) and status in ('WAITING', 'OFFERED') order by id for update`,
    patients,
  )
  const doubles = await em.execute<Omit<Double, 'locationId' | 'status'>[]>(
    `select case when f.first then l.id else w.id end as stays, case when f.first then w.id else l.id end as ends
     from waitlist_entry w join waitlist_entry l on l.doctor_id is not distinct from w.doctor_id and l.service_id is not distinct from w.service_id
         and l.location_id is not distinct from w.location_id and l.specialty is not distinct from w.specialty
       cross join lateral (select ${before(STAYS_ON_WAITLIST)} as first) f
     where w.patient_id = ? and l.patient_id = ? and w.status in ('WAITING', 'OFFERED') and l.status in ('WAITING', 'OFFERED')
       and 'WAITING' in (w.status, l.status)`,
    patients,
  )
  for (const { stays, ends } of doubles) {
    await logged(em, mergeId, { table: 'waitlist_entry', id: stays, columns: ['priority', 'waiting_since'] }, () =>
      em.execute(
        `update waitlist_entry k set priority = case when o.rank < k.rank then o.priority else k.priority end,
           waiting_since = least(k.waiting_since, o.waiting_since)
         from waitlist_entry o where k.id = ? and o.id = ?`,
        [stays, ends],
      ),
    )
    await logged(em, mergeId, { table: 'waitlist_entry', id: ends, columns: ['status'] }, () =>
      em.execute("update waitlist_entry set status = 'CANCELLED' where id = ?", [ends]),
    )
    const step = new WaitlistEntryChange()
    const [from, to] = [WaitlistStatus.WAITING, WaitlistStatus.CANCELLED]
    const by = ref(em.getReference(User, userId))
    Object.assign(step, { entry: ref(em.getReference(WaitlistEntry, ends)), from, to, at, by, reason: REASON })
    em.persist(step)
    audit({
      action: AuditAction.UPDATE,
      entity: 'WaitlistEntry',
      entityId: ends,
      patientIds: patients,
      sections: ['status'],
      facts: { from, status: to },
    })
    for (const id of [stays, ends]) emit({ kind: 'waitlist', id })
  }
  return doubles.length
}

/** Writes into the histories that those whose entries a merge had ended stand again where they stood: after `giveBack`. */
export async function noteGivenBack({ em, audit, emit }: Transaction, { mergeId, pair, userId, at }: Settling): Promise<void> {
  const given = await em.execute<{ table: string; id: string; from: string; to: string; locationId: string }[]>(
    `select r.table_name as "table", r.row_id as id, r.new_value as "from", r.old_value as "to", coalesce(q.location_id, e.location_id) as "locationId"
     from patient_merge_row r
       left join queue_entry q on r.table_name = 'queue_entry' and q.id = r.row_id
       left join waitlist_entry e on r.table_name = 'waitlist_entry' and e.id = r.row_id
     where r.merge_id = ? and r.column_name = 'status' and coalesce(q.status, e.status) = r.old_value order by r.row_id`,
    [mergeId],
  )
  for (const { table, id, from, to, locationId } of given) {
    const queue = table === 'queue_entry'
    const common = { from, to, at, by: ref(em.getReference(User, userId)), reason: REASON_BACK }
    const step = queue
      ? Object.assign(new QueueEntryChange(), common, { entry: ref(em.getReference(QueueEntry, id)), undo: true, before: null })
      : Object.assign(new WaitlistEntryChange(), common, { entry: ref(em.getReference(WaitlistEntry, id)) })
    em.persist(step)
    audit({
      action: AuditAction.UPDATE,
      entity: queue ? 'QueueEntry' : 'WaitlistEntry',
      entityId: id,
      patientIds: [pair.winnerId, pair.loserId],
      sections: ['status'],
      facts: { from, status: to, undo: true },
    })
    emit(queue ? { kind: 'queue', id, locationId } : { kind: 'waitlist', id })
  }
}
