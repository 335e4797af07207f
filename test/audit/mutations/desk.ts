import { AppointmentStatus } from '../../../src/modules/scheduling/appointment-status.js'
import type { Call, Calls, Event, Fixture } from './fixture.js'

/** Words that stand in fields that people write in: they may be in no event. */
const REASON = 'Zebedee wants a coffee'

/** The day at the front desk: the queue, and the board in the waiting room. */
export function deskCalls(f: Fixture): Calls {
  interface Waiting {
    readonly id: string
    readonly patientId: string
    readonly locationId: string
    readonly roomId: string
    readonly doctorId: string
  }
  /** A patient who has walked in, at a location where nobody else waits. */
  const walkIn = async (): Promise<Waiting> => {
    const { doctor, location } = await f.practice()
    const room = f.server.make.room(location)
    const { id: patientId } = await f.patient()
    const { id } = await f.made('checkIn', { input: { patientId, locationId: location.id } })
    return { id, patientId, locationId: location.id, roomId: room.id, doctorId: doctor.id }
  }
  const visit = async (): Promise<{ id: string; patientId: string }> => {
    const { make, clock } = f.server
    const patient = make.patient()
    const { id } = make.appointment({ ...(await f.practice()), patient, startsAt: clock(), status: AppointmentStatus.BOOKED })
    await make.save()
    return { id, patientId: patient.id }
  }
  /** Makes a move that a call needs first. */
  const step = async (name: string, id: string): Promise<void> => {
    await f.made(name, { input: await f.lockOf('queue_entry', id) })
  }
  const moved = (id: string, patientId: string, sections = ['status'], facts?: Record<string, unknown>): Event =>
    f.updated('QueueEntry', { id, patients: [patientId], sections, ...(facts && { facts }) })
  const visitMoved = (id: string, patientId: string, from: string, status: string): Event =>
    f.updated('Appointment', { id, patients: [patientId], sections: ['status'], facts: { status, from } })

  /** A move of somebody who has walked in, after others. */
  const move = async (name: string, after: readonly string[] = []): Promise<Call> => {
    const { id, patientId } = await walkIn()
    for (const each of after) await step(each, id)
    const input = { ...(await f.lockOf('queue_entry', id)), reason: REASON }
    return { ask: () => f.call(name, { input }), leaves: [moved(id, patientId), f.read([patientId], 'QueueEntry')] }
  }

  return {
    checkIn: async () => {
      const { id: appointmentId, patientId } = await visit()
      return {
        ask: () => f.call('checkIn', { input: { appointmentId } }),
        leaves: ({ id }) => [
          visitMoved(appointmentId, patientId, 'BOOKED', 'ARRIVED'),
          f.created('QueueEntry', { id, patients: [patientId] }),
          f.read([patientId], 'QueueEntry'),
        ],
      }
    },
    callNext: async () => {
      const { id, patientId, locationId, roomId, doctorId } = await walkIn()
      return {
        ask: () => f.call('callNext', { input: { locationId, roomId, doctorId } }),
        leaves: [moved(id, patientId, ['status', 'doctor', 'room']), f.read([patientId], 'QueueEntry')],
      }
    },
    callQueueEntry: async () => {
      const { id, patientId, roomId } = await walkIn()
      const input = { ...(await f.lockOf('queue_entry', id)), roomId }
      return {
        ask: () => f.call('callQueueEntry', { input }),
        leaves: [moved(id, patientId, ['status', 'room']), f.read([patientId], 'QueueEntry')],
      }
    },
    startService: async () => {
      const { id: appointmentId, patientId } = await visit()
      const { id } = await f.made('checkIn', { input: { appointmentId } })
      await step('callQueueEntry', id)
      const input = await f.lockOf('queue_entry', id)
      return {
        ask: () => f.call('startService', { input }),
        leaves: [visitMoved(appointmentId, patientId, 'ARRIVED', 'IN_PROGRESS'), moved(id, patientId), f.read([patientId], 'QueueEntry')],
      }
    },
    finishService: async () => {
      const { id: appointmentId, patientId } = await visit()
      const { id } = await f.made('checkIn', { input: { appointmentId } })
      for (const each of ['callQueueEntry', 'startService']) await step(each, id)
      const input = { ...(await f.lockOf('queue_entry', id)), completeAppointment: true }
      return {
        ask: () => f.call('finishService', { input }),
        leaves: [visitMoved(appointmentId, patientId, 'IN_PROGRESS', 'COMPLETED'), moved(id, patientId), f.read([patientId], 'QueueEntry')],
      }
    },
    skipQueueEntry: () => move('skipQueueEntry', ['callQueueEntry']),
    recallQueueEntry: () => move('recallQueueEntry', ['callQueueEntry', 'skipQueueEntry']),
    markLeft: () => move('markLeft'),
    transferQueueEntry: async () => {
      const { id: old, patientId, doctorId } = await walkIn()
      const input = { ...(await f.lockOf('queue_entry', old)), doctorId, reason: REASON }
      return {
        ask: () => f.call('transferQueueEntry', { input }),
        leaves: ({ id }) => [
          f.created('QueueEntry', { id, patients: [patientId] }),
          moved(old, patientId),
          f.read([patientId], 'QueueEntry'),
        ],
      }
    },
    undoLastQueueMove: async () => {
      const { id: appointmentId, patientId } = await visit()
      const { id } = await f.made('checkIn', { input: { appointmentId } })
      const lock = await f.lockOf('queue_entry', id)
      const back = visitMoved(appointmentId, patientId, 'ARRIVED', 'BOOKED')
      return {
        ask: () => f.call('undoLastQueueMove', lock),
        leaves: [
          { ...back, facts: { ...back.facts, undo: true } },
          moved(id, patientId, ['status'], { undo: true }),
          f.read([patientId], 'QueueEntry'),
        ],
      }
    },
    // Whoever has the address sees the board: numbers and rooms, and nobody's name.
    createQueueBoardAddress: async () => {
      const { location } = await f.practice()
      return {
        ask: () => f.call('createQueueBoardAddress', { locationId: location.id }),
        leaves: [{ action: 'RIGHTS_CHANGED', by: f.by, entity: 'Location', id: location.id, facts: { boardLink: 'made' } }],
      }
    },
    endQueueBoardAddress: async () => {
      const { location } = await f.practice()
      await f.made('createQueueBoardAddress', { locationId: location.id })
      return {
        ask: () => f.call('endQueueBoardAddress', { locationId: location.id }),
        leaves: [{ action: 'RIGHTS_CHANGED', by: f.by, entity: 'Location', id: location.id, facts: { boardLink: 'ended' } }],
      }
    },
  }
}
