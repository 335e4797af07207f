import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { after, DAY, HOUR, MINUTE } from '../../../src/clock.js'
import { WritePool } from '../../../src/database/write-pool.js'
import { Mailer } from '../../../src/mail/mailer.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import type { ReminderMessage } from '../../../src/modules/reminders/reminder-channel.js'
import { EmailSender, SmsFolder } from '../../../src/modules/reminders/reminder-senders.js'
import { ReminderTable } from '../../../src/modules/reminders/reminder-table.js'
import { Reminders } from '../../../src/modules/reminders/reminders.js'
import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import type { Appointment } from '../../../src/modules/scheduling/appointment.entity.js'
import { MovingClock } from '../../support/moving-clock.js'
import { codesOf, TestServer } from '../../support/server.js'

let server: TestServer
let store: WritePool
let clock: MovingClock
let accounts: Record<Role, User>
let sent: ReminderMessage[]

beforeAll(async () => {
  server = await TestServer.start()
  accounts = await server.accounts()
  store = new WritePool({ connectionString: server.database.url, poolMax: 4, patienceMs: 5000 })
}, 60_000)

afterAll(async () => {
  await store.close()
  await server.stop()
})

beforeEach(() => {
  clock = new MovingClock()
  sent = []
})

afterEach(() => server.sql('delete from appointment'))

const collect = async (message: ReminderMessage): Promise<void> => void sent.push(message)

function reminders(send = collect): Reminders {
  const logger = pino({ level: 'silent' })
  return new Reminders({
    table: new ReminderTable(store, clock.now),
    senders: { EMAIL: { send }, SMS: { send } },
    clinic: 'Clinic',
    optOutOf: (id) => `https://clinic.test/${id}`,
    clock: clock.now,
    logger,
  })
}

const run = (with_ = reminders()): Promise<void> => with_.sendDue(new AbortController().signal)

/** An appointment in some hours, booked days ago. */
async function inHours(hours: number, data: Parameters<TestServer['make']['appointment']>[0] = {}): Promise<Appointment> {
  const startsAt = after(clock.now(), hours * HOUR)
  const appointment = server.make.appointment({
    startsAt,
    endsAt: after(startsAt, 20 * MINUTE),
    createdAt: after(startsAt, -10 * DAY),
    status: AppointmentStatus.BOOKED,
    patient: server.make.patient({ email: 'someone@example.test', phone: '+49 170 1', language: 'de' }),
    ...data,
  })
  await server.make.save()
  return appointment
}

const states = (appointment: Appointment) =>
  server.sql(
    `select offset_minutes as minutes, channel, status, skip_reason as reason from appointment_reminder where appointment_id = $1 order by created_at, offset_minutes desc`,
    [appointment.id],
  )

describe('reminders (RULES A12)', () => {
  it('go out once at each offset, whoever and however often looks', async () => {
    const appointment = await inHours(23.5)
    await Promise.all([run(), run(), run()])
    await run()
    expect(sent.map(({ to }) => to)).toEqual(['someone@example.test'])
    clock.advance(22 * HOUR)
    await Promise.all([run(), run()])
    expect(sent).toHaveLength(2)
    expect(await states(appointment)).toEqual([
      { minutes: 24 * 60, channel: 'EMAIL', status: 'SENT', reason: null },
      { minutes: 2 * 60, channel: 'EMAIL', status: 'SENT', reason: null },
    ])
  })

  it('are not due before their time, nor sent to whoever booked after it', async () => {
    await inHours(25)
    await inHours(5, { createdAt: clock.now() })
    await run()
    expect(sent).toEqual([])
  })

  it('after an outage are sent once, and not one after the other for all that were missed', async () => {
    const appointment = await inHours(1)
    await run()
    expect(await states(appointment)).toMatchObject([{ minutes: 120, status: 'SENT' }])
  })

  it('are not sent for what is not booked', async () => {
    for (const status of [AppointmentStatus.REQUESTED, AppointmentStatus.CANCELLED, AppointmentStatus.ARRIVED]) await inHours(1, { status })
    await run()
    expect(sent).toEqual([])
  })

  /** Two reminders at once, where the first one's sending is the moment at which something happens. */
  async function meanwhile(happens: (appointment: Appointment) => Promise<unknown>): Promise<Appointment> {
    const appointment = await inHours(1)
    const table = new ReminderTable(store, clock.now)
    await table.findDue()
    await happens(appointment)
    await run()
    return appointment
  }

  it('are never sent when the appointment has moved meanwhile, and it has others for its new time', async () => {
    const appointment = await meanwhile(({ id }) =>
      server.sql(
        `update appointment set starts_at = starts_at + interval '20 hours', ends_at = ends_at + interval '20 hours' where id = $1`,
        [id],
      ),
    )
    expect(await states(appointment)).toEqual([
      { minutes: 120, channel: 'EMAIL', status: 'SKIPPED', reason: 'MOVED' },
      { minutes: 1440, channel: 'EMAIL', status: 'SENT', reason: null },
    ])
    expect(sent).toHaveLength(1)
    clock.advance(20 * HOUR)
    await run()
    expect(sent).toHaveLength(2)
  })

  it.each([
    ['was cancelled', `update appointment set status = 'CANCELLED' where id = $1`, 'NOT_BOOKED'],
    [
      'is of somebody who has died',
      `update patient set deceased_at = now() where id = (select patient_id from appointment where id = $1)`,
      'DECEASED',
    ],
    [
      'is of somebody without an address',
      `update patient set email = ' ' where id = (select patient_id from appointment where id = $1)`,
      'NO_ADDRESS',
    ],
  ])('are never sent when the appointment %s meanwhile', async (_name, statement, reason) => {
    const appointment = await meanwhile(({ id }) => server.sql(statement, [id]))
    expect(await states(appointment)).toMatchObject([{ status: 'SKIPPED', reason }])
    expect(sent).toEqual([])
  })

  it('are never sent after the visit has begun', async () => {
    const appointment = await meanwhile(async () => clock.advance(2 * HOUR))
    expect(await states(appointment)).toMatchObject([{ status: 'SKIPPED', reason: 'TOO_LATE' }])
  })

  it('that cannot be sent are tried again after a while, and in the end given up', async () => {
    const appointment = await inHours(1.9)
    let tries = 0
    const failing = reminders(async () => {
      tries += 1
      throw new Error('the mail server is away')
    })
    await run(failing)
    await run(failing)
    expect(tries).toBe(1)
    expect(await states(appointment)).toMatchObject([{ status: 'PENDING' }])
    for (const minutes of [2, 4, 8, 16]) {
      clock.advance(minutes * MINUTE)
      await run(failing)
    }
    expect(tries).toBe(5)
    expect(await states(appointment)).toMatchObject([{ status: 'FAILED' }])
  })

  it('left behind by a process that died are taken up when its time is over, and not before', async () => {
    const appointment = await inHours(1)
    const table = new ReminderTable(store, clock.now)
    await table.findDue()
    const claim = '018f0000-0000-7000-8000-000000000001'
    const [id = ''] = await table.claim(claim, 10)
    await run()
    expect(sent).toEqual([])
    clock.advance(2 * MINUTE)
    await run()
    expect(sent.map(({ key }) => key)).toEqual([id])
    expect(await table.look(claim, id)).toBeUndefined()
    await table.failed(claim, { id, attempts: 1 })
    expect(await states(appointment)).toMatchObject([{ status: 'SENT' }])
  })

  it('go by every channel of the clinic', async () => {
    await server.sql(`update clinic_setting set reminder_channels = '{EMAIL,SMS}'`)
    await inHours(1)
    await run()
    const [mail, message] = sent.toSorted((a, b) => b.to.localeCompare(a.to))
    expect([mail?.to, message?.to]).toEqual(['someone@example.test', '+49 170 1'])
    // A text message has no room for a link.
    expect(mail?.optOutUrl).toBe(`https://clinic.test/${mail?.key}`)
    expect(mail?.text).toContain(`https://clinic.test/${mail?.key}`)
    expect([message?.optOutUrl, message?.text]).toEqual([null, expect.not.stringContaining('https://')])
    await server.sql(`update clinic_setting set reminder_channels = '{EMAIL}'`)
  })

  it('go by a channel that the clinic has added since, too', async () => {
    const appointment = await inHours(1)
    await run()
    await server.sql(`update clinic_setting set reminder_channels = '{EMAIL,SMS}'`)
    await run()
    await run()
    expect(await states(appointment)).toMatchObject([
      { channel: 'EMAIL', status: 'SENT' },
      { channel: 'SMS', status: 'SENT' },
    ])
    expect(sent).toHaveLength(2)
    await server.sql(`update clinic_setting set reminder_channels = '{EMAIL}'`)
  })

  it('say nothing of the patient, the doctor or the reason, in the language of the patient', async () => {
    const appointment = await inHours(1, { reason: 'canary-reason' })
    await run()
    const [message] = sent
    expect(message?.subject).toBe('Clinic: Ihr Termin')
    const patient = appointment.patient.getEntity()
    const doctor = appointment.doctor.getEntity()
    for (const secret of ['canary-reason', patient.lastName, patient.mrn, doctor.fullName])
      expect(JSON.stringify(message)).not.toContain(secret)
  })

  it('say where the site is, without the country', async () => {
    const address = { line: 'Hauptstraße 1', postalCode: '10115', city: 'Berlin', region: 'Berlin', country: 'DE' }
    await inHours(1, { location: server.make.location({ name: 'Harbour', address }) })
    await run()
    expect(sent[0]?.text).toContain('(Harbour, Hauptstraße 1, 10115 Berlin)')
  })

  it('are files, one for each reminder, however often they are handed over', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'clinic-reminders-'))
    const mailer = new Mailer({
      url: undefined,
      from: 'Clinic <a@b.test>',
      mailbox: join(dataDir, 'mail'),
      dataDir,
      logger: pino({ level: 'silent' }),
    })
    const message = { key: 'k', to: 'x@y.test', subject: 's', text: 't' }
    for (const sender of [new EmailSender(mailer), new SmsFolder(dataDir)]) {
      await Promise.all([sender.send(message), sender.send(message)])
      await sender.send(message)
    }
    expect(readdirSync(join(dataDir, 'mail'))).toEqual(['reminder-k.eml'])
    expect(readdirSync(join(dataDir, 'sms'))).toEqual(['reminder-k.txt'])
    rmSync(dataDir, { recursive: true })
  })
})

describe('what patients want', () => {
  const SET =
    'mutation ($input: SetReminderPreferencesInput!) { setReminderPreferences(input: $input) { id reminderPreferences { channel wanted } } }'
  const set = (user: User, patientId: string, channels: string[]) => server.as(user)(SET, { input: { patientId, channels } })

  it('is set by the desk, can be changed back, and is heeded', async () => {
    const appointment = await inHours(1)
    const patientId = appointment.patient.id
    const off = await set(accounts.REGISTRATION_CLERK, patientId, ['SMS'])
    expect(off.data?.['setReminderPreferences'].reminderPreferences).toEqual([{ channel: 'EMAIL', wanted: false }])
    expect(await server.lastEvent('UPDATE')).toMatchObject({ entity: 'Patient', entityId: patientId, sections: ['reminderPreferences'] })
    await run()
    expect(await states(appointment)).toMatchObject([{ status: 'SKIPPED', reason: 'OPTED_OUT' }])
    await set(accounts.REGISTRATION_CLERK, patientId, ['SMS'])
    const on = await set(accounts.REGISTRATION_CLERK, patientId, ['EMAIL'])
    expect(on.data?.['setReminderPreferences'].reminderPreferences).toEqual(
      expect.arrayContaining([
        { channel: 'EMAIL', wanted: true },
        { channel: 'SMS', wanted: false },
      ]),
    )
  })

  it('is set by the patient for themselves, and by nobody for a stranger (SECURITY A6)', async () => {
    const patientId = accounts.PATIENT.patient?.id ?? ''
    expect((await set(accounts.PATIENT, patientId, [])).errors).toBeUndefined()
    const other = server.make.patient()
    await server.make.save()
    expect(codesOf(await set(accounts.PATIENT, other.id, []))).toEqual(['NOT_FOUND'])
    expect(codesOf(await set(accounts.CASHIER, other.id, []))).toEqual(['FORBIDDEN'])
  })

  it('is set by a proxy who may act, and not by one who may only read (RULES P6)', async () => {
    const holder = await server.make.user(server.hasher, [Role.PATIENT], { patient: server.make.patient() })
    const [read, act] = [server.make.patient(), server.make.patient()]
    await server.make.save()
    for (const [patient, scope] of [
      [read, 'READ'],
      [act, 'BOOK'],
    ] as const)
      await server.sql(
        `insert into patient_proxy (id, patient_id, holder_id, scope, valid_from, valid_to, granted_by_id)
         values (gen_random_uuid(), $1, $2, $3, now() - interval '1 day', now() + interval '1 day', $2)`,
        [patient.id, holder.id, scope],
      )
    expect((await set(holder, act.id, [])).errors).toBeUndefined()
    expect(codesOf(await set(holder, read.id, []))).toEqual(['FORBIDDEN'])
  })
})

describe('what the clinic sets', () => {
  const SET =
    'mutation ($input: UpdateClinicSettingsInput!) { updateClinicSettings(input: $input) { version language reminderHours reminderChannels } }'

  it('is when, how and in which language patients are reminded', async () => {
    const owner = server.as(accounts.OWNER)
    const { data } = await owner(SET, { input: { version: 1, language: 'de', reminderHours: [2, 48, 2], reminderChannels: ['SMS'] } })
    expect(data?.['updateClinicSettings']).toEqual({ version: 2, language: 'de', reminderHours: [48, 2], reminderChannels: ['SMS'] })
    await owner(SET, { input: { version: 2, language: 'en', reminderHours: [24, 2], reminderChannels: ['EMAIL'] } })
  })

  it.each([
    ['a language without words', { language: 'xx' }],
    ['an offset beyond two weeks', { reminderHours: [400] }],
    ['too many reminders', { reminderHours: [1, 2, 3, 4, 5, 6] }],
  ])('is not %s', async (_name, input) => {
    expect(codesOf(await server.as(accounts.OWNER)(SET, { input: { version: 1, ...input } }))).toEqual(['BAD_USER_INPUT'])
  })
})

describe('the reminders of an appointment', () => {
  const QUERY = 'query ($id: ID!) { appointment(id: $id) { id reminders { status channel offsetMinutes skipReason sentAt } } }'

  it('are shown to the desk and to nobody else', async () => {
    const appointment = await inHours(1, { patient: server.make.patient({ email: null, phone: null }) })
    await run()
    const { data } = await server.as(accounts.STAFF)(QUERY, { id: appointment.id })
    expect(data?.['appointment'].reminders).toEqual([
      { status: 'SKIPPED', channel: 'EMAIL', offsetMinutes: 120, skipReason: 'NO_ADDRESS', sentAt: null },
    ])
  })
})
