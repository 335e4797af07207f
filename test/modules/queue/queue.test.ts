import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { DAY, dayIn, MINUTE } from '../../../src/clock.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import { watch } from '../../support/live-client.js'
import { MovingClock } from '../../support/moving-clock.js'
import { codesOf, TestServer } from '../../support/server.js'
import { Desk, ENTRY, lockOf, resultOf, type Ask, type Entry } from './queue-desk.js'

describe('the queue of the day (RULES A11)', () => {
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

  const desk = (): Promise<Desk> => Desk.open(server, clerk)
  const statusOf = async (id: string): Promise<unknown> =>
    (await server.sql('select status from appointment where id = $1', [id]))[0]?.['status']

  describe('checking in', () => {
    it('gives a number and a place, and the appointment becomes ARRIVED in the same step', async () => {
      const front = await desk()
      const appointment = await front.appointment()
      const entry = await front.do('checkIn', { appointmentId: appointment.id })
      expect(entry).toMatchObject({
        __typename: 'QueueEntry',
        number: 1,
        day: dayIn(clock.now(), 'Europe/Berlin'),
        status: 'WAITING',
        priority: 'NORMAL',
        position: 1,
        calledAt: null,
        patient: { id: appointment.patient.id },
        doctor: { id: appointment.doctor.id },
        location: { id: front.location.id },
        appointment: { id: appointment.id, status: 'ARRIVED' },
      })
      expect(await front.history(entry['id'])).toEqual(['→WAITING'])
    })

    it('takes who walks in, for a doctor or for whoever is free', async () => {
      const front = await desk()
      expect(await front.walkIn()).toMatchObject({ number: 1, doctor: null, appointment: null })
      expect(await front.walkIn({ doctorId: front.doctor.id, priority: 'URGENT' })).toMatchObject({
        number: 2,
        priority: 'URGENT',
        doctor: { id: front.doctor.id },
      })
    })

    it('answers with the place a patient has already, and changes nothing', async () => {
      const front = await desk()
      const appointment = await front.appointment()
      const first = await front.do('checkIn', { appointmentId: appointment.id })
      const again = await front.do('checkIn', { appointmentId: appointment.id })
      expect(again).toMatchObject({ __typename: 'AlreadyInQueue', entry: { id: first['id'], version: first['version'] } })
      const walkIn = await front.do('checkIn', { patientId: appointment.patient.id, locationId: front.location.id })
      expect(walkIn['entry'].id).toBe(first['id'])
    })

    it('numbers a day without gaps or doubles, however many come at once, and a patient only once', async () => {
      const front = await desk()
      const patients = Array.from({ length: 16 }, () => server.make.patient())
      await server.make.save()
      const answers = await Promise.all(
        [...patients, ...patients].map(({ id }) => front.run('checkIn', { patientId: id, locationId: front.location.id })),
      )
      expect(answers.flatMap(codesOf)).toEqual([])
      expect(answers.filter(({ data }) => data?.['result'].__typename === 'QueueEntry')).toHaveLength(16)
      const rows = await server.sql('select number from queue_entry where location_id = $1 order by number', [front.location.id])
      expect(rows.map((row) => row['number'])).toEqual(Array.from({ length: 16 }, (_, index) => index + 1))
    })

    it('leaves no gap behind a check-in that fails', async () => {
      const front = await desk()
      const cancelled = await front.appointment({ status: AppointmentStatus.CANCELLED })
      expect(codesOf(await front.run('checkIn', { appointmentId: cancelled.id }))).toEqual(['INVALID_TRANSITION'])
      expect(await front.walkIn()).toMatchObject({ number: 1 })
    })

    it('begins to count anew every day, by the wall clock of the location', async () => {
      const front = await desk()
      await front.walkIn()
      await server.sql('update queue_entry set day = day - 1 where location_id = $1', [front.location.id])
      expect(await front.walkIn()).toMatchObject({ number: 1 })
    })

    it('refuses appointments of other days, and input that says too little or too much', async () => {
      const front = await desk()
      const tomorrow = server.make.appointment({
        location: front.location,
        startsAt: new Date(clock.now().getTime() + DAY),
        status: AppointmentStatus.BOOKED,
      })
      await server.make.save()
      const today = await front.appointment()
      const inputs = [
        { appointmentId: tomorrow.id },
        { appointmentId: today.id, doctorId: front.doctor.id },
        { patientId: today.patient.id },
        { locationId: front.location.id },
        { patientId: today.patient.id, locationId: front.doctor.id },
        { patientId: today.patient.id, locationId: front.location.id, doctorId: front.location.id },
      ]
      for (const input of inputs)
        expect({ input, codes: codesOf(await front.run('checkIn', input)) }).toEqual({ input, codes: ['BAD_USER_INPUT'] })
      expect(await statusOf(tomorrow.id)).toBe('BOOKED')
    })
  })

  describe('calling', () => {
    it('goes by priority, then by arrival', async () => {
      const front = await desk()
      const entries = []
      for (const priority of ['NORMAL', 'URGENT', 'NORMAL', 'EMERGENCY', 'URGENT']) {
        entries.push(await front.walkIn({ priority }))
        clock.advance(1000)
      }
      expect((await Promise.all(entries.map(({ id }) => front.read(id)))).map(({ position }) => position)).toEqual([4, 2, 5, 1, 3])
      const called = []
      for (let turn = 0; turn < 5; turn += 1) called.push((await front.callNext())['number'])
      expect(called).toEqual([4, 2, 5, 1, 3])
      expect(await front.callNext()).toEqual({ __typename: 'QueueEmpty', waitingForOthers: 0 })
    })

    it('gives 32 who call at once 32 different patients, the first of the queue', async () => {
      const front = await desk()
      const patients = Array.from({ length: 40 }, () => server.make.patient())
      await server.make.save()
      for (const { id } of patients) await front.run('checkIn', { patientId: id, locationId: front.location.id })
      const other = await TestServer.start({ on: server, clock: clock.now })
      try {
        const desks = [front, front.as(other.as(accounts.STAFF))]
        const called = await Promise.all(Array.from({ length: 32 }, (_, index) => desks[index % 2]!.callNext()))
        expect(called.map(({ number }) => number as number).toSorted((one, two) => one - two)).toEqual(
          Array.from({ length: 32 }, (_, index) => index + 1),
        )
      } finally {
        await other.stop()
      }
    })

    it('for a doctor takes who waits for them or for whoever is free, and says how many wait for others', async () => {
      const front = await desk()
      const other = server.make.doctor()
      await server.make.save()
      await front.walkIn({ doctorId: other.id })
      const anybody = await front.walkIn()
      const mine = await front.walkIn({ doctorId: front.doctor.id })
      expect(await front.callNext({ doctorId: front.doctor.id })).toMatchObject({
        id: anybody['id'],
        doctor: { id: front.doctor.id },
        room: { id: front.room.id },
      })
      expect(await front.callNext({ doctorId: front.doctor.id })).toMatchObject({ id: mine['id'] })
      expect(await front.callNext({ doctorId: front.doctor.id })).toEqual({ __typename: 'QueueEmpty', waitingForOthers: 1 })
    })

    it('to a room of another location, or for nobody’s doctor, is refused', async () => {
      const [front, elsewhere] = [await desk(), await desk()]
      await front.walkIn()
      for (const wrong of [{ roomId: elsewhere.room.id }, { doctorId: front.room.id }, { locationId: front.room.id }])
        expect(codesOf(await front.run('callNext', { locationId: front.location.id, ...wrong }))).toEqual(['BAD_USER_INPUT'])
    })

    it('out of turn is possible', async () => {
      const front = await desk()
      const [first, second] = [await front.walkIn(), await front.walkIn()]
      expect(await front.do('callQueueEntry', { ...lockOf(second), roomId: front.room.id })).toMatchObject({
        status: 'CALLED',
        room: { id: front.room.id },
      })
      expect(await front.read(first['id'])).toMatchObject({ status: 'WAITING', position: 1 })
    })
  })

  describe('the way through', () => {
    it('takes the appointment along: IN_PROGRESS when it starts, COMPLETED only when asked', async () => {
      const front = await desk()
      for (const completeAppointment of [false, true]) {
        const appointment = await front.appointment()
        const entry = await front.do('checkIn', { appointmentId: appointment.id })
        const called = await front.do('callQueueEntry', lockOf(entry))
        expect(called).toMatchObject({ status: 'CALLED', calledAt: expect.any(String), position: null })
        const started = await front.do('startService', lockOf(called))
        expect(started).toMatchObject({ status: 'IN_SERVICE', startedAt: expect.any(String), appointment: { status: 'IN_PROGRESS' } })
        const done = await front.do('finishService', { ...lockOf(started), completeAppointment })
        expect(done).toMatchObject({
          status: 'DONE',
          endedAt: expect.any(String),
          allowedTransitions: [],
          appointment: { status: completeAppointment ? 'COMPLETED' : 'IN_PROGRESS' },
        })
        expect(await front.history(entry['id'])).toEqual(['→WAITING', 'WAITING→CALLED', 'CALLED→IN_SERVICE', 'IN_SERVICE→DONE'])
      }
    })

    it('ends with the visit: who is called off, or was entered in error, waits no more', async () => {
      const front = await desk()
      const CHANGE = 'mutation ($input: ChangeAppointmentStatusInput!) { changeAppointmentStatus(input: $input) { id } }'
      const CANCEL = 'mutation ($input: CancelAppointmentSeriesInput!) { cancelAppointmentSeries(input: $input) { id } }'
      for (const [off, more, moves] of [
        [CHANGE, { status: 'CANCELLED' }, []],
        [CHANGE, { status: 'ENTERED_IN_ERROR' }, ['callQueueEntry', 'startService']],
        [CANCEL, { scope: 'THIS' }, ['callQueueEntry']],
      ] as const) {
        const { id } = await front.appointment()
        let entry = await front.do('checkIn', { appointmentId: id })
        for (const move of moves) entry = await front.do(move, lockOf(entry))
        const { version } = (await front.ask('query ($id: ID!) { appointment(id: $id) { version } }', { id })).data!['appointment']
        expect(codesOf(await front.ask(off, { input: { id, version, reason: 'Went home', ...more } }))).toEqual([])
        const rows = await server.sql(
          `select q.status, q.ended_at is not null as ended, c.reason from queue_entry q join queue_entry_change c on c.entry_id = q.id
           where q.appointment_id = $1 order by c.at desc, c.id desc limit 1`,
          [id],
        )
        expect(rows).toEqual([{ status: 'LEFT', ended: true, reason: 'Went home' }])
        expect(await front.do('callNext', { locationId: front.location.id })).toMatchObject({ __typename: 'QueueEmpty' })
      }
    })

    it('leads to the room of the appointment, unless another one is said', async () => {
      for (const elsewhere of [false, true]) {
        const front = await desk()
        const other = server.make.room(front.location)
        const visit = await front.appointment({ room: front.room })
        await front.do('checkIn', { appointmentId: visit.id })
        const called = await front.do('callNext', { locationId: front.location.id, ...(elsewhere && { roomId: other.id }) })
        expect(called).toMatchObject({ room: { id: elsewhere ? other.id : front.room.id } })
      }
    })

    it('allows the moves of the table and no other, and a refused one changes nothing', async () => {
      const front = await desk()
      const entry = await front.walkIn()
      for (const name of ['startService', 'finishService', 'recallQueueEntry'] as const)
        expect(codesOf(await front.run(name, lockOf(entry)))).toEqual(['INVALID_TRANSITION'])
      expect(await front.read(entry['id'])).toEqual(expect.objectContaining(lockOf(entry)))
      expect(await front.history(entry['id'])).toEqual(['→WAITING'])
    })

    it('skips who does not come, and takes them back in the place of their arrival', async () => {
      const front = await desk()
      const [first] = [await front.walkIn(), await front.walkIn()]
      const skipped = await front.do('skipQueueEntry', { ...lockOf(await front.callNext()), reason: 'in the garden' })
      expect(skipped).toMatchObject({ id: first['id'], status: 'SKIPPED', allowedTransitions: ['WAITING', 'LEFT'] })
      expect(await front.do('recallQueueEntry', lockOf(skipped))).toMatchObject({ status: 'WAITING', position: 1, calledAt: null })
      expect(await front.history(first['id'])).toContain('CALLED→SKIPPED in the garden')
    })

    it('lets who left come back with a new number', async () => {
      const front = await desk()
      const appointment = await front.appointment()
      const entry = await front.do('checkIn', { appointmentId: appointment.id })
      await front.do('markLeft', { ...lockOf(entry), reason: 'the bus' })
      expect(await statusOf(appointment.id)).toBe('ARRIVED')
      expect(await front.do('checkIn', { appointmentId: appointment.id })).toMatchObject({ number: 2, status: 'WAITING' })
    })

    it('refuses a version that is not the last', async () => {
      const front = await desk()
      const entry = await front.walkIn()
      await front.do('callQueueEntry', lockOf(entry))
      expect(codesOf(await front.run('markLeft', lockOf(entry)))).toEqual(['STALE_VERSION'])
    })
  })

  describe('sending on', () => {
    it('within a location keeps the number and the arrival', async () => {
      const front = await desk()
      const entry = await front.inService()
      await front.walkIn()
      const moved = await front.do('transferQueueEntry', { ...lockOf(entry), doctorId: front.doctor.id, reason: 'for the X-ray' })
      expect(moved).toMatchObject({
        number: entry['number'],
        arrivedAt: entry['arrivedAt'],
        status: 'WAITING',
        doctor: { id: front.doctor.id },
        room: null,
        position: 1,
      })
      expect(moved['id']).not.toBe(entry['id'])
      expect(await front.read(entry['id'])).toMatchObject({ status: 'TRANSFERRED', endedAt: expect.any(String) })
      expect(await front.history(entry['id'])).toContain('IN_SERVICE→TRANSFERRED for the X-ray')
    })

    it('to another location gives a number there, and keeps the arrival', async () => {
      const [front, there] = [await desk(), await desk()]
      await there.walkIn()
      const entry = await front.walkIn()
      expect(
        await front.do('transferQueueEntry', { ...lockOf(entry), locationId: there.location.id, roomId: there.room.id }),
      ).toMatchObject({
        number: 2,
        arrivedAt: entry['arrivedAt'],
        location: { id: there.location.id },
        room: { id: there.room.id },
      })
    })

    it('to where the patient waits already is refused, and so is nowhere', async () => {
      const [front, there] = [await desk(), await desk()]
      const entry = await front.walkIn()
      await there.do('checkIn', { patientId: entry['patient'].id, locationId: there.location.id })
      expect(codesOf(await front.run('transferQueueEntry', { ...lockOf(entry), locationId: there.location.id }))).toEqual(['CONFLICT'])
      expect(codesOf(await front.run('transferQueueEntry', lockOf(entry)))).toEqual(['BAD_USER_INPUT'])
      expect(await front.read(entry['id'])).toMatchObject({ status: 'WAITING' })
    })
  })

  describe('taking back', () => {
    it('puts everything back that the last move changed, the appointment too', async () => {
      const front = await desk()
      const appointment = await front.appointment()
      const entry = await front.do('checkIn', { appointmentId: appointment.id })
      const called = await front.do('callQueueEntry', { ...lockOf(entry), roomId: front.room.id })
      const started = await front.do('startService', lockOf(called))
      const back = resultOf(await front.undo(started))
      expect(back).toMatchObject({ status: 'CALLED', startedAt: null, calledAt: called['calledAt'], appointment: { status: 'ARRIVED' } })
      expect(await front.history(entry['id'])).toContain('IN_SERVICE→CALLED undo')
    })

    it('works once: the move before needs a move of its own', async () => {
      const front = await desk()
      const called = await front.do('callQueueEntry', { ...lockOf(await front.walkIn()), roomId: front.room.id })
      const back = resultOf(await front.undo(called))
      expect(back).toMatchObject({ status: 'WAITING', calledAt: null, room: null })
      expect(codesOf(await front.undo(back))).toEqual(['CONFLICT'])
      expect(codesOf(await front.undo(called))).toEqual(['STALE_VERSION'])
      const again = await front.do('callQueueEntry', lockOf(back))
      expect(resultOf(await front.undo(again))).toMatchObject({ status: 'WAITING' })
    })

    it('reopens what was ended, unless the patient has a newer place', async () => {
      const front = await desk()
      const left = await front.do('markLeft', lockOf(await front.walkIn()))
      const done = await front.do('finishService', lockOf(await front.inService()))
      expect(resultOf(await front.undo(done))).toMatchObject({ status: 'IN_SERVICE', endedAt: null })
      await front.do('checkIn', { patientId: left['patient'].id, locationId: front.location.id })
      expect(codesOf(await front.undo(left))).toEqual(['CONFLICT'])
    })

    it('of a visit that was completed early is refused when somebody else has the rest of its time', async () => {
      const front = await desk()
      const visit = await front.appointment()
      const entry = await front.do('checkIn', { appointmentId: visit.id })
      const called = await front.do('callQueueEntry', { ...lockOf(entry), roomId: front.room.id })
      const done = await front.do('finishService', { ...lockOf(await front.do('startService', lockOf(called))), completeAppointment: true })
      server.make.appointment({
        doctor: visit.doctor,
        location: front.location,
        startsAt: visit.startsAt,
        endsAt: visit.endsAt,
        status: AppointmentStatus.BOOKED,
      })
      await server.make.save()
      const refused = await front.undo(done)
      expect(codesOf(refused)).toEqual(['CONFLICT'])
      expect(refused.errors![0]!.extensions['conflictsWith']).toBe('DOCTOR')
      const rows = await server.sql(
        'select q.status, a.status as visit from queue_entry q join appointment a on a.id = q.appointment_id where q.id = $1',
        [done['id']],
      )
      expect(rows).toEqual([{ status: 'DONE', visit: 'COMPLETED' }])
    })

    it('of a check-in ends it, and the appointment is as it was', async () => {
      const front = await desk()
      const appointment = await front.appointment({ status: AppointmentStatus.CONFIRMED })
      const entry = await front.do('checkIn', { appointmentId: appointment.id })
      expect(resultOf(await front.undo(entry))).toMatchObject({ status: 'LEFT', appointment: { status: 'CONFIRMED' } })
      expect(await front.do('checkIn', { appointmentId: appointment.id })).toMatchObject({ number: 2 })
    })

    it('of a transfer brings the first place back, whichever of the two is named', async () => {
      const front = await desk()
      for (const named of ['old', 'new']) {
        const entry = await front.inService()
        const moved = await front.do('transferQueueEntry', { ...lockOf(entry), doctorId: front.doctor.id })
        const back = resultOf(await front.undo(named === 'new' ? moved : await front.read(entry['id'])))
        expect(back).toMatchObject({
          id: entry['id'],
          status: 'IN_SERVICE',
          number: entry['number'],
          endedAt: null,
          startedAt: entry['startedAt'],
        })
        expect(await front.read(moved['id'])).toMatchObject({ status: 'TRANSFERRED' })
      }
    })

    it('of a transfer is refused when they have been moved on since', async () => {
      const front = await desk()
      const entry = await front.walkIn()
      const moved = await front.do('transferQueueEntry', { ...lockOf(entry), doctorId: front.doctor.id })
      await front.do('callQueueEntry', lockOf(moved))
      expect(codesOf(await front.undo(await front.read(entry['id'])))).toEqual(['CONFLICT'])
    })

    it('is for the same day only', async () => {
      const front = await desk()
      const called = await front.do('callQueueEntry', lockOf(await front.walkIn()))
      await server.sql('update queue_entry set day = day - 1 where id = $1', [called['id']])
      expect(codesOf(await front.undo(called))).toEqual(['CONFLICT'])
    })

    it('of one move by many at once happens once', async () => {
      const front = await desk()
      const called = await front.do('callQueueEntry', lockOf(await front.walkIn()))
      const answers = await Promise.all(Array.from({ length: 8 }, () => front.undo(called)))
      expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
      expect(new Set(answers.flatMap(codesOf))).toEqual(new Set(['STALE_VERSION']))
    })
  })

  describe('looking', () => {
    const LIST = `query ($filter: QueueFilter, $first: Int, $after: String) { queue(filter: $filter, first: $first, after: $after) { totalCount edges { cursor node { ...E } } pageInfo { hasNextPage endCursor } } } ${ENTRY}`
    const numbers = (answer: { data?: Record<string, any> | null }): number[] =>
      answer.data?.['queue'].edges.map((edge: Entry) => edge['node'].number)

    it('pages through the queue in the order of calling', async () => {
      const front = await desk()
      for (const priority of ['NORMAL', 'URGENT', 'NORMAL', 'URGENT', 'EMERGENCY']) {
        await front.walkIn({ priority })
        clock.advance(10)
      }
      const filter = { locationId: front.location.id, today: true, status: ['WAITING'] }
      const first = await clerk(LIST, { filter, first: 2 })
      expect(first.errors).toBeUndefined()
      expect(numbers(first)).toEqual([5, 2])
      const rest = await clerk(LIST, { filter, first: 5, after: first.data?.['queue'].pageInfo.endCursor })
      expect([numbers(rest), rest.data?.['queue'].totalCount]).toEqual([[4, 1, 3], 5])
    })

    it('tells a waiting time from the latest turns, once there are some', async () => {
      const front = await desk()
      const wait = async (entry: Entry): Promise<unknown> =>
        (await clerk('query ($id: ID!) { queueEntry(id: $id) { estimatedWaitMinutes } }', { id: entry['id'] })).data?.['queueEntry']
          .estimatedWaitMinutes
      const turn = async (minutes: number): Promise<void> => {
        const started = await front.inService({ doctorId: front.doctor.id })
        clock.advance(minutes * MINUTE)
        await front.do('finishService', lockOf(started))
      }
      await turn(1)
      await turn(1.5)
      const [first, second] = [await front.walkIn({ doctorId: front.doctor.id }), await front.walkIn({ doctorId: front.doctor.id })]
      expect([await wait(first), await wait(second)]).toEqual([null, null])
      await turn(2)
      expect([await wait(first), await wait(second)]).toEqual([0, 2])
      await front.callNext({ doctorId: front.doctor.id })
      expect([await wait(first), await wait(second)]).toEqual([null, 1])
    })

    it('shows patients their own place, and nobody else’s', async () => {
      const front = await desk()
      const [ahead, appointment] = [await front.walkIn(), await front.appointment()]
      const user = await server.make.user(server.hasher, [Role.PATIENT], { patient: appointment.patient.unwrap() })
      await server.make.save()
      const entry = await front.do('checkIn', { appointmentId: appointment.id })
      const own = await server.as(user)(
        '{ me { patient { queueEntries(first: 1) { edges { node { id number position status doctor { fullName } } } } } } queue { totalCount } }',
      )
      expect(own.errors).toBeUndefined()
      expect(own.data?.['me'].patient.queueEntries.edges[0].node).toMatchObject({ id: entry['id'], number: 2, position: 2 })
      expect(own.data?.['queue'].totalCount).toBe(1)
      expect(codesOf(await server.as(user)('query ($id: ID!) { queueEntry(id: $id) { id } }', { id: ahead['id'] }))).toEqual(['NOT_FOUND'])
      expect(codesOf(await front.as(server.as(user)).run('markLeft', lockOf(entry)))).toEqual(['FORBIDDEN'])
    })

    it('shows the till those of today, and analysts how many there are', async () => {
      const front = await desk()
      const [today, past] = [await front.walkIn(), await front.walkIn()]
      await server.sql('update queue_entry set day = day - 3 where id = $1', [past['id']])
      const filter = { locationId: front.location.id }
      const till = await server.as(accounts.CASHIER)(
        'query ($filter: QueueFilter) { queue(filter: $filter) { totalCount edges { node { id } } } }',
        { filter },
      )
      expect(till.data?.['queue']).toEqual({ totalCount: 1, edges: [{ node: { id: today['id'] } }] })
      const analyst = server.as(accounts.ANALYST)
      expect((await analyst('query ($filter: QueueFilter) { queue(filter: $filter) { totalCount } }', { filter })).data?.['queue']).toEqual(
        { totalCount: 2 },
      )
      expect(
        codesOf(await analyst('query ($filter: QueueFilter) { queue(filter: $filter) { edges { node { id } } } }', { filter })),
      ).toEqual(['FORBIDDEN'])
    })

    it('leaves events that name the patient and nothing that was said', async () => {
      const front = await desk()
      const entry = await front.walkIn()
      expect(await server.lastEvent('CREATE')).toMatchObject({
        entity: 'QueueEntry',
        entityId: entry['id'],
        patientIds: [entry['patient'].id],
      })
      await front.do('markLeft', { ...lockOf(entry), reason: 'was angry' })
      expect(await server.lastEvent('UPDATE')).toMatchObject({
        entity: 'QueueEntry',
        entityId: entry['id'],
        sections: ['status'],
        patientIds: [entry['patient'].id],
      })
    })
  })

  it('tells everybody who watches a location of every move there', async () => {
    const [front, elsewhere] = [await desk(), await desk()]
    const query = 'subscription ($id: ID!) { queueChanged(locationId: $id) { number status patient { id } } }'
    const token = await server.tokenOf(accounts.STAFF)
    const here = await watch(server.app.url, { token }, query, { id: front.location.id })
    try {
      await elsewhere.walkIn()
      const entry = await front.walkIn()
      await here.until(1)
      await front.callNext()
      const told = await here.until(2)
      expect(told.map(({ data, errors }) => errors ?? data?.['queueChanged'])).toEqual(
        ['WAITING', 'CALLED'].map((status) => ({ number: 1, status, patient: { id: entry['patient'].id } })),
      )
    } finally {
      await here.close()
    }
  })

  describe('a doctor who is bounded to patients in their care', () => {
    it('is given nobody else’s patients when calling', async () => {
      const front = await desk()
      const bounded = await TestServer.start({ on: server, clock: clock.now })
      await server.sql("update clinic_setting set doctor_scope = 'CARE_RELATION'")
      try {
        const ask = bounded.as(accounts.DOCTOR)
        const [own] = await server.sql('select d.id from doctor d where d.staff_id = $1', [accounts.DOCTOR.staff!.id])
        const foreign = await front.walkIn({ priority: 'EMERGENCY' })
        const doctor = server.make.em.getReference(
          (await import('../../../src/modules/doctors/doctor.entity.js')).Doctor,
          own!['id'] as string,
        )
        const appointment = await front.appointment({ doctor })
        const mine = await front.do('checkIn', { appointmentId: appointment.id })
        expect(await front.as(ask).callNext({ doctorId: own!['id'] })).toMatchObject({ id: mine['id'] })
        expect(await front.as(ask).callNext()).toMatchObject({ __typename: 'QueueEmpty' })
        expect(codesOf(await front.as(ask).run('callQueueEntry', lockOf(foreign)))).toEqual(['NOT_FOUND'])
      } finally {
        await server.sql("update clinic_setting set doctor_scope = 'ALL_PATIENTS'")
        await bounded.stop()
      }
    })
  })
})
