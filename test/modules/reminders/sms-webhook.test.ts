import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { after, DAY, HOUR, MINUTE } from '../../../src/clock.js'
import { WritePool } from '../../../src/database/write-pool.js'
import { createLogger } from '../../../src/logging.js'
import { ReminderTable } from '../../../src/modules/reminders/reminder-table.js'
import { Reminders } from '../../../src/modules/reminders/reminders.js'
import { SmsWebhook } from '../../../src/modules/reminders/sms-webhook.js'
import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import { MovingClock } from '../../support/moving-clock.js'
import { TestServer } from '../../support/server.js'

interface Heard {
  readonly method: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

describe('text messages by a webhook', () => {
  let provider: Server
  let heard: Heard[]
  /** What the provider does, the last one again and again: a status, or no answer. */
  let answers: (number | 'silence' | 'redirect')[]

  beforeAll(async () => {
    provider = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += String(chunk)))
      request.on('end', () => {
        heard.push({ method: request.method, headers: request.headers, body })
        const next = answers.length > 1 ? answers.shift() : answers[0]
        if (next === 'silence') return
        if (next === 'redirect') response.writeHead(307, { location: '/elsewhere' }).end()
        else response.writeHead(next ?? 200).end('{"repeats": "+49 170 1"}')
      })
    })
    await new Promise<void>((resolve) => void provider.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    provider.closeAllConnections()
    provider.close()
  })
  beforeEach(() => {
    heard = []
    answers = [200]
  })

  const url = (): string => `http://127.0.0.1:${(provider.address() as AddressInfo).port}/send`
  const webhook = (timeoutMs?: number): SmsWebhook =>
    new SmsWebhook({ url: url(), secret: 'key-of-the-provider', ...(timeoutMs !== undefined && { timeoutMs }) })
  const message = { key: 'k', to: '+49 170 1', subject: 'not sent', text: 'Grüße' }

  it('are each a POST of JSON with the secret and a key', async () => {
    await webhook().send(message)
    expect(heard).toEqual([
      {
        method: 'POST',
        headers: expect.objectContaining({
          authorization: 'Bearer key-of-the-provider',
          'content-type': 'application/json',
          'idempotency-key': 'reminder-k',
        }),
        body: JSON.stringify({ id: 'reminder-k', to: '+49 170 1', text: 'Grüße' }),
      },
    ])
  })

  it('that are sent again have the same key', async () => {
    await webhook().send(message)
    await webhook().send(message)
    expect(heard.map(({ headers }) => headers['idempotency-key'])).toEqual(['reminder-k', 'reminder-k'])
  })

  it.each([400, 401, 409, 429, 500, 503])(
    'are not taken when the answer is %i, of which nothing but the status is told',
    async (status) => {
      answers = [status]
      const error: Error & { code?: string } = await webhook()
        .send(message)
        .then(
          () => new Error('was taken'),
          (reason: Error) => reason,
        )
      expect(error.code).toBe(`HTTP_${status}`)
      expect(JSON.stringify([error.message, error])).not.toContain('+49')
    },
  )

  it.each([201, 202, 204])('are taken when the answer is %i', async (status) => {
    answers = [status]
    await webhook().send(message)
    expect(heard).toHaveLength(1)
  })

  it('follow no redirect, which could lead the number and the secret anywhere', async () => {
    answers = ['redirect', 200]
    await expect(webhook().send(message)).rejects.toThrow()
    expect(heard).toHaveLength(1)
  })

  it('are given up when no answer comes in time', async () => {
    answers = ['silence']
    await expect(webhook(50).send(message)).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  describe('of reminders', () => {
    let server: TestServer
    let store: WritePool
    const clock = new MovingClock()

    beforeAll(async () => {
      server = await TestServer.start({ clock: clock.now })
      await server.accounts()
      await server.sql(`update clinic_setting set reminder_channels = '{SMS}'`)
      store = new WritePool({ connectionString: server.database.url, poolMax: 2, patienceMs: 5000 })
    }, 60_000)
    afterAll(async () => {
      await store.close()
      await server.stop()
    })
    afterEach(() => server.sql('delete from appointment'))

    it('are tried again by the job under the same key until they are taken, and not after that', async () => {
      const startsAt = after(clock.now(), HOUR)
      const patient = server.make.patient({ phone: '+49 170 1' })
      const visit = { startsAt, endsAt: after(startsAt, 20 * MINUTE), createdAt: after(startsAt, -10 * DAY) }
      const appointment = server.make.appointment({ ...visit, patient, status: AppointmentStatus.BOOKED })
      await server.make.save()
      const lines: string[] = []
      const logger = createLogger({ NODE_ENV: 'production', LOG_LEVEL: 'trace' }, { write: (line) => void lines.push(line) })
      const reminders = new Reminders({
        table: new ReminderTable(store, clock.now),
        senders: { EMAIL: { send: async () => undefined }, SMS: webhook() },
        clinic: 'Clinic',
        optOutOf: () => '',
        clock: clock.now,
        logger,
      })
      const run = (): Promise<void> => reminders.sendDue(new AbortController().signal)
      answers = [503, 500, 202]
      for (const minutes of [0, 2, 4, 8]) {
        clock.advance(minutes * MINUTE)
        await run()
      }
      expect(heard).toHaveLength(3)
      expect(new Set(heard.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
      expect(new Set(heard.map(({ body }) => body)).size).toBe(1)
      expect(await server.sql('select status, attempts from appointment_reminder where appointment_id = $1', [appointment.id])).toEqual([
        { status: 'SENT', attempts: 3 },
      ])
      expect(lines.map((line) => (JSON.parse(line) as { reason?: string }).reason)).toEqual(['HTTP_503', 'HTTP_500'])
      expect(lines.join('')).not.toContain('+49')
    })
  })
})
