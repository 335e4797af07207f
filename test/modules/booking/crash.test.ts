import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { TrailTable } from '../../../src/audit/trail-table.js'
import { verifyTrail } from '../../../src/audit/verify.js'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/database/embedded.js'
import { migrateDatabase } from '../../../src/database/migrate.js'
import { WeeklySchedule } from '../../../src/modules/doctors/weekly-schedule.entity.js'
import { TestServer, type Answer } from '../../support/server.js'
import { BOOK, noonIn, plus, SERIES, type Ask } from './booking-clinic.js'

const WRITERS = 12
/** What happens to the database while they write: connections cut five times, PostgreSQL killed three times. */
const BLOWS = ['cut', 'cut', 'kill', 'cut', 'kill', 'cut', 'cut', 'kill'] as const
const BETWEEN_MS = 500
const VISITS_OF_A_SERIES = 6

/** A PostgreSQL of its own: the one that the other files share must not be killed. */
describe('bookings while the database is hit (SECURITY C6)', () => {
  let folder: string
  let postgres: EmbeddedPostgres
  let server: TestServer
  let clerk: Ask
  const restarts: boolean[] = []
  const refusals: Record<string, number> = {}
  /** What clients were told: the id of each booking, and the ids of each series. */
  const booked: string[] = []
  const series: string[][] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clinic-crash-'))
    await chmod(folder, 0o711)
    postgres = await startEmbeddedPostgres({
      dataDir: join(folder, 'data'),
      sharedDir: join(folder, 'shared'),
      onCrash: ({ restarted }) => void restarts.push(restarted),
    })
    const url = await postgres.createDatabase('crash')
    await migrateDatabase(url)
    server = await TestServer.start({ database: { url, drop: async () => undefined } })
    const { make, hasher } = server
    const location = make.location({ timeZone: 'UTC' })
    const account = await make.user(hasher, [Role.REGISTRATION_CLERK], { staff: make.staff() })
    const doctors = Array.from({ length: 4 }, () => make.doctor())
    const hours = { startsAt: '06:00', endsAt: '22:00', validFrom: '2020-01-01', location }
    for (const doctor of doctors)
      for (let weekday = 1; weekday <= 7; weekday += 1) make.em.create(WeeklySchedule, { ...hours, doctor, weekday } as never)
    const patients = Array.from({ length: WRITERS }, () => make.patient())
    await make.save()
    const token = await server.tokenOf(account)
    // Its connections would be cut as well, and nobody is there to make new ones.
    await make.close()
    clerk = (query, variables) => server.send(query, variables, token)
    const over = new AbortController()
    const writing = Promise.all(
      patients.map((patient, writer) => (writer === 0 ? writeSeries(patient.id, doctors[0]!.id) : write(writer, patient.id, doctors))),
    )
    for (const blow of BLOWS) {
      await sleep(BETWEEN_MS)
      if (blow === 'cut') await cut()
      else await kill()
    }
    await sleep(BETWEEN_MS)
    over.abort()
    await writing

    async function write(writer: number, patientId: string, of: readonly { readonly id: string }[]): Promise<void> {
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        const place = turn * WRITERS + writer
        const input = { patientId, doctorId: of[1 + (place % 3)]!.id, startsAt: timeAt(place), idempotencyKey: `writer-${writer}-${turn}` }
        const { bookAppointment } = await untilAnswered(BOOK, { input })
        expect(bookAppointment.__typename).toBe('Appointment')
        booked.push(bookAppointment.id)
      }
    }

    async function writeSeries(patientId: string, doctorId: string): Promise<void> {
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        const rule = { frequency: 'WEEKLY', count: VISITS_OF_A_SERIES }
        // Within one week, so that no two series meet.
        const startsAt = plus(noonIn(10 + Math.floor(turn / 48)), (turn % 48) * 20 - 360)
        const { bookAppointmentSeries } = await untilAnswered(SERIES, {
          input: { patientId, doctorId, startsAt, ...rule, idempotencyKey: `series-${turn}` },
        })
        expect(bookAppointmentSeries.conflicts).toEqual([])
        series.push(bookAppointmentSeries.appointments.map(({ id }: { id: string }) => id))
      }
    }
  }, 180_000)
  afterAll(async () => {
    await server?.app.close()
    await postgres?.destroy()
    await rm(folder, { recursive: true, force: true })
  })

  /** The place-th time of twenty minutes in days from six to ten. */
  function timeAt(place: number): Date {
    return plus(noonIn(100 + Math.floor(place / 48)), (place % 48) * 20 - 360)
  }

  /** Sends the same again for as long as nobody answers, as a client with a key does. */
  async function untilAnswered(query: string, variables: Record<string, unknown>): Promise<any> {
    for (;;) {
      const answer = await clerk(query, variables).catch((): Answer => ({ status: 0 }))
      if (answer.data && !answer.errors && Object.values(answer.data).every((value) => value !== null)) return answer.data
      for (const { extensions } of answer.errors ?? [{ extensions: { code: `no answer, status ${answer.status}` } }]) {
        const code = String(extensions['code'])
        refusals[code] = (refusals[code] ?? 0) + 1
      }
      await sleep(20)
    }
  }

  const cut = (): Promise<unknown> =>
    server.sql(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)

  async function kill(): Promise<void> {
    const before = restarts.length
    const file = join(folder, 'data', 'postgres', 'data', 'postmaster.pid')
    process.kill(Number.parseInt(await readFile(file, 'utf8'), 10), 'SIGKILL')
    while (restarts.length === before) await sleep(20)
  }

  it('are refused for the moment and for no other reason, and go on when it is back', () => {
    expect(restarts).toEqual([true, true, true])
    expect(Object.keys(refusals)).toEqual(['UNAVAILABLE'])
    expect(booked.length).toBeGreaterThan(WRITERS * BLOWS.length)
    expect(series.length).toBeGreaterThan(BLOWS.length)
  })

  it('are all there that were answered, and none twice', async () => {
    const rows = await server.sql('select id, series_id from appointment')
    expect(new Set(rows.flatMap((row) => (row['series_id'] === null ? [row['id']] : [])))).toEqual(new Set(booked))
    const keys = await server.sql('select entity_id from idempotency_key')
    expect(keys).toHaveLength(booked.length + series.length)
  })

  it('of a series are all there, or none (SECURITY C3)', async () => {
    const rows = await server.sql(
      'select array_agg(id::text order by starts_at) as ids from appointment where series_id is not null group by series_id',
    )
    expect(rows.map(({ ids }) => String(ids)).toSorted()).toEqual(series.map(String).toSorted())
    expect(
      await server.sql('select id from appointment_series s where not exists (select from appointment a where a.series_id = s.id)'),
    ).toEqual([])
  })

  it('are each in the history and in the trail, whose chain is right (SECURITY P2)', async () => {
    const missing = `select a.id from appointment a
      where 1 <> (select count(*) from appointment_status_change h where h.appointment_id = a.id)
        or 1 <> (select count(*) from audit_event e where e.entity = 'Appointment' and e.entity_id = a.id and e.action = 'CREATE')`
    expect(await server.sql(missing)).toEqual([])
    const { problem } = await TrailTable.open(server.database.url, (table) => verifyTrail(table))
    expect(problem).toBeNull()
  })
})
