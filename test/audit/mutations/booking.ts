import { noonIn, type Calls, type Event, type Fixture } from './fixture.js'

/** Words that stand in fields that people write in: they may be in no event. */
const REASON = 'Zebedee has a cough'

/** Appointments, series of them, and times that are kept. */
export function bookingCalls(f: Fixture): Calls {
  /** A patient, and a time of a doctor that nobody else wants. */
  const wish = async (days = 3): Promise<{ patientId: string; doctorId: string; startsAt: string; durationMinutes: number }> => {
    const { doctor } = await f.practice()
    const { id } = await f.patient()
    return { patientId: id, doctorId: doctor.id, startsAt: noonIn(days).toISOString(), durationMinutes: 30 }
  }
  const visit = async (): Promise<{ id: string; version: number; patientId: string }> => {
    const input = await wish()
    const { id } = await f.made('bookAppointment', { input })
    return { ...(await f.lockOf('appointment', id)), patientId: input.patientId }
  }
  const series = async (): Promise<{ ids: string[]; first: { id: string; version: number }; patientId: string; startsAt: string }> => {
    const input = await wish()
    const { appointments } = await f.made('bookAppointmentSeries', { input: { ...input, frequency: 'WEEKLY', count: 2 } })
    const ids = (appointments as { id: string }[]).map(({ id }) => id)
    return { ids, first: await f.lockOf('appointment', ids[0]!), patientId: input.patientId, startsAt: input.startsAt }
  }
  const booked = (id: string, patientId: string): Event =>
    f.created('Appointment', { id, patients: [patientId], facts: { status: 'BOOKED' } })
  const replacing = (old: string | undefined, id: string, patientId: string): Event =>
    f.created('Appointment', { id, patients: [patientId], facts: { status: 'BOOKED', rescheduledFrom: old } })
  const moved = (id: string, patientId: string, status: string, more: object = {}): Event =>
    f.updated('Appointment', { id, patients: [patientId], sections: ['status'], facts: { status, from: 'BOOKED', ...more } })

  return {
    bookAppointment: async () => {
      const input = { ...(await wish()), reason: REASON }
      return {
        ask: () => f.call('bookAppointment', { input }),
        leaves: ({ id }) => [booked(id, input.patientId), f.read([input.patientId], 'Appointment')],
      }
    },
    rescheduleAppointment: async () => {
      const { id: old, version, patientId } = await visit()
      const input = { id: old, version, startsAt: noonIn(4).toISOString(), reason: REASON }
      return {
        ask: () => f.call('rescheduleAppointment', { input }),
        leaves: ({ id }) => [moved(old, patientId, 'CANCELLED'), replacing(old, id, patientId), f.read([patientId], 'Appointment')],
      }
    },
    cancelAppointment: async () => {
      const { id, version, patientId } = await visit()
      return {
        ask: () => f.call('cancelAppointment', { input: { id, version, reason: REASON } }),
        leaves: [moved(id, patientId, 'CANCELLED'), f.read([patientId], 'Appointment')],
      }
    },
    changeAppointmentStatus: async () => {
      const { id, version, patientId } = await visit()
      return {
        ask: () => f.call('changeAppointmentStatus', { input: { id, version, status: 'CONFIRMED', reason: REASON } }),
        leaves: [moved(id, patientId, 'CONFIRMED'), f.read([patientId], 'Appointment')],
      }
    },
    bookAppointmentSeries: async () => {
      const input = { ...(await wish()), frequency: 'WEEKLY', count: 2, reason: REASON }
      const { patientId } = input
      return {
        ask: () => f.call('bookAppointmentSeries', { input }),
        leaves: ({ series: { id }, appointments }) => [
          f.created('AppointmentSeries', { id, patients: [patientId], facts: { visits: 2, skipped: 0 } }),
          ...appointments.map((each: { id: string }) => booked(each.id, patientId)),
          f.read([patientId], 'Appointment', 'AppointmentSeries'),
        ],
      }
    },
    rescheduleAppointmentSeries: async () => {
      const { ids, first, patientId } = await series()
      const input = { ...first, scope: 'ALL', startsAt: noonIn(4).toISOString(), reason: REASON }
      return {
        ask: () => f.call('rescheduleAppointmentSeries', { input }),
        leaves: ({ appointments }) => [
          ...ids.map((id) => moved(id, patientId, 'CANCELLED')),
          ...appointments.map((each: { id: string }, index: number) => replacing(ids[index], each.id, patientId)),
          f.read([patientId], 'Appointment', 'AppointmentSeries'),
        ],
      }
    },
    cancelAppointmentSeries: async () => {
      const { ids, first, patientId } = await series()
      return {
        ask: () => f.call('cancelAppointmentSeries', { input: { ...first, scope: 'ALL', reason: REASON } }),
        leaves: [...ids.map((id) => moved(id, patientId, 'CANCELLED')), f.read([patientId], 'Appointment')],
      }
    },
    holdSlot: async () => {
      const input = await wish()
      return {
        ask: () => f.call('holdSlot', { input }),
        leaves: ({ id }) => [f.created('AppointmentHold', { id, patients: [input.patientId] })],
      }
    },
    releaseHold: async () => {
      const input = await wish()
      const { id } = await f.made('holdSlot', { input })
      return {
        ask: () => f.call('releaseHold', { id }),
        leaves: [f.updated('AppointmentHold', { gone: id, patients: [input.patientId], facts: { released: true } })],
      }
    },
  }
}
