import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../../src/access/roles.js'
import { after, DAY, HOUR, MINUTE } from '../../../src/clock.js'
import { WritePool } from '../../../src/database/write-pool.js'
import { Mailer } from '../../../src/mail/mailer.js'
import { IdentityKeys } from '../../../src/modules/identity/keys.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { ReminderOptOuts } from '../../../src/modules/reminders/opt-out.js'
import { EmailSender } from '../../../src/modules/reminders/reminder-senders.js'
import { ReminderTable } from '../../../src/modules/reminders/reminder-table.js'
import { Reminders } from '../../../src/modules/reminders/reminders.js'
import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import type { Appointment } from '../../../src/modules/scheduling/appointment.entity.js'
import { MovingClock } from '../../support/moving-clock.js'
import { TestServer } from '../../support/server.js'

const BASE = 'https://clinic.test'
const PATH = '/reminders/opt-out/'

describe('the link in a reminder by which whoever gets it wants no more (RFC 8058)', () => {
  const clock = new MovingClock()
  let server: TestServer
  let accounts: Record<Role, User>
  let store: WritePool
  let links: ReminderOptOuts

  beforeAll(async () => {
    server = await TestServer.start({ clock: clock.now, settings: { PUBLIC_URL: BASE } })
    accounts = await server.accounts()
    store = new WritePool({ connectionString: server.database.url, poolMax: 4, patienceMs: 5000 })
    links = linksOf(server.env.PASSWORD_PEPPER)
  })
  afterAll(async () => {
    await store.close()
    await server.stop()
  })

  const linksOf = (pepper: string): ReminderOptOuts =>
    new ReminderOptOuts({ keys: new IdentityKeys(pepper), work: undefined as never, clock: clock.now, base: () => BASE })

  /** Sends what is due as mail; the letters. */
  async function lettersSent(base = BASE): Promise<string[]> {
    const dataDir = mkdtempSync(join(tmpdir(), 'clinic-opt-out-'))
    const logger = pino({ level: 'silent' })
    const mailer = new Mailer({ url: undefined, from: 'Clinic <a@b.test>', mailbox: join(dataDir, 'mail'), dataDir, logger })
    const keys: string[] = []
    const email = new EmailSender(mailer)
    const reminders = new Reminders({
      table: new ReminderTable(store, clock.now),
      senders: {
        EMAIL: {
          send: async (message) => {
            keys.push(message.key)
            await email.send(message)
          },
        },
        SMS: { send: async () => undefined },
      },
      clinic: 'Clinic',
      optOutOf: (id) => links.linkOf(id).replace(BASE, base),
      clock: clock.now,
      logger,
    })
    await reminders.sendDue(new AbortController().signal)
    const letters = keys.map((key) => readFileSync(join(dataDir, 'mail', `reminder-${key}.eml`), 'utf8'))
    rmSync(dataDir, { recursive: true })
    return letters
  }

  async function due(data: Parameters<TestServer['make']['appointment']>[0] = {}): Promise<Appointment> {
    const startsAt = (data.startsAt as Date | undefined) ?? after(clock.now(), HOUR)
    const patient = server.make.patient({ email: 'someone@example.test', firstName: 'Canaria' })
    const visit = {
      startsAt,
      endsAt: after(startsAt, 20 * MINUTE),
      createdAt: after(startsAt, -10 * DAY),
      status: AppointmentStatus.BOOKED,
    }
    const appointment = server.make.appointment({ ...visit, patient, ...data })
    await server.make.save()
    return appointment
  }

  /** The token of a reminder that was sent for a new appointment. */
  async function reminded(): Promise<{ appointment: Appointment; token: string }> {
    const appointment = await due()
    await lettersSent()
    const [row] = await server.sql('select id from appointment_reminder where appointment_id = $1', [appointment.id])
    return { appointment, token: links.linkOf(row?.['id'] as string).slice((BASE + PATH).length) }
  }

  const ask = (token: string, method = 'GET', more: RequestInit = {}): Promise<Response> =>
    fetch(`${server.app.url}${PATH}${token}`, { method, ...more })
  const ONE_CLICK = { body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }
  const preferences = (patientId: string): Promise<Record<string, unknown>[]> =>
    server.sql('select channel, wanted, set_by_id as by from reminder_preference where patient_id = $1 order by id', [patientId])
  const OFF = [{ channel: 'EMAIL', wanted: false, by: null }]

  it('stands in the letter and, whole and for programs, in its head', async () => {
    await due()
    const [letter = ''] = await lettersSent()
    const head = letter.slice(0, letter.indexOf('\n\n'))
    const [, url = ''] = /^List-Unsubscribe: <(\S+)>$/m.exec(head) ?? []
    expect(url).toMatch(new RegExp(`^${BASE}${PATH}[\\w-]{70}$`))
    expect(head).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m)
    expect(letter.slice(head.length).replaceAll('=\n', '')).toContain(url)
  })

  it('promises one step only where there is https', async () => {
    await due()
    const [letter = ''] = await lettersSent('http://clinic.test')
    expect(letter).toMatch(/^List-Unsubscribe: <http:/m)
    expect(letter).not.toContain('List-Unsubscribe-Post')
  })

  it('leads to a page with a button and nothing of anybody, which changes nothing', async () => {
    const { appointment, token } = await reminded()
    for (const method of ['GET', 'HEAD']) expect((await ask(token, method)).status).toBe(200)
    const page = await (await ask(token)).text()
    expect(page).toContain('<form method="post"><button>')
    const patient = appointment.patient.getEntity()
    for (const secret of ['Canaria', patient.lastName, patient.mrn, patient.id, 'someone@example.test', token])
      expect(page).not.toContain(secret)
    expect(await preferences(patient.id)).toEqual([])
  })

  it('speaks the language of the browser', async () => {
    const { token } = await reminded()
    const page = async (language: string): Promise<string> => (await ask(token, 'GET', { headers: { 'accept-language': language } })).text()
    expect(await page('de-AT,en;q=0.5')).toContain('<button>Nicht mehr erinnern</button>')
    expect(await page('xx')).toContain('<button>No more reminders</button>')
  })

  it('runs nothing, is in no frame, no cache, and sends its form to where it is alone', async () => {
    const { token } = await reminded()
    const { headers } = await ask(token)
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*form-action 'self'|form-action 'self'.*default-src 'none'/)
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer'])
  })

  it.each([
    ['the button', {}],
    ['a mail program', ONE_CLICK],
    ['a mail program that sends multipart', { body: Object.assign(new FormData(), {}) }],
  ])('ends the reminders of that patient on that channel when %s posts, once however often', async (_name, more) => {
    const { appointment, token } = await reminded()
    const patientId = appointment.patient.id
    const answers = await Promise.all([1, 2, 3].map(() => ask(token, 'POST', more)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await preferences(patientId)).toEqual(OFF)
    expect(await server.lastEvent('UPDATE')).toMatchObject({
      userId: null,
      entity: 'Patient',
      entityId: patientId,
      patientIds: [patientId],
      sections: ['reminderPreferences'],
      facts: { optOut: 'EMAIL' },
    })
    await due({ patient: appointment.patient.getEntity(), startsAt: after(clock.now(), 1.5 * HOUR) })
    expect(await lettersSent()).toEqual([])
    // The desk can turn them on again, and the link off again.
    const SET = 'mutation ($input: SetReminderPreferencesInput!) { setReminderPreferences(input: $input) { id } }'
    const input = { patientId, channels: ['EMAIL', 'SMS'] }
    expect((await server.as(accounts.REGISTRATION_CLERK)(SET, { input })).errors).toBeUndefined()
    await ask(token, 'POST', more)
    expect((await preferences(patientId)).map(({ wanted }) => wanted)).toEqual([false, true, false])
  })

  it('is about whoever the patient has been merged into since (RULES P4)', async () => {
    const { appointment, token } = await reminded()
    const winner = server.make.patient()
    await server.make.save()
    const versions = await Promise.all(
      [winner.id, appointment.patient.id].map((id) => server.sql('select version from patient where id = $1', [id])),
    )
    const [winnerVersion, loserVersion] = versions.map(([row]) => row?.['version'])
    const input = {
      winnerId: winner.id,
      winnerVersion,
      loserId: appointment.patient.id,
      loserVersion,
      reason: 'Same passport, seen at the desk',
    }
    const merged = await server.as(accounts.ADMIN)('mutation ($input: MergePatientsInput!) { mergePatients(input: $input) { id } }', {
      input,
    })
    expect(merged.errors).toBeUndefined()
    expect((await ask(token, 'POST')).status).toBe(200)
    expect(await preferences(winner.id)).toEqual(OFF)
    expect(await preferences(appointment.patient.id)).toEqual([])
  })

  describe('that does not work', () => {
    const PAGE = /This link does not work, or not any more/
    const refused = async (token: string): Promise<unknown[]> => {
      const answers = [await ask(token), await ask(token, 'POST', ONE_CLICK)]
      const bodies = await Promise.all(answers.map((answer) => answer.text()))
      expect(bodies[0]).toBe(bodies[1])
      expect(bodies[0]).toMatch(PAGE)
      return answers.map(({ status }) => status)
    }
    const flipped = (token: string, at: number): string => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)

    it('because it was altered, cut, spelled otherwise or made elsewhere, is always the same page and changes nothing', async () => {
      const { appointment, token } = await reminded()
      const [row] = await server.sql('select id from appointment_reminder where appointment_id = $1', [appointment.id])
      const foreign = linksOf('another-pepper-of-thirty-two-bytes')
        .linkOf(row?.['id'] as string)
        .slice((BASE + PATH).length)
      const last = token.at(-1) ?? ''
      const spelled = ['A', 'B', 'C', 'D'].includes(last) ? `${token.slice(0, -1)}E` : `${token.slice(0, -1)}A`
      const altered = [0, 10, 21, 24, 27, 40, 69].map((at) => flipped(token, at))
      for (const broken of [...altered, spelled, token.slice(1), `${token}A`, `${token}=`, foreign, 'x', encodeURIComponent("' or 1=1 --")])
        expect({ broken, statuses: await refused(broken) }).toEqual({ broken, statuses: [404, 404] })
      expect(await preferences(appointment.patient.id)).toEqual([])
      expect((await ask(token, 'POST')).status).toBe(200)
    })

    it('because its time is over: after sixty days', async () => {
      const { appointment, token } = await reminded()
      clock.advance(60 * DAY - MINUTE)
      expect((await ask(token)).status).toBe(200)
      clock.advance(MINUTE)
      expect(await refused(token)).toEqual([404, 404])
      expect(await preferences(appointment.patient.id)).toEqual([])
    })

    it('because there is no such reminder any more, does when it is used', async () => {
      const token = links.linkOf('018f0000-0000-7000-8000-0000000000ff').slice((BASE + PATH).length)
      const answer = await ask(token, 'POST')
      expect([answer.status, PAGE.test(await answer.text())]).toEqual([404, true])
    })

    it('takes no other method', async () => {
      const { token } = await reminded()
      for (const method of ['PUT', 'DELETE', 'PATCH']) expect((await ask(token, method)).status).toBe(405)
    })
  })
})
