/**
 * What a booking costs at least: a pool of node-pg clients, each with one prepared statement per table between `begin` and `commit`, in a
 * process of its own. It looks at nothing, asks nobody's rights and answers nobody. Told by a message what to do, it answers with one.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'

import type { Slot } from '../database/booking-days.ts'

/** What the process is told. */
export interface RawBookingsJob {
  readonly databaseUrl: string
  readonly connections: number
  readonly seconds: number
  readonly slots: readonly Slot[]
  readonly userId: string
}

/** What it answers. */
export interface RawBookingsResult {
  readonly bookings: number
  readonly seconds: number
}

const INSERTS: readonly { readonly name: string; readonly text: string }[] = [
  {
    name: 'visit',
    text: `insert into appointment (id, patient_id, doctor_id, location_id, starts_at, ends_at, status, reason, booked_by_id)
      values ($1, $2, $3, $4, $5, $5::timestamptz + interval '20 minutes', 'BOOKED', 'Check-up', $6)`,
  },
  {
    name: 'step',
    text: `insert into appointment_status_change (id, appointment_id, "to", at, by_id) values ($2, $1, 'BOOKED', now(), $3)`,
  },
  {
    name: 'key',
    text: `insert into idempotency_key (id, user_id, operation, key, input_hash, entity_id, created_at)
      values ($2, $3, 'bookAppointment', $2::uuid::text, repeat('0', 64), $1, now())`,
  },
  { name: 'event', text: `insert into audit_outbox (id, event) values ($1, $2)` },
]

process.once('message', (job: RawBookingsJob) => void book(job).then((result) => process.send?.(result, () => process.exit(0))))
process.once('disconnect', () => process.exit(0))

async function book({ databaseUrl, connections, seconds, slots, userId }: RawBookingsJob): Promise<RawBookingsResult> {
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new pg.Client({ connectionString: databaseUrl })
      await client.connect()
      return client
    }),
  )
  let next = 0
  let bookings = 0
  const begun = performance.now()
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() - begun < seconds * 1000) {
        const slot = slots[next++]
        if (slot === undefined) throw new Error('there are not enough slots')
        await client.query('begin')
        for (const { values, ...statement } of insertsOf(slot, userId)) await client.query({ ...statement, values: [...values] })
        await client.query('commit')
        bookings += 1
      }
    }),
  )
  const took = (performance.now() - begun) / 1000
  await Promise.all(clients.map((client) => client.end()))
  return { bookings, seconds: took }
}

function insertsOf({ patientId, doctorId, locationId, startsAt }: Slot, userId: string) {
  const id = randomUUID()
  const event = {
    action: 'CREATE',
    user_id: userId,
    roles: ['STAFF'],
    patient_ids: [patientId],
    entity: 'Appointment',
    entity_id: id,
    facts: { status: 'BOOKED' },
    request_id: randomUUID(),
    remote_address: '127.0.0.1',
  }
  const values = [
    [id, patientId, doctorId, locationId, startsAt, userId],
    [id, randomUUID(), userId],
    [id, randomUUID(), userId],
    [randomUUID(), JSON.stringify(event)],
  ]
  return INSERTS.map((statement, index) => ({ ...statement, values: values[index] ?? [] }))
}
