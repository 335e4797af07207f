import { afterAll, beforeAll, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { DAY } from '../../../src/clock.js'
import { WritePool } from '../../../src/database/write-pool.js'
import { sweep } from '../../../src/database/sweeps.js'
import { IDENTITY_SWEEPS } from '../../../src/modules/identity/housekeeping.js'
import { MovingClock } from '../../support/moving-clock.js'
import { TestServer } from '../../support/server.js'

const clock = new MovingClock()
let server: TestServer
let counters: WritePool

beforeAll(async () => {
  server = await TestServer.start({ clock: clock.now })
  counters = new WritePool({ connectionString: server.database.url, poolMax: 1, patienceMs: 5000 })
})
afterAll(async () => {
  await counters.close()
  await server.stop()
})

const counts = () =>
  server.sql(
    `select (select count(*)::int from session) as sessions, (select count(*)::int from refresh_token) as tokens,
     (select count(*)::int from one_time_token) as links, (select count(*)::int from sign_in_throttle) as counters`,
  )

it('what sessions, links and counters leave behind goes when it means nothing any more', async () => {
  await server.app.newSetUpToken()
  const user = await server.make.user(server.hasher, [Role.STAFF])
  await server.make.save()
  await server.signIn(user.username)
  await server.signIn(user.username, 'wrong')
  await sweep(counters, clock.now, IDENTITY_SWEEPS)
  expect(await counts()).toEqual([{ sessions: 1, tokens: 1, links: 1, counters: 2 }])
  clock.advance(9 * DAY)
  await sweep(counters, clock.now, IDENTITY_SWEEPS)
  expect(await counts()).toEqual([{ sessions: 1, tokens: 0, links: 0, counters: 0 }])
  clock.advance(100 * DAY)
  await sweep(counters, clock.now, IDENTITY_SWEEPS)
  expect(await counts()).toMatchObject([{ sessions: 0 }])
})
