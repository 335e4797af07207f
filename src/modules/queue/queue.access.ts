import { can, open, type AccessMap } from '../../access/rules.js'
import { ofOwnPatients, rowScope, scopeThrough, type ScopedRow } from '../../access/scope.js'
import { connectionAccess, leadsTo } from '../../graphql/module.js'
import { readsDirectory } from '../locations/location.access.js'
import { readsPatients } from '../patients/patient.access.js'
import { readsAppointments } from '../scheduling/appointment.access.js'
import { QueueEntryChange } from './queue-entry-change.entity.js'
import { QueueEntry } from './queue-entry.entity.js'

/** Of today at its location. The bare range lets the indexes by day serve it. */
function today(row: ScopedRow): string {
  const day = row.column('day')
  const sameDay = row.related('location', (location) => `${day} = (now() at time zone ${location.column('timeZone')})::date`)
  return `${day} between current_date - 1 and current_date + 1 and ${sameDay}`
}

/** The queue follows the appointments: the same people run both. */
export const queueScope = rowScope(() => QueueEntry, {
  all: ['appointments.read'],
  countable: ['appointments.count'],
  restricted: [
    { capability: 'appointments.read-own', where: ofOwnPatients('patient') },
    { capability: 'appointments.read-today', where: today },
  ],
  owner: 'patient',
})

export const queueChangeScope = scopeThrough(() => QueueEntryChange, 'entry', queueScope)

/** What the desk says to the desk is nobody else's business. */
const readsDesk = can('appointments.read')
const writesQueue = can('appointments.write')
const leadsToQueue = leadsTo(readsAppointments, 'appointments.count')

export const queueAccess: AccessMap = {
  QueueEntry: {
    id: open,
    version: open,
    createdAt: open,
    day: open,
    number: open,
    priority: open,
    status: open,
    arrivedAt: open,
    calledAt: open,
    startedAt: open,
    endedAt: open,
    allowedTransitions: open,
    position: open,
    estimatedWaitMinutes: open,
    patient: readsPatients,
    appointment: readsAppointments,
    location: readsDirectory,
    doctor: readsDirectory,
    room: readsDirectory,
    transferredFrom: readsAppointments,
    history: readsDesk,
  },
  QueueEntryChange: { id: open, createdAt: open, from: open, to: open, undo: open, at: open, byName: open, reason: open },
  ...connectionAccess('QueueEntry', readsAppointments, 'appointments.count'),
  AlreadyInQueue: { entry: open },
  QueueEmpty: { waitingForOthers: open },
  QueueBoard: { locationName: open, called: open, waiting: open },
  QueueBoardCall: { number: open, room: open, calledAt: open },
  QueueBoardAddress: { url: open },
  Location: { queue: leadsToQueue },
  Doctor: { queue: leadsToQueue },
  Patient: { queueEntries: leadsToQueue },
  Appointment: { queueEntries: readsAppointments },
  Query: { queueEntry: readsAppointments, queue: leadsToQueue, queueBoard: readsDesk },
  Subscription: { queueChanged: readsAppointments },
  Mutation: {
    checkIn: writesQueue,
    callNext: writesQueue,
    callQueueEntry: writesQueue,
    startService: writesQueue,
    finishService: writesQueue,
    skipQueueEntry: writesQueue,
    recallQueueEntry: writesQueue,
    markLeft: writesQueue,
    transferQueueEntry: writesQueue,
    undoLastQueueMove: writesQueue,
    createQueueBoardAddress: can('settings.write'),
    endQueueBoardAddress: can('settings.write'),
  },
}
