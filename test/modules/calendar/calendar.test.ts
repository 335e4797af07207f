import ICAL from 'ical.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { after, DAY, HOUR, MINUTE } from '../../../src/clock.js'
import type { Doctor } from '../../../src/modules/doctors/doctor.entity.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import { codesOf, TestServer } from '../../support/server.js'

const mutation = (name: string): string =>
  `mutation ($id: ID!) { ${name}(doctorId: $id) { ${name === 'revokeCalendarFeed' ? 'revokedAt' : 'url feed { issuedAt revokedAt }'} } }`

let server: TestServer
let accounts: Record<Role, User>
let doctor: Doctor

beforeAll(async () => {
  server = await TestServer.start()
  accounts = await server.accounts()
}, 60_000)

afterAll(() => server.stop())

beforeEach(async () => {
  await server.sql('delete from sign_in_throttle')
  doctor = server.make.doctor()
  await server.make.save()
})

async function urlOf(of = doctor): Promise<string> {
  const { data } = await server.as(accounts.OWNER)(mutation('createCalendarFeed'), { id: of.id })
  const url = data?.['createCalendarFeed'].url as string
  expect(url).toMatch(new RegExp(`^${server.app.url}/calendar/[\\w-]{43}\\.ics$`))
  return url
}

async function entriesOf(url: string): Promise<ICAL.Event[]> {
  const response = await fetch(url)
  expect(response.status).toBe(200)
  const calendar = new ICAL.Component(ICAL.parse(await response.text()) as never)
  return calendar.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component))
}

function visit(hours: number, data: Parameters<TestServer['make']['appointment']>[0] = {}) {
  const startsAt = after(new Date(), hours * HOUR)
  startsAt.setUTCMilliseconds(0)
  return server.make.appointment({ doctor, startsAt, endsAt: after(startsAt, 20 * MINUTE), status: AppointmentStatus.BOOKED, ...data })
}

describe('a calendar feed (RULES A13)', () => {
  it('has the times and places of the appointments around today, and nothing that names a patient', async () => {
    const location = server.make.location({ name: 'Main street', timeZone: 'Europe/Berlin' })
    const near = visit(24, { location, room: server.make.room(location, { name: 'Room 7' }), reason: 'canary-reason' })
    visit(48, { status: AppointmentStatus.CANCELLED })
    visit(-31 * 24)
    visit(181 * 24)
    server.make.appointment({ startsAt: after(new Date(), DAY), endsAt: after(new Date(), DAY + HOUR) })
    await server.make.save()
    const url = await urlOf()
    const [entry, ...others] = await entriesOf(url)
    expect(others).toEqual([])
    expect(entry).toMatchObject({ uid: `${near.id}@appointments.clinic`, summary: 'Appointment (booked)', location: 'Room 7, Main street' })
    expect(entry?.startDate.toJSDate()).toEqual(near.startsAt)
    expect(entry?.endDate.toJSDate()).toEqual(near.endsAt)
    const text = await (await fetch(url)).text()
    const patient = near.patient.getEntity()
    for (const secret of ['canary-reason', patient.lastName, patient.firstName, patient.mrn, patient.id]) expect(text).not.toContain(secret)
  })

  it('says where the site is, as soon as that is known', async () => {
    const location = server.make.location({ name: 'Harbour', timeZone: 'Europe/Berlin' })
    visit(24, { location })
    await server.make.save()
    const url = await urlOf()
    const [before] = await entriesOf(url)
    const address = { line: 'Hauptstraße 1', postalCode: '10115', city: 'Berlin', country: 'DE' }
    const UPDATE = 'mutation ($input: UpdateLocationInput!) { updateLocation(input: $input) { id } }'
    const { errors } = await server.as(accounts.OWNER)(UPDATE, { input: { id: location.id, version: 1, address } })
    expect(errors).toBeUndefined()
    const [entry] = await entriesOf(url)
    expect([before?.location, entry?.location]).toEqual(['Harbour', 'Harbour, Hauptstraße 1, 10115 Berlin, DE'])
    const changed = (event: ICAL.Event | undefined): number =>
      (event?.component.getFirstPropertyValue('last-modified') as ICAL.Time).toUnixTime()
    expect(changed(entry)).toBeGreaterThanOrEqual(changed(before))
  })

  it('keeps the id of an entry that moves, and says that it is a later one', async () => {
    const appointment = visit(24)
    await server.make.save()
    const url = await urlOf()
    const [before] = await entriesOf(url)
    await server.sql(
      `update appointment set starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour', version = version + 1 where id = $1`,
      [appointment.id],
    )
    const [moved] = await entriesOf(url)
    expect(moved?.uid).toBe(before?.uid)
    expect(moved?.sequence).toBeGreaterThan(before?.sequence ?? 0)
    expect(moved?.startDate.toJSDate()).toEqual(after(appointment.startsAt, HOUR))
  })

  it('is not sent again while nothing has changed, and is kept by no cache between', async () => {
    visit(24)
    await server.make.save()
    const url = await urlOf()
    const first = await fetch(url)
    expect(first.headers.get('content-type')).toBe('text/calendar; charset=utf-8')
    expect(first.headers.get('cache-control')).toBe('private, no-store')
    const again = await fetch(url, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
  })

  it('leaves an event in the trail for every download (RULES S1)', async () => {
    const url = await urlOf()
    await fetch(url)
    expect(await server.lastEvent('EXPORT')).toMatchObject({ userId: null, entity: 'CalendarFeed', facts: { appointments: 0 } })
  })

  it('keeps only a digest of its address', async () => {
    const url = await urlOf()
    const token = /calendar\/([\w-]+)\.ics/.exec(url)?.[1] ?? ''
    expect(JSON.stringify(await server.sql('select * from calendar_feed'))).not.toContain(token)
  })
})

describe('an address that does not work', () => {
  const nowhere = async (url: string): Promise<unknown> => {
    const response = await fetch(url)
    return {
      status: response.status,
      body: await response.text(),
      type: response.headers.get('content-type'),
      cache: response.headers.get('cache-control'),
    }
  }
  let nothing: unknown

  beforeEach(async () => {
    nothing = await nowhere(`${server.app.url}/nowhere`)
  })

  it('answers as one where there is nothing, whatever is wrong with it', async () => {
    const url = await urlOf()
    const wrong = [
      url.slice(0, -4),
      url.replace('.ics', '.txt'),
      url.replace(/[\w-]{43}/, 'x'.repeat(43)),
      url.replace(/[\w-]{43}/, 'x'),
      `${server.app.url}/calendar/`,
    ]
    for (const address of wrong) expect(await nowhere(address)).toEqual(nothing)
  })

  it('is the old one after a rotation, and every one after the end', async () => {
    const owner = server.as(accounts.OWNER)
    const old = await urlOf()
    const { data } = await owner(mutation('rotateCalendarFeed'), { id: doctor.id })
    const url = data?.['rotateCalendarFeed'].url as string
    expect(await nowhere(old)).toEqual(nothing)
    expect((await fetch(url)).status).toBe(200)
    await owner(mutation('revokeCalendarFeed'), { id: doctor.id })
    expect(await nowhere(url)).toEqual(nothing)
    expect(codesOf(await owner(mutation('rotateCalendarFeed'), { id: doctor.id }))).toEqual(['NOT_FOUND'])
    expect((await fetch(await urlOf())).status).toBe(200)
  })

  it('is that of a doctor who has left (RULES S4)', async () => {
    const url = await urlOf()
    await server.sql('update doctor set active = false where id = $1', [doctor.id])
    expect(await nowhere(url)).toEqual(nothing)
  })

  it('is every one for whoever has tried too many wrong ones', async () => {
    const url = await urlOf()
    for (let tries = 0; tries < 20; tries++) await fetch(url.replace(/[\w-]{43}/, 'x'.repeat(43)))
    expect(await nowhere(url)).toEqual(nothing)
  })
})

describe('who may have a feed made', () => {
  it('a doctor for themselves, and for nobody else', async () => {
    const me = server.as(accounts.DOCTOR)
    const [row] = await server.sql('select id from doctor where staff_id = $1', [accounts.DOCTOR.staff?.id])
    const own = row?.['id'] as string
    expect((await me(mutation('createCalendarFeed'), { id: own })).errors).toBeUndefined()
    expect(codesOf(await me(mutation('createCalendarFeed'), { id: doctor.id }))).toEqual(['NOT_FOUND'])
    const seen = await me('query ($id: ID!) { doctor(id: $id) { calendarFeed { issuedAt } } }', { id: own })
    expect(seen.data?.['doctor'].calendarFeed.issuedAt).toBeTruthy()
  })

  it('nobody a second one: it is rotated', async () => {
    await urlOf()
    expect(codesOf(await server.as(accounts.ADMIN)(mutation('createCalendarFeed'), { id: doctor.id }))).toEqual(['CONFLICT'])
  })

  it('no other role', async () => {
    for (const role of [Role.STAFF, Role.REGISTRATION_CLERK, Role.PATIENT])
      expect(codesOf(await server.as(accounts[role])(mutation('createCalendarFeed'), { id: doctor.id }))).toEqual(['FORBIDDEN'])
  })
})
