import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { DAY, dayIn, HOUR, MINUTE } from '../../../src/clock.js'
import type { Doctor } from '../../../src/modules/doctors/doctor.entity.js'
import { WeeklySchedule } from '../../../src/modules/doctors/weekly-schedule.entity.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import type { Location } from '../../../src/modules/locations/location.entity.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import { PatientProxy, ProxyScope } from '../../../src/modules/proxies/patient-proxy.entity.js'
import type { Appointment } from '../../../src/modules/scheduling/appointment.entity.js'
import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import { lettersOf, letterTo } from '../../support/mailbox.js'
import { MovingClock } from '../../support/moving-clock.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

const ENTRY =
  'id version status priority waitingSince weekdays fromTime toTime latest minutes offer { id startsAt endsAt expiresAt status doctor { id } location { id } } offers { status } allowedTransitions'
const JOIN = `mutation ($input: JoinWaitlistInput!) { joinWaitlist(input: $input) { ${ENTRY} } }`
const UPDATE = `mutation ($input: UpdateWaitlistEntryInput!) { updateWaitlistEntry(input: $input) { ${ENTRY} } }`
const LEAVE = `mutation ($input: LeaveWaitlistInput!) { leaveWaitlist(input: $input) { ${ENTRY} } }`
const OFFER = 'mutation ($input: OfferSlotInput!) { offerSlot(input: $input) { id status startsAt expiresAt entry { id status version } } }'
const ACCEPT =
  'mutation ($id: ID!) { acceptWaitlistOffer(id: $id) { __typename ... on Appointment { id status startsAt endsAt patient { id } doctor { id } } ... on WaitlistOfferEnded { offer { id status } } } }'
const DECLINE = 'mutation ($id: ID!, $reason: String) { declineWaitlistOffer(id: $id, reason: $reason) { id status entry { id status } } }'
const READ = `query ($id: ID!) { waitlistEntry(id: $id) { ${ENTRY} } }`
const CANCEL = 'mutation ($input: CancelAppointmentInput!) { cancelAppointment(input: $input) { id status } }'
const UNKNOWN = '018f0000-0000-7000-8000-0000000000ff'

describe('the waitlist (RULES A10)', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let clerk: Ask
  const clock = new MovingClock()

  beforeAll(async () => {
    server = await TestServer.start({ clock: clock.now })
    accounts = await server.accounts()
    clerk = server.as(accounts.REGISTRATION_CLERK)
  })
  afterAll(() => server.stop())

  /** A doctor who works every day around the clock at a location of their own. */
  const practice = async (data: { specialty?: string } = {}): Promise<{ doctor: Doctor; location: Location }> => {
    const [doctor, location] = [server.make.doctor(data), server.make.location()]
    for (const weekday of [1, 2, 3, 4, 5, 6, 7])
      server.make.em.create(WeeklySchedule, {
        doctor,
        location,
        weekday,
        startsAt: '00:00',
        endsAt: '23:59',
        validFrom: '2026-01-01',
      } as never)
    await server.make.save()
    return { doctor, location }
  }

  /** A booked visit at noon of a day to come, local time or so. */
  const visit = async ({ doctor, location }: { doctor: Doctor; location: Location }, days = 3, data: object = {}): Promise<Appointment> => {
    const startsAt = new Date(`${dayIn(new Date(clock.now().getTime() + days * DAY), 'UTC')}T11:00:00Z`)
    const appointment = server.make.appointment({
      doctor,
      location,
      startsAt,
      endsAt: new Date(startsAt.getTime() + 30 * MINUTE),
      status: AppointmentStatus.BOOKED,
      ...data,
    })
    await server.make.save()
    return appointment
  }
  const patient = async (data: object = {}): Promise<Patient> => {
    const made = server.make.patient(data)
    await server.make.save()
    return made
  }
  const inDays = (days: number): string => dayIn(new Date(clock.now().getTime() + days * DAY), 'UTC')
  const join = async (input: object, ask: Ask = clerk): Promise<any> => {
    const { data, errors } = await ask(JOIN, { input: { latest: inDays(30), ...input } })
    expect(errors).toBeUndefined()
    return data?.['joinWaitlist']
  }
  const read = async (id: string, ask: Ask = clerk): Promise<any> => (await ask(READ, { id })).data?.['waitlistEntry']
  const cancel = async ({ id }: Appointment, ask: Ask = clerk): Promise<void> => {
    const [row] = await server.sql('select version from appointment where id = $1', [id])
    const { errors } = await ask(CANCEL, { input: { id, version: row?.['version'], reason: 'has a cold' } })
    expect(errors).toBeUndefined()
  }
  const until = async <Value>(look: () => Promise<Value | null | undefined | false>): Promise<Value> => {
    for (let tries = 0; tries < 200; tries += 1) {
      const value = await look()
      if (value) return value
      await sleep(25)
    }
    throw new Error('it did not come about')
  }
  const offered = (id: string): Promise<any> => until(async () => (await read(id))?.offer)
  /** Waits until the clinic has looked at all times that became free: one that begins later than all others has its turn last. */
  const settled = async (): Promise<void> => {
    const place = await practice()
    const probe = await join({ patientId: (await patient()).id, doctorId: place.doctor.id })
    await cancel(await visit(place, 25))
    const { id } = await offered(probe.id)
    await clerk(ACCEPT, { id })
  }

  describe('a time that becomes free', () => {
    it('is offered to the best match, kept for them, and booked when they accept', async () => {
      const place = await practice()
      const who = await patient({ email: 'waits@example.org' })
      const [normal, urgent] = [
        await join({ patientId: (await patient()).id, doctorId: place.doctor.id }),
        await join({ patientId: who.id, doctorId: place.doctor.id, priority: 'URGENT' }),
      ]
      const freed = await visit(place)
      await cancel(freed)
      const offer = await offered(urgent.id)
      expect(offer).toMatchObject({
        status: 'OPEN',
        startsAt: freed.startsAt.toISOString(),
        doctor: { id: place.doctor.id },
        location: { id: place.location.id },
      })
      expect(await read(normal.id)).toMatchObject({ status: 'WAITING', offer: null })

      const letter = await letterTo(server, 'waits@example.org')
      expect(letter).toContain('a time has become free')
      expect(letter).not.toContain(place.doctor.fullName)
      const owed = async (): Promise<unknown> => (await server.sql('select letter_due_at from waitlist_offer where id = $1', [offer.id]))[0]
      await until(async () => isDeepStrictEqual(await owed(), { letter_due_at: null }))

      const other = await patient()
      const book = await clerk(
        'mutation ($input: BookAppointmentInput!) { bookAppointment(input: $input) { __typename ... on SlotTaken { conflictsWith } } }',
        { input: { patientId: other.id, doctorId: place.doctor.id, startsAt: offer.startsAt } },
      )
      expect(book.data?.['bookAppointment']).toMatchObject({ __typename: 'SlotTaken', conflictsWith: 'DOCTOR' })

      const accepted = await clerk(ACCEPT, { id: offer.id })
      expect(accepted.data?.['acceptWaitlistOffer']).toMatchObject({
        __typename: 'Appointment',
        status: 'BOOKED',
        startsAt: offer.startsAt,
        patient: { id: who.id },
        doctor: { id: place.doctor.id },
      })
      expect(await read(urgent.id)).toMatchObject({
        status: 'BOOKED',
        offer: null,
        offers: [{ status: 'ACCEPTED' }],
        allowedTransitions: [],
      })
      expect(await clerk(ACCEPT, { id: offer.id })).toEqual(accepted)
      expect(await server.sql('select from appointment_hold where doctor_id = $1', [place.doctor.id])).toEqual([])
    })

    it('goes to who has waited longest among equals; who declines waits on, and the next is asked', async () => {
      const place = await practice()
      const [first, second] = [
        await join({ patientId: (await patient()).id, doctorId: place.doctor.id }),
        await join({ patientId: (await patient()).id, doctorId: place.doctor.id }),
      ]
      await cancel(await visit(place))
      const offer = await offered(first.id)
      expect((await read(second.id)).offer).toBeNull()
      const declined = await clerk(DECLINE, { id: offer.id, reason: 'on a journey' })
      expect(declined.data?.['declineWaitlistOffer']).toMatchObject({ status: 'DECLINED', entry: { id: first.id, status: 'WAITING' } })
      const next = await offered(second.id)
      expect(next.startsAt).toBe(offer.startsAt)
      await clerk(DECLINE, { id: next.id })
      await settled()
      // Nobody is asked twice for the same time.
      expect([(await read(first.id)).offers, (await read(second.id)).offers]).toEqual([[{ status: 'DECLINED' }], [{ status: 'DECLINED' }]])
      const { data } = await clerk('query ($id: ID!) { waitlistEntry(id: $id) { history { from to reason byName } } }', { id: first.id })
      expect(data?.['waitlistEntry'].history).toEqual([
        { from: null, to: 'WAITING', reason: null, byName: accounts.REGISTRATION_CLERK.displayName },
        { from: 'WAITING', to: 'OFFERED', reason: null, byName: null },
        { from: 'OFFERED', to: 'WAITING', reason: 'on a journey', byName: accounts.REGISTRATION_CLERK.displayName },
      ])
    })

    it('is offered also behind very many that nobody wants', async () => {
      const [busy, place] = [await practice(), await practice()]
      const unwanted = await visit(busy, 2, { status: AppointmentStatus.CANCELLED })
      // Somebody would come to this doctor, but not at that time of the day.
      await join({ patientId: (await patient()).id, doctorId: busy.doctor.id, fromTime: '22:00' })
      await server.sql(
        `insert into freed_time (id, appointment_id, doctor_id, location_id, starts_at, ends_at)
         select gen_random_uuid(), id, doctor_id, location_id, starts_at, ends_at from appointment, generate_series(1, 700) where id = $1`,
        [unwanted.id],
      )
      const entry = await join({ patientId: (await patient()).id, doctorId: place.doctor.id })
      await cancel(await visit(place, 20))
      for (let others = 0; others < 4; others += 1) {
        await join({ patientId: (await patient()).id, doctorId: place.doctor.id, latest: inDays(1) })
        await sleep(500)
      }
      expect(await offered(entry.id)).toBeTruthy()
      await server.sql('update freed_time set closed_at = now() where appointment_id = $1', [unwanted.id])
    })

    it('goes to the next when nobody answers in time', async () => {
      const place = await practice()
      const [first, second] = [
        await join({ patientId: (await patient()).id, doctorId: place.doctor.id }),
        await join({ patientId: (await patient()).id, doctorId: place.doctor.id }),
      ]
      await cancel(await visit(place))
      const offer = await offered(first.id)
      await server.sql('update waitlist_offer set expires_at = $2 where id = $1', [offer.id, new Date(clock.now().getTime() - 1)])
      expect((await read(first.id)).offers).toEqual([{ status: 'EXPIRED' }])
      const late = await clerk(ACCEPT, { id: offer.id })
      expect(late.data?.['acceptWaitlistOffer']).toEqual({ __typename: 'WaitlistOfferEnded', offer: { id: offer.id, status: 'EXPIRED' } })
      expect(await offered(second.id)).toMatchObject({ startsAt: offer.startsAt })
      expect(await read(first.id)).toMatchObject({ status: 'WAITING' })
    })

    it('by a move of an appointment is offered as well', async () => {
      const place = await practice()
      const entry = await join({ patientId: (await patient()).id, doctorId: place.doctor.id })
      const moved = await visit(place)
      const { data } = await clerk(
        'mutation ($input: RescheduleAppointmentInput!) { rescheduleAppointment(input: $input) { __typename } }',
        { input: { id: moved.id, version: 1, startsAt: new Date(moved.startsAt.getTime() + DAY).toISOString() } },
      )
      expect(data?.['rescheduleAppointment'].__typename).toBe('Appointment')
      expect(await offered(entry.id)).toMatchObject({ startsAt: moved.startsAt.toISOString() })
    })

    it('is not offered where it does not fit: another day, doctor, place or length', async () => {
      const place = await practice({ specialty: 'Cardiology' })
      const elsewhere = await practice({ specialty: 'Dermatology' })
      const freed = await visit(place)
      const weekday = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'][(freed.startsAt.getUTCDay() + 1) % 7]
      const wishes = [
        { doctorId: elsewhere.doctor.id },
        { specialty: 'Dermatology' },
        { doctorId: place.doctor.id, locationId: elsewhere.location.id },
        { doctorId: place.doctor.id, latest: inDays(2) },
        { doctorId: place.doctor.id, earliest: inDays(4) },
        { doctorId: place.doctor.id, weekdays: [weekday] },
        { doctorId: place.doctor.id, toTime: '10:00' },
        { doctorId: place.doctor.id, fromTime: '15:00' },
        { doctorId: place.doctor.id, minutes: 45 },
      ]
      const entries: any[] = []
      for (const wish of wishes) entries.push(await join({ patientId: (await patient()).id, ...wish }))
      await cancel(freed)
      await settled()
      expect((await Promise.all(entries.map(({ id }) => read(id)))).map(({ offers }) => offers)).toEqual(wishes.map(() => []))
      const fitting = await join({
        patientId: (await patient()).id,
        specialty: 'Cardiology',
        locationId: place.location.id,
        minutes: 30,
        fromTime: '11:00',
        toTime: '14:00',
      })
      await cancel(await visit(place))
      expect(await offered(fitting.id)).toMatchObject({ startsAt: freed.startsAt.toISOString() })
    })

    it('is not offered when the doctor does not work then any more, nor to who is busy then', async () => {
      const place = await practice()
      const [busy, free] = [await patient(), await patient()]
      const [one, two] = [
        await join({ patientId: busy.id, doctorId: place.doctor.id }),
        await join({ patientId: free.id, doctorId: place.doctor.id }),
      ]
      const freed = await visit(place)
      await visit(await practice(), 3, { patient: busy })
      await cancel(freed)
      await offered(two.id)
      expect((await read(one.id)).offers).toEqual([])

      const gone = await visit(place, 9)
      await server.sql('delete from weekly_schedule where doctor_id = $1', [place.doctor.id])
      await cancel(gone)
      await settled()
      expect((await read(one.id)).offers).toEqual([])
    })

    it('is offered once, though two instances look; and of two times one patient is offered one', async () => {
      const other = await TestServer.start({ on: server, clock: clock.now })
      try {
        for (let round = 0; round < 4; round += 1) {
          const place = await practice()
          const entry = await join({ patientId: (await patient()).id, doctorId: place.doctor.id })
          const [one, two] = [await visit(place, 3), await visit(place, 4)]
          await Promise.all([cancel(one), cancel(two, other.as(accounts.STAFF))])
          await offered(entry.id)
          await settled()
          const rows = await server.sql('select starts_at from waitlist_offer where entry_id = $1', [entry.id])
          expect(rows).toHaveLength(1)
          expect(await server.sql('select from appointment_hold where doctor_id = $1', [place.doctor.id])).toHaveLength(1)
        }
        const place = await practice()
        const entries: any[] = []
        for (let count = 0; count < 6; count += 1) entries.push(await join({ patientId: (await patient()).id, doctorId: place.doctor.id }))
        await cancel(await visit(place, 5))
        await until(async () => (await Promise.all(entries.map(({ id }) => read(id)))).some(({ offer }) => offer))
        await settled()
        expect((await Promise.all(entries.map(({ id }) => read(id)))).filter(({ offers }) => offers.length > 0)).toHaveLength(1)
      } finally {
        await other.stop()
      }
    })

    it('is accepted once, however many try at once', async () => {
      const place = await practice()
      const entry = await join({ patientId: (await patient()).id, doctorId: place.doctor.id })
      await cancel(await visit(place))
      const { id } = await offered(entry.id)
      const answers = await Promise.all(Array.from({ length: 8 }, () => clerk(ACCEPT, { id })))
      expect(new Set(answers.map(({ data }) => data?.['acceptWaitlistOffer'].id)).size).toBe(1)
      expect(
        await server.sql('select from appointment where patient_id = (select patient_id from waitlist_entry where id = $1)', [entry.id]),
      ).toHaveLength(1)
    })
  })

  describe('waiting', () => {
    it('is ended by leaving: what is kept is offered to the next', async () => {
      const place = await practice()
      const [first, second] = [
        await join({ patientId: (await patient()).id, doctorId: place.doctor.id }),
        await join({ patientId: (await patient()).id, doctorId: place.doctor.id }),
      ]
      await cancel(await visit(place))
      const offer = await offered(first.id)
      const { version } = await read(first.id)
      const left = await clerk(LEAVE, { input: { id: first.id, version, reason: 'went elsewhere' } })
      expect(left.data?.['leaveWaitlist']).toMatchObject({ status: 'CANCELLED', offer: null, offers: [{ status: 'WITHDRAWN' }] })
      expect(codesOf(await clerk(DECLINE, { id: offer.id }))).toEqual(['INVALID_TRANSITION'])
      await offered(second.id)
      expect(codesOf(await clerk(LEAVE, { input: { id: first.id, version: version + 1 } }))).toEqual(['INVALID_TRANSITION'])
    })

    it('ends by itself after the last day', async () => {
      const place = await practice()
      const entry = await join({ patientId: (await patient()).id, doctorId: place.doctor.id })
      await server.sql('update waitlist_entry set earliest = $2, latest = $2 where id = $1', [entry.id, inDays(-3)])
      await cancel(await visit(place))
      await until(async () => (await read(entry.id)).status === 'EXPIRED')
    })

    it('can be changed while nothing is offered', async () => {
      const place = await practice()
      const entry = await join({ patientId: (await patient()).id, doctorId: place.doctor.id, toTime: '10:00' })
      const changed = await clerk(UPDATE, {
        input: { id: entry.id, version: entry.version, toTime: null, weekdays: ['MONDAY', 'MONDAY'], priority: 'HIGH' },
      })
      expect(changed.data?.['updateWaitlistEntry']).toMatchObject({
        toTime: null,
        weekdays: ['MONDAY'],
        priority: 'HIGH',
        waitingSince: entry.waitingSince,
      })
      expect(codesOf(await clerk(UPDATE, { input: { id: entry.id, version: entry.version, minutes: 30 } }))).toEqual(['STALE_VERSION'])
      const bad = [
        { latest: null },
        { latest: inDays(-5) },
        { latest: inDays(500) },
        { fromTime: '12:00', toTime: '12:00' },
        { fromTime: '12:00', toTime: '12:00:00' },
        { fromTime: '24:00' },
        { minutes: 4 },
      ]
      for (const wrong of bad)
        expect({ wrong, codes: codesOf(await clerk(UPDATE, { input: { id: entry.id, version: entry.version + 1, ...wrong } })) }).toEqual({
          wrong,
          codes: ['BAD_USER_INPUT'],
        })
    })

    it('is for something, once', async () => {
      const place = await practice()
      const who = await patient()
      const input = { patientId: who.id, latest: inDays(30) }
      for (const wrong of [
        {},
        { doctorId: UNKNOWN },
        { serviceId: UNKNOWN },
        { doctorId: place.doctor.id, locationId: UNKNOWN },
        { doctorId: place.doctor.id, latest: inDays(-9) },
      ])
        expect({ wrong, codes: codesOf(await clerk(JOIN, { input: { ...input, ...wrong } })) }).toEqual({
          wrong,
          codes: ['BAD_USER_INPUT'],
        })
      const answers = await Promise.all(Array.from({ length: 4 }, () => clerk(JOIN, { input: { ...input, doctorId: place.doctor.id } })))
      expect(answers.flatMap(codesOf)).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT'])
      expect(codesOf(await clerk(JOIN, { input: { ...input, patientId: UNKNOWN, doctorId: place.doctor.id } }))).toEqual(['NOT_FOUND'])
    })

    it('is listed in the order in which times are offered', async () => {
      const place = await practice()
      const entries: any[] = []
      for (const priority of ['NORMAL', 'URGENT', 'HIGH', 'NORMAL'])
        entries.push(await join({ patientId: (await patient()).id, doctorId: place.doctor.id, priority }))
      const { data } = await clerk(
        'query ($filter: WaitlistFilter) { waitlist(filter: $filter) { totalCount edges { node { id patient { lastName } doctor { fullName } } } } }',
        { filter: { doctorId: place.doctor.id, status: ['WAITING'] } },
      )
      expect(data?.['waitlist'].edges.map((edge: any) => edge.node.id)).toEqual([1, 2, 0, 3].map((index) => entries[index].id))
    })
  })

  describe('by hand', () => {
    it('the desk offers any free time, out of turn, and no taken one', async () => {
      const place = await practice()
      const [, second] = [
        await join({ patientId: (await patient()).id, doctorId: place.doctor.id }),
        await join({ patientId: (await patient()).id, doctorId: place.doctor.id }),
      ]
      const startsAt = new Date(clock.now().getTime() + 2 * DAY).toISOString()
      const input = { entryId: second.id, version: second.version, doctorId: place.doctor.id, startsAt, keptMinutes: 60 }
      const { data, errors } = await clerk(OFFER, { input })
      expect(errors).toBeUndefined()
      expect(data?.['offerSlot']).toMatchObject({ status: 'OPEN', startsAt, entry: { id: second.id, status: 'OFFERED' } })
      expect(codesOf(await clerk(OFFER, { input: { ...input, version: data?.['offerSlot'].entry.version } }))).toEqual([
        'INVALID_TRANSITION',
      ])
      const third = await join({ patientId: (await patient()).id, doctorId: place.doctor.id })
      expect(codesOf(await clerk(OFFER, { input: { ...input, entryId: third.id } }))).toEqual(['CONFLICT'])
      expect(
        codesOf(
          await clerk(OFFER, {
            input: { ...input, entryId: third.id, startsAt: new Date(clock.now().getTime() + HOUR / 2).toISOString() },
          }),
        ),
      ).toEqual(['BAD_USER_INPUT'])
      expect((await clerk(ACCEPT, { id: data?.['offerSlot'].id })).data?.['acceptWaitlistOffer'].__typename).toBe('Appointment')
    })
  })

  describe('what is over', () => {
    /** Lets one row of a table stay in its state, and whoever would change that fail, until the test gives it back. */
    const broken = async (table: string, state: string, id: string): Promise<() => Promise<unknown>> => {
      await server.sql(`create function refuse_one() returns trigger language plpgsql as $$ begin
        if old.id = '${id}' and old.${state} <> new.${state} then raise exception 'not this one'; end if; return new; end $$`)
      await server.sql(`create trigger refuse_one before update on ${table} for each row execute function refuse_one()`)
      return () => server.sql('drop function refuse_one cascade')
    }
    /** Has the clinic look again. */
    const look = async (): Promise<unknown> => join({ patientId: (await patient()).id, doctorId: (await practice()).doctor.id })

    it('is ended one by one: an offer that cannot be ended keeps no other one, nor what else there is to do', async () => {
      const places = [await practice(), await practice(), await practice()]
      const entries: any[] = []
      for (const place of places) {
        entries.push(await join({ patientId: (await patient()).id, doctorId: place.doctor.id }))
        await cancel(await visit(place))
      }
      const offers: any[] = []
      for (const { id } of entries) offers.push(await offered(id))
      const repair = await broken('waitlist_offer', 'state', offers[0].id)
      // The one that fails comes first.
      for (const [index, { id }] of offers.entries())
        await server.sql('update waitlist_offer set expires_at = $2 where id = $1', [
          id,
          new Date(clock.now().getTime() - 9 * MINUTE + index),
        ])
      const over = await join({ patientId: (await patient()).id, doctorId: places[0]!.doctor.id })
      await server.sql("update waitlist_entry set earliest = '2020-01-01', latest = '2020-01-02' where id = $1", [over.id])
      await look()
      await until(async () => (await read(entries[2].id)).status === 'WAITING' && (await read(entries[1].id)).status === 'WAITING')
      await until(async () => (await read(over.id)).status === 'EXPIRED')
      const state = async (): Promise<unknown> => (await server.sql('select state from waitlist_offer where id = $1', [offers[0].id]))[0]
      expect(await state()).toEqual({ state: 'OPEN' })
      await repair()
      await look()
      await until(async () => (await read(entries[0].id)).status === 'WAITING')
      expect(await state()).toEqual({ state: 'EXPIRED' })
    })

    it('does not take the letter with it that could not leave: it is sent in a later round, once', async () => {
      const place = await practice()
      const who = await patient({ email: 'nobody-wrote@example.org' })
      const entry = await join({ patientId: who.id, doctorId: place.doctor.id })
      const mailbox = path.join(server.env.CLINIC_DATA_DIR, 'mail')
      await letterTo(server, 'waits@example.org')
      await rename(mailbox, `${mailbox}.away`)
      await writeFile(mailbox, 'not a folder')
      await cancel(await visit(place))
      const offer = await offered(entry.id)
      await settled()
      await rm(mailbox)
      await rename(`${mailbox}.away`, mailbox)
      await look()
      await settled()
      expect((await lettersOf(server)).filter((letter) => letter.includes('nobody-wrote'))).toEqual([])
      clock.advance(3 * MINUTE)
      await look()
      await letterTo(server, 'nobody-wrote@example.org')
      const owed = async (): Promise<unknown> => (await server.sql('select letter_due_at from waitlist_offer where id = $1', [offer.id]))[0]
      await until(async () => isDeepStrictEqual(await owed(), { letter_due_at: null }))
      clock.advance(3 * MINUTE)
      await settled()
      expect((await lettersOf(server)).filter((letter) => letter.includes('nobody-wrote'))).toHaveLength(1)
    })

    it('is ended in batches, all of it, with a step in the history of each', async () => {
      const place = await practice()
      const who = await patient()
      const one = randomUUID()
      const repair = await broken('waitlist_entry', 'status', one)
      await server.sql(
        `insert into waitlist_entry (id, patient_id, doctor_id, earliest, latest, waiting_since)
         select case n when 8 then $3 else gen_random_uuid() end, $1, $2, '2020-01-01', '2020-01-02', now() from generate_series(1, 120) n`,
        [who.id, place.doctor.id, one],
      )
      await look()
      const left = async (): Promise<unknown> =>
        (await server.sql("select count(*)::int as count from waitlist_entry where patient_id = $1 and status = 'WAITING'", [who.id]))[0]?.[
          'count'
        ]
      await until(async () => (await left()) === 1)
      await repair()
      await look()
      await until(async () => (await left()) === 0)
      const [steps] = await server.sql(
        `select count(*)::int as count, count(distinct c.entry_id)::int as entries from waitlist_entry_change c join waitlist_entry e on e.id = c.entry_id
         where e.patient_id = $1 and c."to" = 'EXPIRED'`,
        [who.id],
      )
      expect(steps).toEqual({ count: 120, entries: 120 })
    })
  })

  describe('patients', () => {
    const portal = async (): Promise<{ ask: Ask; own: Patient }> => {
      const own = await patient()
      const user = await server.make.user(server.hasher, [Role.PATIENT], { patient: own })
      await server.make.save()
      return { ask: server.as(user), own }
    }

    it('join, accept and decline for themselves, and see nobody else', async () => {
      const place = await practice()
      const { ask, own } = await portal()
      const stranger = await join({ patientId: (await patient()).id, doctorId: place.doctor.id })
      const entry = await join({ patientId: own.id, doctorId: place.doctor.id, weekdays: [] }, ask)
      await cancel(await visit(place))
      const foreign = await offered(stranger.id)
      for (const [document, id] of [
        [ACCEPT, foreign.id],
        [DECLINE, foreign.id],
        [READ, stranger.id],
      ] as const)
        expect(codesOf(await ask(document, { id }))).toEqual(['NOT_FOUND'])
      await clerk(DECLINE, { id: foreign.id })
      const offer = await until(async () => (await read(entry.id, ask))?.offer)
      expect((await ask(ACCEPT, { id: offer.id })).data?.['acceptWaitlistOffer']).toMatchObject({
        __typename: 'Appointment',
        patient: { id: own.id },
      })
      const list = await ask('{ me { patient { waitlistEntries { totalCount edges { node { status } } } } } waitlist { totalCount } }')
      expect(list.data).toMatchObject({ me: { patient: { waitlistEntries: { totalCount: 1 } } }, waitlist: { totalCount: 1 } })
    })

    it('do not say how urgent it is, nor offer themselves a time', async () => {
      const place = await practice()
      const { ask, own } = await portal()
      const input = { patientId: own.id, doctorId: place.doctor.id, latest: inDays(30) }
      expect(codesOf(await ask(JOIN, { input: { ...input, priority: 'URGENT' } }))).toEqual(['FORBIDDEN'])
      expect(codesOf(await ask(JOIN, { input: { ...input, minutes: 60 } }))).toEqual(['FORBIDDEN'])
      expect(codesOf(await ask(JOIN, { input: { ...input, patientId: (await patient()).id } }))).toEqual(['NOT_FOUND'])
      const entry = await join(input, ask)
      expect(
        codesOf(
          await ask(OFFER, { input: { entryId: entry.id, version: 1, doctorId: place.doctor.id, startsAt: new Date().toISOString() } }),
        ),
      ).toEqual(['FORBIDDEN'])
    })

    it('are spoken for by proxies who may act, not by those who may only read', async () => {
      const place = await practice()
      const child = await patient()
      for (const scope of [ProxyScope.READ, ProxyScope.BOOK]) {
        const holder = await server.make.user(server.hasher, [Role.PATIENT], { patient: server.make.patient() })
        server.make.em.create(PatientProxy, {
          patient: child,
          holder,
          grantedBy: accounts.OWNER,
          scope,
          validFrom: new Date(Date.now() - DAY),
          validTo: new Date(Date.now() + DAY),
        } as never)
        await server.make.save()
        const input = { patientId: child.id, doctorId: place.doctor.id, latest: inDays(30) }
        expect({ scope, codes: codesOf(await server.as(holder)(JOIN, { input })) }).toEqual({
          scope,
          codes: scope === ProxyScope.READ ? ['FORBIDDEN'] : [],
        })
      }
    })
  })

  it('finds, for who joins later, a time that nobody has wanted so far', async () => {
    const place = await practice()
    const freed = await visit(place)
    await cancel(freed)
    await settled()
    const entry = await join({ patientId: (await patient()).id, doctorId: place.doctor.id })
    expect(await offered(entry.id)).toMatchObject({ startsAt: freed.startsAt.toISOString() })
  })

  it('leaves events that name the patient, and nothing that was said', async () => {
    const place = await practice()
    const who = await patient()
    const entry = await join({ patientId: who.id, doctorId: place.doctor.id })
    expect(await server.lastEvent('CREATE')).toMatchObject({ entity: 'WaitlistEntry', entityId: entry.id, patientIds: [who.id] })
    await clerk(LEAVE, { input: { id: entry.id, version: entry.version, reason: 'Canary reason' } })
    expect(await server.lastEvent('UPDATE')).toMatchObject({
      entity: 'WaitlistEntry',
      sections: ['status'],
      facts: { from: 'WAITING', status: 'CANCELLED' },
    })
  })

  it.each([Role.CASHIER, Role.PHARMACIST, Role.ANALYST])('is closed to %s', async (role) => {
    const ask = server.as(accounts[role])
    expect(codesOf(await ask('{ waitlist { totalCount } }'))).toEqual(['FORBIDDEN'])
    expect(codesOf(await ask(ACCEPT, { id: UNKNOWN }))).toEqual(['FORBIDDEN'])
  })
})
