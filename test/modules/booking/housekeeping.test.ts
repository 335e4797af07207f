import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { DAY, MINUTE, systemClock } from '../../../src/clock.js'
import { sweep } from '../../../src/database/sweeps.js'
import { WritePool } from '../../../src/database/write-pool.js'
import { BOOKING_SWEEPS } from '../../../src/modules/scheduling/housekeeping.js'
import { TestServer } from '../../support/server.js'

let server: TestServer
let pool: WritePool

beforeAll(async () => {
  server = await TestServer.start()
  pool = new WritePool({ connectionString: server.database.url, poolMax: 1, patienceMs: 1000 })
})
afterAll(async () => {
  await pool.close()
  await server.stop()
})

it('forgets holds that have ended and answers that are older than a week, and nothing else (SECURITY C4)', async () => {
  const { make } = server
  const doctor = make.doctor()
  const user = await make.user(server.hasher, [Role.STAFF], { staff: make.staff() })
  await make.save()
  const ago = (ms: number): Date => new Date(Date.now() - ms)
  for (const expiresAt of [ago(MINUTE), ago(-MINUTE)])
    await server.sql(
      `insert into appointment_hold (id, doctor_id, user_id, starts_at, ends_at, expires_at) values ($1, $2, $3, $4, $4::timestamptz + interval '1 hour', $5)`,
      [randomUUID(), doctor.id, user.id, ago(-DAY), expiresAt],
    )
  for (const [key, at] of [
    ['old', ago(8 * DAY)],
    ['young', ago(6 * DAY)],
  ])
    await server.sql(
      `insert into idempotency_key (id, user_id, operation, key, input_hash, entity_id, created_at) values ($1, $2, 'bookAppointment', $3, repeat('0', 64), $1, $4)`,
      [randomUUID(), user.id, key, at],
    )
  // More than one statement removes: a large clinic makes thousands in an hour.
  await server.sql(
    `insert into idempotency_key (id, user_id, operation, key, input_hash, entity_id, created_at)
     select gen_random_uuid(), $1, 'bookAppointment', n::text, repeat('0', 64), gen_random_uuid(), $2 from generate_series(1, 2500) n`,
    [user.id, ago(9 * DAY)],
  )
  await sweep(pool, systemClock, BOOKING_SWEEPS)
  expect(await server.sql('select key from idempotency_key')).toEqual([{ key: 'young' }])
  expect(await server.sql('select expires_at > now() as alive from appointment_hold')).toEqual([{ alive: true }])
})
