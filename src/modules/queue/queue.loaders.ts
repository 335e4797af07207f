import {
  ascending,
  connection,
  descending,
  edgesOf,
  list,
  one,
  rootConnection,
  rootOne,
  type FilterDeclaration,
  type SqlRow,
} from '../../graphql/loaders/declaration.js'
import { liveField } from '../../graphql/live-fields.js'
import { equals, isOneOf, refersTo } from '../../graphql/loaders/filters.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { QueueEntryChange } from './queue-entry-change.entity.js'
import { QueueEntry } from './queue-entry.entity.js'
import { QueueFilter, QueueOrder } from './queue.inputs.js'

const aboutToday = (row: SqlRow): string => `${row.column('day')} between current_date - 1 and current_date + 1`
const isToday = (row: SqlRow): string =>
  `${row.column('day')} = (select (now() at time zone l.time_zone)::date from location l where l.id = ${row.column('location')})`

/** Shared by all lists of entries. Compares nothing that a holder of the rows could not read. */
const queueFilter: FilterDeclaration = {
  input: () => QueueFilter,
  fields: {
    locationId: refersTo('location', 'locationId'),
    day: equals('day', 'date'),
    today: {
      shapeOf: (today: boolean) => (today ? 'yes' : 'no'),
      shapes: {
        // The bare range lets the indexes by day serve it.
        yes: { values: {}, where: (row) => `${aboutToday(row)} and ${isToday(row)}`, reveals: null },
        no: { values: {}, where: (row) => `not (${aboutToday(row)} and ${isToday(row)})`, reveals: null },
      },
    },
    status: isOneOf('status', 'text'),
    doctorId: refersTo('doctor', 'doctorId'),
    patientId: refersTo('patient', 'patientId'),
  },
}

/** As they are called; the same order as in `callNext`. */
const nextFirst = [descending('day'), ascending('rank'), ascending('arrivedAt'), ascending('id')]
const latestFirst = [descending('arrivedAt'), descending('id')]

export const queueRoots = [
  rootOne('queueEntry', () => QueueEntry, "One patient's place in a queue."),
  rootConnection('queue', () => QueueEntry, {
    filter: queueFilter,
    orders: {
      input: QueueOrder,
      choices: {
        [QueueOrder.NEXT_FIRST]: { keys: nextFirst, reveals: null },
        [QueueOrder.LATEST_FIRST]: { keys: latestFirst, reveals: null },
      },
    },
    description: 'Who is in the queue, as they are called: the latest day first, the most urgent first, then in the order of arrival.',
  }),
]

export const queueLive = [
  liveField('queueChanged', () => QueueEntry, 'queue', {
    args: { locationId: { required: true, description: 'At which location.' } },
    description: 'Somebody came into the queue or was moved in it: their place as it is now.',
  }),
]

export const queueEdges = [
  ...edgesOf(() => Location, {
    queue: connection(() => QueueEntry, {
      key: 'location',
      order: nextFirst,
      filter: queueFilter,
      description: 'Who is in the queue of this location, as they are called; the latest day first.',
    }),
  }),
  ...edgesOf(() => Doctor, {
    queue: connection(() => QueueEntry, {
      key: 'doctor',
      order: latestFirst,
      filter: queueFilter,
      description: 'Who waits for this doctor or was seen by them; who came last first.',
    }),
  }),
  ...edgesOf(() => Patient, {
    queueEntries: connection(() => QueueEntry, {
      key: 'patient',
      order: latestFirst,
      filter: queueFilter,
      description: "The patient's places in queues, the latest first.",
    }),
  }),
  ...edgesOf(() => Appointment, {
    queueEntries: list(() => QueueEntry, {
      key: 'appointment',
      order: latestFirst,
      description: 'The places in the queue that the patient had for this visit, the latest first.',
    }),
  }),
  ...edgesOf(() => QueueEntry, {
    patient: one(() => Patient, { from: 'patient', description: 'Who waits.' }),
    appointment: one(() => Appointment, { from: 'appointment', description: 'For which visit; empty for who walked in.' }),
    location: one(() => Location, { from: 'location', description: 'At which site.' }),
    doctor: one(() => Doctor, { from: 'doctor', description: 'For which doctor; empty for whoever is free.' }),
    room: one(() => Room, { from: 'room', description: 'To which room they are called.' }),
    transferredFrom: one(() => QueueEntry, { from: 'transferredFrom', description: 'The entry whose place this one has taken.' }),
    history: list(() => QueueEntryChange, {
      key: 'entry',
      order: [ascending('at'), ascending('id')],
      description: 'Every step, the first one first.',
    }),
  }),
]
