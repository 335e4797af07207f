import autocannon from 'autocannon'
import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { signIn, startClinicServer } from '../contenders/clinic.ts'
import { graphqlQuestion, type Headers } from '../contenders/question.ts'
import { addPerson } from '../database/accounts.ts'
import { bookingDays, type Slot } from '../database/booking-days.ts'
import { processorTime } from '../measure/processes.ts'
import type { RawBookingsJob, RawBookingsResult } from '../peers/raw-bookings.ts'
import { median } from '../report/summary.ts'
import { markdownTable, number } from '../report/tables.ts'
import { POOL_MAX, WARM_UP_SECONDS, type Scenario } from './scenario.ts'

const BOOK = `mutation Book($input: BookAppointmentInput!) {
  bookAppointment(input: $input) { __typename ... on Appointment { id status startsAt } }
}`
const BOOKED = '"__typename":"Appointment"'
/** Nobody books faster than that. */
const MOST_PER_SECOND = 6_000

interface Round {
  readonly raw: number
  readonly server: number
  /** Processor time of the server per booking. */
  readonly nodeMs: number
  readonly databaseMs: number
}

/** Whole bookings, with every rule and the audit, against the bare inserts that they end in. */
export const bookings: Scenario = {
  name: 'bookings',
  title: 'bookings against their bare inserts',
  run: async ({ project, options, signal, clinic, say }) => {
    const { url: databaseUrl, account, client, processes } = await clinic()
    const person = await addPerson(client, account, 'STAFF')
    const { rows } = await client.query<{ id: string }>('select id from user_account where username = $1', [person.username])
    const userId = rows[0]?.id ?? ''
    const next = await bookingDays(client)
    await using server = await startClinicServer({ project, databaseUrl, account, poolMax: POOL_MAX })
    const { connections } = options
    const raw = async (seconds: number): Promise<number> => {
      const slots = Array.from({ length: seconds * MOST_PER_SECOND }, next)
      const result = await rawBookings({ databaseUrl, connections, seconds, slots, userId }, signal)
      // Nobody takes these events into the trail: they must not be waiting when the server writes its own.
      await client.query('delete from audit_outbox')
      await client.query('vacuum (analyze) audit_outbox')
      return result.bookings / result.seconds
    }
    const ours = async (seconds: number): Promise<{ perSecond: number; bookings: number }> => {
      const headers = await signIn(server, person)
      return serverBookings({ url: server.url, headers, connections, seconds, next, signal })
    }
    await raw(1)
    await ours(WARM_UP_SECONDS)

    const rounds: Round[] = []
    for (let round = 1; round <= options.rounds; round += 1) {
      const rawPerSecond = await raw(options.seconds)
      const before = [await processorTime(server.pid), await processes.processorTime()]
      const { perSecond, bookings: made } = await ours(options.seconds)
      const after = [await processorTime(server.pid), await processes.processorTime()]
      const each = (which: number): number => ((after[which] ?? Number.NaN) - (before[which] ?? Number.NaN)) / made
      rounds.push({ raw: rawPerSecond, server: perSecond, nodeMs: each(0), databaseMs: each(1) })
      say(`bookings ${round}  bare inserts ${rawPerSecond.toFixed(0)}/s  this server ${perSecond.toFixed(0)}/s`)
    }
    return report(rounds, connections)
  },
}

async function rawBookings(job: RawBookingsJob, signal: AbortSignal): Promise<RawBookingsResult> {
  signal.throwIfAborted()
  const child = fork(fileURLToPath(new URL('../peers/raw-bookings.ts', import.meta.url)), { env: {} })
  try {
    child.send(job)
    const ended = once(child, 'exit').then(() => {
      throw new Error('the bare inserts failed')
    })
    const [result] = (await Promise.race([once(child, 'message', { signal }), ended])) as [RawBookingsResult]
    return result
  } finally {
    child.kill()
  }
}

interface ServerBookings {
  readonly url: string
  readonly headers: Headers
  readonly connections: number
  readonly seconds: number
  readonly next: () => Slot
  readonly signal: AbortSignal
}

/** @throws Error when anything was answered but an appointment */
async function serverBookings({ url, headers, connections, seconds, next, signal }: ServerBookings) {
  signal.throwIfAborted()
  let made = 0
  const others = new Set<string>()
  let stop = (): void => undefined
  const options: autocannon.Options = {
    url,
    connections,
    duration: seconds,
    requests: [
      {
        // Every time is asked for once: a request is made when it is its turn.
        setupRequest: (request) => {
          const { patientId, doctorId, startsAt } = next()
          const input = { patientId, doctorId, startsAt, reason: 'Check-up', idempotencyKey: randomUUID() }
          const [call] = graphqlQuestion(BOOK, { input }, headers).calls
          return { ...request, ...call }
        },
        onResponse: (_status, body) => {
          if (body.includes(BOOKED)) made += 1
          else others.add(body.slice(0, 300))
        },
      },
    ],
  }
  const finished = new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(options, (error: Error | null, done) => (error === null ? resolve(done) : reject(error)))
    stop = () => run.stop()
  })
  signal.addEventListener('abort', stop)
  const { duration, errors, timeouts } = await finished.finally(() => signal.removeEventListener('abort', stop))
  signal.throwIfAborted()
  if (others.size > 0 || errors + timeouts > 0) throw new Error(`not everybody got an appointment: ${[...others].slice(0, 3).join(' | ')}`)
  return { perSecond: made / duration, bookings: made }
}

function report(rounds: readonly Round[], connections: number) {
  const of = (figure: keyof Round): number => median(rounds.map((round) => round[figure])) ?? Number.NaN
  const ratio = median(rounds.map(({ raw, server }) => server / raw)) ?? Number.NaN
  const table = [
    ['', 'bookings/s', 'server ms', 'database ms'],
    ['begin, four inserts, commit (node-pg)', number(of('raw'), 0), '', ''],
    ['bookAppointment', number(of('server'), 0), number(of('nodeMs'), 2), number(of('databaseMs'), 2)],
  ]
  return {
    text: `${markdownTable(table)}\n\n${ratio.toFixed(2)} × the bare inserts, with ${connections} clients each. Both write the appointment, the first step of its history, the idempotency key and the event; ms are processor time per booking. Medians of ${rounds.length} rounds.`,
    figures: { 'bookings/s, × their bare inserts': ratio },
  }
}
