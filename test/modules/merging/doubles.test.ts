import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import { watch } from '../../support/live-client.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'
import { Desk, lockOf, type Ask, type Entry } from '../queue/queue-desk.js'
import { everyRow } from './every-row.js'

const MERGE = 'mutation ($input: MergePatientsInput!) { mergePatients(input: $input) { id version } }'
const UNMERGE = 'mutation ($input: UnmergePatientsInput!) { unmergePatients(input: $input) { id undoneAt } }'
const JOIN = 'mutation ($input: JoinWaitlistInput!) { joinWaitlist(input: $input) { id version status } }'
/** Written once, never changed: merging and undoing it add to them. */
const HISTORIES = ['queue_entry_change', 'waitlist_entry_change']
const MERGED = 'Two records of one person were merged'

describe('merging two who wait twice (RULES P4, A10, A11)', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let admin: Ask

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    admin = server.as(accounts.ADMIN)
    await admin('{ me { id } }')
  })
  afterAll(() => server.stop())

  const two = async (): Promise<[Patient, Patient]> => {
    const made: [Patient, Patient] = [server.make.patient(), server.make.patient()]
    await server.make.save()
    return made
  }
  const merge = async (winner: { id: string }, loser: { id: string }): Promise<Entry> => {
    const rows = await server.sql('select id, version from patient where id in ($1, $2)', [winner.id, loser.id])
    const version = (id: string): unknown => rows.find((row) => row['id'] === id)?.['version']
    const input = { winnerId: winner.id, winnerVersion: version(winner.id), loserId: loser.id, loserVersion: version(loser.id) }
    const { data, errors } = await admin(MERGE, { input: { ...input, reason: 'Same passport, seen at the desk' } })
    expect(errors).toBeUndefined()
    return data?.mergePatients
  }
  const unmerge = ({ id, version }: Entry): Promise<Answer> =>
    admin(UNMERGE, { input: { mergeId: id, version, reason: 'Two people after all' } })

  describe('in one queue', () => {
    const checkedIn = async (desk: Desk, patient: Patient, more: object = {}): Promise<Entry> =>
      desk.do('checkIn', { patientId: patient.id, locationId: desk.location.id, ...more })

    it.each([
      ['the record that goes on', 0],
      ['the record whose contents move', 1],
    ])('keeps the earlier place, that of %s, and undoing it gives back both', async (_, first) => {
      const [desk, pair] = [await Desk.open(server, admin), await two()]
      const earlier = await checkedIn(desk, pair[first]!)
      const later = await checkedIn(desk, pair[1 - first]!)
      const before = await everyRow(server, HISTORIES)
      const merged = await merge(...pair)
      expect(await desk.read(earlier['id'])).toMatchObject({ status: 'WAITING', number: 1, position: 1, patient: { id: pair[0].id } })
      expect(await desk.read(later['id'])).toMatchObject({
        status: 'TRANSFERRED',
        endedAt: expect.any(String),
        patient: { id: pair[0].id },
      })
      expect(await desk.history(earlier['id'])).toEqual(['→WAITING'])
      expect(await desk.history(later['id'])).toEqual(['→WAITING', `WAITING→TRANSFERRED ${MERGED}`])
      expect(codesOf(await desk.undo(later))).toEqual(['CONFLICT'])
      expect(await server.lastEvent('MERGE')).toMatchObject({ facts: { doubles: 1 } })

      expect((await unmerge(merged)).errors).toBeUndefined()
      expect(await everyRow(server, HISTORIES)).toEqual(before)
      expect((await desk.history(later['id'])).at(-1)).toBe('TRANSFERRED→WAITING undo The merge was undone')
      expect(await server.lastEvent('UNMERGE')).toMatchObject({ facts: { left: 0 } })
    })

    it('keeps the place of who is being seen, whoever came first', async () => {
      const [desk, [winner, loser]] = [await Desk.open(server, admin), await two()]
      const waiting = await checkedIn(desk, winner)
      const called = await desk.do('callQueueEntry', lockOf(await checkedIn(desk, loser)))
      const seen = await desk.do('startService', lockOf(called))
      const before = await everyRow(server, HISTORIES)
      const merged = await merge(winner, loser)
      expect([(await desk.read(waiting['id']))['status'], (await desk.read(seen['id']))['status']]).toEqual(['TRANSFERRED', 'IN_SERVICE'])
      expect((await unmerge(merged)).errors).toBeUndefined()
      expect(await everyRow(server, HISTORIES)).toEqual(before)
    })

    it('keeps who waits rather than who was passed over, and marks that one as left', async () => {
      const [desk, [winner, loser]] = [await Desk.open(server, admin), await two()]
      const skipped = await desk.do('skipQueueEntry', lockOf(await checkedIn(desk, winner)))
      const waiting = await checkedIn(desk, loser)
      const merged = await merge(winner, loser)
      expect([(await desk.read(skipped['id']))['status'], (await desk.read(waiting['id']))['status']]).toEqual(['LEFT', 'WAITING'])
      expect((await unmerge(merged)).errors).toBeUndefined()
      expect((await desk.read(skipped['id']))['status']).toBe('SKIPPED')
    })

    it('takes over what only the other place knew: its visit, its doctor, how urgent it is', async () => {
      const [desk, [winner, loser]] = [await Desk.open(server, admin), await two()]
      const kept = await checkedIn(desk, winner)
      const appointment = await desk.appointment({ patient: loser })
      await desk.do('checkIn', { appointmentId: appointment.id, priority: 'URGENT' })
      const before = await everyRow(server, HISTORIES)
      const merged = await merge(winner, loser)
      expect(await desk.read(kept['id'])).toMatchObject({
        status: 'WAITING',
        priority: 'URGENT',
        appointment: { id: appointment.id },
        doctor: { id: appointment.doctor.id },
      })
      expect((await unmerge(merged)).errors).toBeUndefined()
      expect(await everyRow(server, HISTORIES)).toEqual(before)
    })

    it('does not touch places at other locations, or those that have ended', async () => {
      const [desk, other, [winner, loser]] = [await Desk.open(server, admin), await Desk.open(server, admin), await two()]
      const here = await checkedIn(desk, winner)
      await desk.do('markLeft', lockOf(await checkedIn(desk, loser)))
      const there = await checkedIn(other, loser)
      await merge(winner, loser)
      expect(await server.lastEvent('MERGE')).toMatchObject({ facts: { doubles: 0 } })
      expect([(await desk.read(here['id']))['status'], (await other.read(there['id']))['status']]).toEqual(['WAITING', 'WAITING'])
    })

    it('tells those who watch of both', async () => {
      const [desk, [winner, loser]] = [await Desk.open(server, admin), await two()]
      const entries = [await checkedIn(desk, winner), await checkedIn(desk, loser)]
      const query = 'subscription ($id: ID!) { queueChanged(locationId: $id) { id status } }'
      const token = await server.tokenOf(accounts.ADMIN)
      const news = await watch(server.app.url, { token }, query, { id: desk.location.id })
      try {
        await merge(winner, loser)
        const told = (await news.until(2)).map(({ data, errors }) => errors ?? data?.['queueChanged'])
        expect(told).toEqual([
          { id: entries[0]?.['id'], status: 'WAITING' },
          { id: entries[1]?.['id'], status: 'TRANSFERRED' },
        ])
      } finally {
        await news.close()
      }
    })

    it('is not undone into a queue where the patient has a newer place: that is settled first', async () => {
      const [desk, [winner, loser]] = [await Desk.open(server, admin), await two()]
      const kept = await checkedIn(desk, loser)
      await checkedIn(desk, winner)
      const merged = await merge(winner, loser)
      await desk.do('markLeft', lockOf(kept))
      const newer = await checkedIn(desk, winner)
      expect(codesOf(await unmerge(merged))).toEqual(['CONFLICT'])
      await desk.do('markLeft', lockOf(newer))
      expect((await unmerge(merged)).errors).toBeUndefined()
    })
  })

  describe('on the waitlist', () => {
    const join = async (patient: Patient, more: object): Promise<Entry> => {
      const latest = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
      const { data, errors } = await admin(JOIN, { input: { patientId: patient.id, latest, ...more } })
      expect(errors).toBeUndefined()
      return data?.joinWaitlist
    }
    const entryOf = async ({ id }: Entry): Promise<Entry> =>
      (await server.sql('select status, priority, patient_id as patient from waitlist_entry where id = $1', [id]))[0] as Entry

    it('keeps the longer wait for the same with the higher priority, and leaves other wishes alone', async () => {
      const [winner, loser] = await two()
      const [doctor, another] = [server.make.doctor(), server.make.doctor()]
      await server.make.save()
      const first = await join(loser, { doctorId: doctor.id })
      const second = await join(winner, { doctorId: doctor.id, priority: 'HIGH' })
      const different = await join(loser, { doctorId: another.id })
      const before = await everyRow(server, HISTORIES)
      const merged = await merge(winner, loser)
      expect(await entryOf(first)).toEqual({ status: 'WAITING', priority: 'HIGH', patient: winner.id })
      expect(await entryOf(second)).toEqual({ status: 'CANCELLED', priority: 'HIGH', patient: winner.id })
      expect(await entryOf(different)).toEqual({ status: 'WAITING', priority: 'NORMAL', patient: winner.id })
      const steps = 'select "from", "to", reason from waitlist_entry_change where entry_id = $1 order by at, id'
      expect((await server.sql(steps, [second['id']])).at(-1)).toEqual({ from: 'WAITING', to: 'CANCELLED', reason: MERGED })
      expect((await unmerge(merged)).errors).toBeUndefined()
      expect(await everyRow(server, HISTORIES)).toEqual(before)
      expect((await server.sql(steps, [second['id']])).at(-1)).toMatchObject({ from: 'CANCELLED', to: 'WAITING' })
    })

    it('keeps who has an offer, with the longer wait; and two offers both stand until they are answered', async () => {
      const [winner, loser] = await two()
      const doctor = server.make.doctor()
      await server.make.save()
      const [longer, offered] = [await join(winner, { doctorId: doctor.id }), await join(loser, { doctorId: doctor.id })]
      await server.sql("update waitlist_entry set status = 'OFFERED' where id = $1", [offered['id']])
      const merged = await merge(winner, loser)
      expect([(await entryOf(longer))['status'], (await entryOf(offered))['status']]).toEqual(['CANCELLED', 'OFFERED'])
      const [since] = await server.sql('select count(distinct waiting_since)::int as times from waitlist_entry where id in ($1, $2)', [
        longer['id'],
        offered['id'],
      ])
      expect(since).toEqual({ times: 1 })
      expect((await unmerge(merged)).errors).toBeUndefined()
      await server.sql("update waitlist_entry set status = 'OFFERED' where id = $1", [longer['id']])
      await merge(winner, loser)
      expect([(await entryOf(longer))['status'], (await entryOf(offered))['status']]).toEqual(['OFFERED', 'OFFERED'])
    })
  })
})
