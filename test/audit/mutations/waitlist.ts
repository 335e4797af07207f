import { dayFromNow, noonIn, type Calls, type Event, type Fixture } from './fixture.js'

/** Words that stand in fields that people write in: they may be in no event. */
const REASON = 'Zebedee has found another doctor'

/** Those who wait for a time, and the times that they are offered. */
export function waitlistCalls(f: Fixture): Calls {
  interface Waiting {
    readonly id: string
    readonly patientId: string
    readonly doctorId: string
  }
  const wish = async (): Promise<{ patientId: string; doctorId: string; latest: string; minutes: number }> => {
    const { doctor } = await f.practice()
    const { id } = await f.patient()
    return { patientId: id, doctorId: doctor.id, latest: dayFromNow(30), minutes: 30 }
  }
  const waiting = async (): Promise<Waiting> => {
    const input = await wish()
    const { id } = await f.made('joinWaitlist', { input })
    return { id, patientId: input.patientId, doctorId: input.doctorId }
  }
  const offering = async ({ id, doctorId }: Waiting): Promise<Record<string, unknown>> => {
    const version = await f.versionOf('waitlist_entry', id)
    return { entryId: id, version, doctorId, startsAt: noonIn(5).toISOString() }
  }
  const offered = async (): Promise<Waiting & { offerId: string }> => {
    const entry = await waiting()
    const { id } = await f.made('offerSlot', { input: await offering(entry) })
    return { ...entry, offerId: id }
  }
  const moved = ({ id, patientId }: Waiting, from: string, status: string): Event =>
    f.updated('WaitlistEntry', { id, patients: [patientId], sections: ['status'], facts: { from, status } })
  const ended = (id: string, patientId: string, status: string): Event =>
    f.updated('WaitlistOffer', { id, patients: [patientId], sections: ['status'], facts: { from: 'OPEN', status } })

  return {
    joinWaitlist: async () => {
      const input = await wish()
      return {
        ask: () => f.call('joinWaitlist', { input }),
        leaves: ({ id }) => [f.created('WaitlistEntry', { id, patients: [input.patientId] }), f.read([input.patientId], 'WaitlistEntry')],
      }
    },
    updateWaitlistEntry: async () => {
      const { id, patientId } = await waiting()
      const input = { ...(await f.lockOf('waitlist_entry', id)), latest: dayFromNow(20), weekdays: ['MONDAY'], priority: 'URGENT' }
      return {
        ask: () => f.call('updateWaitlistEntry', { input }),
        leaves: [
          f.updated('WaitlistEntry', { id, patients: [patientId], sections: ['latest', 'weekdays', 'priority'] }),
          f.read([patientId], 'WaitlistEntry'),
        ],
      }
    },
    leaveWaitlist: async () => {
      const entry = await offered()
      const input = { ...(await f.lockOf('waitlist_entry', entry.id)), reason: REASON }
      return {
        ask: () => f.call('leaveWaitlist', { input }),
        leaves: [
          moved(entry, 'OFFERED', 'CANCELLED'),
          ended(entry.offerId, entry.patientId, 'WITHDRAWN'),
          f.read([entry.patientId], 'WaitlistEntry'),
        ],
      }
    },
    offerSlot: async () => {
      const entry = await waiting()
      const input = await offering(entry)
      return {
        ask: () => f.call('offerSlot', { input }),
        leaves: ({ id }) => [
          moved(entry, 'WAITING', 'OFFERED'),
          f.created('WaitlistOffer', { id, patients: [entry.patientId] }),
          f.read([entry.patientId], 'WaitlistOffer'),
        ],
      }
    },
    acceptWaitlistOffer: async () => {
      const entry = await offered()
      const patients = [entry.patientId]
      return {
        ask: () => f.call('acceptWaitlistOffer', { id: entry.offerId }),
        leaves: ({ id }) => [
          f.created('Appointment', { id, patients, facts: { status: 'BOOKED' } }),
          ended(entry.offerId, entry.patientId, 'ACCEPTED'),
          moved(entry, 'OFFERED', 'BOOKED'),
          f.read(patients, 'Appointment'),
        ],
      }
    },
    declineWaitlistOffer: async () => {
      const entry = await offered()
      return {
        ask: () => f.call('declineWaitlistOffer', { id: entry.offerId, reason: REASON }),
        leaves: [
          ended(entry.offerId, entry.patientId, 'DECLINED'),
          moved(entry, 'OFFERED', 'WAITING'),
          f.read([entry.patientId], 'WaitlistOffer'),
        ],
      }
    },
  }
}
