import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { BOOK, BookingClinic, CANCEL, CHANGE, MOVE, noonIn, plus, type Ask } from './booking-clinic.js'

/** `BOOKING_OPERATIONS=10000` for the long run. */
const OPERATIONS = Number(process.env['BOOKING_OPERATIONS'] ?? 1500)
const CLIENTS = 16
const [DOCTORS, PATIENTS, ROOMS] = [5, 14, 3]
/** Refusals that bookings at the same time may meet; anything else is a fault. */
const EXPECTED = new Set(['STALE_VERSION', 'INVALID_TRANSITION', 'CONFLICT', 'BAD_USER_INPUT'])

/** What must never be, in SQL that knows nothing of the code. Each gives the rows that break its rule. */
const NEVER: Readonly<Record<string, string>> = {
  'two of one doctor overlap, neither on purpose (RULES A1)': `
    select a.id from active a join active b on a.doctor_id = b.doctor_id and a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at
    where a.overbook_reason is null and b.overbook_reason is null`,
  'a normal one was placed over one that was overbooked (RULES A3)': `
    select n.id from active n join active o on n.doctor_id = o.doctor_id and n.id <> o.id and n.starts_at < o.ends_at and o.starts_at < n.ends_at
    where n.overbook_reason is null and o.overbook_reason is not null and n.taken > o.taken`,
  'two of one patient overlap, neither on purpose (RULES A2)': `
    select a.id from active a join active b on a.patient_id = b.patient_id and a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at
    where a.patient_overlap_reason is null and b.patient_overlap_reason is null`,
  'two in one room overlap (RULES A2)': `
    select a.id from active a join active b on a.room_id = b.room_id and a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at`,
  'the time that two of one doctor keep free around them is not free, neither placed on purpose (RULES A4, A5)': `
    select a.id from kept a join kept b on a.doctor_id = b.doctor_id and a.id < b.id and a.opens < b.closes and b.opens < a.closes
    where a.overbook_reason is null and b.overbook_reason is null`,
  'the time that is kept free in a room is not free (RULES A4, A5)': `
    select a.id from kept a join kept b on a.room_id = b.room_id and a.id < b.id and a.opens < b.closes and b.opens < a.closes`,
  'one lies outside of working hours and does not say why (RULES A4)': `
    select id from active where overbook_reason is null and doctor_id in (select doctor_id from weekly_schedule where starts_at = '13:00')
      and ((starts_at at time zone 'Europe/Berlin')::time < '13:00' or (ends_at at time zone 'Europe/Berlin')::time > '15:00')`,
  'one has another length, price or kept time than its service had (RULES A5)': `
    select a.id from appointment a join service s on s.id = a.service_id
    where a.ends_at - a.starts_at <> s.duration_minutes * interval '1 minute' or a.price_amount is distinct from s.price_amount
      or a.buffer_before_minutes <> s.buffer_before_minutes or a.buffer_after_minutes <> s.buffer_after_minutes`,
  'a moved one is not cancelled, or became two, or somebody else (RULES A7)': `
    select o.id from appointment o join appointment n on n.rescheduled_from_id = o.id
    where o.status <> 'CANCELLED' or o.patient_id <> n.patient_id or o.cancellation_reason is null
      or 1 < (select count(*) from appointment x where x.rescheduled_from_id = o.id)`,
  'the history does not lead to where it stands': `
    select a.id from appointment a
    where a.status is distinct from (select h."to" from appointment_status_change h where h.appointment_id = a.id order by h.id desc limit 1)
      or a.version <> (select count(*) from appointment_status_change h where h.appointment_id = a.id)`,
  'the history has a gap': `
    select * from (select h.*, lag(h."to") over (partition by appointment_id order by id) as before from appointment_status_change h) h
    where h."from" is distinct from h.before`,
  'the history has a step that is not in the table': `
    select id from appointment_status_change where "from" is not null and ("from", "to") not in (
      ('BOOKED', 'CONFIRMED'), ('BOOKED', 'ARRIVED'), ('BOOKED', 'CANCELLED'), ('BOOKED', 'ENTERED_IN_ERROR'), ('CONFIRMED', 'ARRIVED'),
      ('CONFIRMED', 'CANCELLED'), ('CONFIRMED', 'ENTERED_IN_ERROR'), ('ARRIVED', 'IN_PROGRESS'), ('ARRIVED', 'CANCELLED'),
      ('IN_PROGRESS', 'COMPLETED'), ('CANCELLED', 'BOOKED'), ('CANCELLED', 'ENTERED_IN_ERROR'))`,
  'one became a no-show by itself, or was called off without a reason (RULES A9)': `
    select id from appointment where status = 'NO_SHOW' or (status = 'CANCELLED' and cancellation_reason is null)`,
  'a write is not in the trail': `
    select h.id from appointment_status_change h
    where (select count(*) from appointment_status_change x where x.appointment_id = h.appointment_id)
      <> (select count(*) from audit_event e where e.entity = 'Appointment' and e.entity_id = h.appointment_id)
      + (select count(*) from audit_outbox o where o.event ->> 'entity_id' = h.appointment_id::text)`,
}

const ACTIVE = `with active as (
  select a.*, (select max(h.id::text) from appointment_status_change h where h.appointment_id = a.id and h."to" = 'BOOKED') as taken
  from appointment a where a.status in ('BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS')),
  kept as (select a.*, a.starts_at - a.buffer_before_minutes * interval '1 minute' as opens, a.ends_at + a.buffer_after_minutes * interval '1 minute' as closes
  from active a)`

/** The same numbers for one seed. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('after thousands of bookings, moves, cancellations and reopenings by many at once', () => {
  let clinic: BookingClinic
  const done: Record<string, number> = {}

  beforeAll(async () => {
    clinic = await BookingClinic.open()
    const doctors = Array.from({ length: DOCTORS }, () => clinic.doctor())
    const patients = Array.from({ length: PATIENTS }, () => clinic.patient())
    // One who works two hours a day only.
    const seldom = clinic.server.make.doctor()
    clinic.works(seldom, null, ['13:00', '15:00'])
    doctors.push(seldom)
    const services = [clinic.service({ durationMinutes: 20, bufferBeforeMinutes: 10, bufferAfterMinutes: 15 }), clinic.service()]
    const rooms = Array.from({ length: ROOMS }, () => clinic.server.make.room(clinic.location))
    await clinic.save()
    const known: { id: string; version: number }[] = []
    const owner = clinic.pair(Role.OWNER)
    let left = OPERATIONS
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(owner(index), random(index + 1))))

    async function client(ask: Ask, pick: (below: number) => number): Promise<void> {
      const of = <Item>(items: readonly Item[]): Item => items[pick(items.length)]!
      const startsAt = (): Date => plus(noonIn(7), pick(36) * 10 - 180)
      while (left > 0) {
        left -= 1
        const visit = known.length > 0 ? of(known.slice(-60)) : null
        const kind = visit ? pick(10) : 0
        const input = { id: visit?.id, version: visit?.version }
        const on = {
          patientId: of(patients).id,
          doctorId: of(doctors).id,
          startsAt: startsAt(),
          ...(pick(2) === 0 && { serviceId: of(services).id }),
        }
        const operation = (): ReturnType<Ask> => {
          if (kind < 3) return ask(BOOK, { input: { ...on, ...(pick(2) === 0 && { roomId: of(rooms).id }) } })
          if (kind === 3)
            return ask(BOOK, { input: { ...on, overbookReason: 'on purpose', ...(pick(2) === 0 && { patientOverlapReason: 'both' }) } })
          if (kind < 6)
            return ask(MOVE, {
              input: { ...input, startsAt: startsAt(), ...(pick(2) === 0 && { doctorId: of(doctors).id }), reason: 'moved' },
            })
          if (kind < 8) return ask(CANCEL, { input: { ...input, reason: 'gone' } })
          return ask(CHANGE, {
            input: { ...input, status: of(['BOOKED', 'BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS']), reason: 'back' },
          })
        }
        const { data, errors } = await operation()
        const answer = errors ? null : (Object.values(data ?? {})[0] as { __typename?: string; id?: string; version?: number })
        const name = errors ? String(errors[0]?.extensions['code']) : (answer?.__typename ?? 'changed')
        done[name] = (done[name] ?? 0) + 1
        if (answer?.id === undefined || answer.version === undefined) continue
        if (visit && answer.id === visit.id) visit.version = answer.version
        else known.push({ id: answer.id, version: answer.version })
      }
    }
  }, 900_000)
  afterAll(() => clinic.close())

  it('nothing but the stated outcomes was answered, and each of them was', () => {
    const unexpected = Object.keys(done).filter(
      (name) => !EXPECTED.has(name) && !['Appointment', 'SlotTaken', 'SlotUnavailable', 'changed'].includes(name),
    )
    expect({ unexpected, done }).toEqual({ unexpected: [], done })
    for (const name of ['Appointment', 'SlotTaken', 'SlotUnavailable', 'changed', 'INVALID_TRANSITION'])
      expect(done[name]).toBeGreaterThan(10)
  })

  it.each(Object.entries(NEVER))('never is it so that %s', async (_name, sql) => {
    expect(await clinic.server.sql(`${ACTIVE} ${sql}`)).toEqual([])
  })
})
