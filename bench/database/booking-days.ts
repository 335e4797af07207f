import type pg from 'pg'

/** A time that nobody has: who could be booked when, with whom and where. */
export interface Slot {
  readonly patientId: string
  readonly doctorId: string
  readonly locationId: string
  /** RFC 3339. */
  readonly startsAt: string
}

const DOCTORS = 200
const DAY = 86_400_000
/** Later than anything generated, and near enough to be booked. */
const FIRST_DAY = 400
/** From 6 to 20 o'clock, every 20 minutes: a visit without a service takes as long. */
const STEP_MINUTES = 20
const STEPS = 42
const OPENING_HOUR = 6

/** Adds a location with doctors who work there on every day, once, and gives back an endless row of times, no two of which overlap for anybody. */
export async function bookingDays(client: pg.Client): Promise<() => Slot> {
  await client.query(
    `with house as (insert into location (id, name, time_zone) select gen_random_uuid(), 'Bench house', 'UTC'
            where not exists (select from location where name = 'Bench house') returning id),
          people as (insert into doctor (id, full_name, default_appointment_minutes) select gen_random_uuid(), 'Dr. Book ' || n, ${STEP_MINUTES}
            from house, generate_series(1, ${DOCTORS}) n returning id)
     insert into weekly_schedule (id, doctor_id, location_id, weekday, starts_at, ends_at, valid_from)
     select gen_random_uuid(), people.id, house.id, weekday, '06:00', '20:00', '2020-01-01' from people, house, generate_series(1, 7) weekday`,
  )
  await client.query('vacuum (analyze) doctor, weekly_schedule, location')
  const { rows: doctors } = await client.query<{ doctorId: string; locationId: string }>(
    `select distinct d.id as "doctorId", w.location_id as "locationId" from doctor d join weekly_schedule w on w.doctor_id = d.id where d.full_name like 'Dr. Book %' order by 1`,
  )
  // More than doctors, so that nobody is with two of them at a time.
  const { rows: patients } = await client.query<{ id: string }>(
    `select id from patient where merged_into_id is null and deceased_at is null order by id limit 5000`,
  )
  const first = Math.ceil(Date.now() / DAY) + FIRST_DAY
  let taken = 0
  return () => {
    const turn = Math.floor(taken / doctors.length)
    const doctor = doctors[taken % doctors.length]
    const patient = patients[taken % patients.length]
    taken += 1
    if (doctor === undefined || patient === undefined || patients.length < doctors.length)
      throw new Error('the clinic is too small to be booked')
    const minutes = OPENING_HOUR * 60 + (turn % STEPS) * STEP_MINUTES
    const startsAt = new Date((first + Math.floor(turn / STEPS)) * DAY + minutes * 60_000).toISOString()
    return { ...doctor, patientId: patient.id, startsAt }
  }
}
