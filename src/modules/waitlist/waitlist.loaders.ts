import {
  ascending,
  connection,
  descending,
  edgesOf,
  first,
  list,
  one,
  rootConnection,
  rootOne,
  type FilterDeclaration,
} from '../../graphql/loaders/declaration.js'
import { isOneOf, refersTo } from '../../graphql/loaders/filters.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { Service } from '../services/service.entity.js'
import { WaitlistEntryChange } from './waitlist-entry-change.entity.js'
import { WaitlistEntry } from './waitlist-entry.entity.js'
import { WaitlistOffer } from './waitlist-offer.entity.js'
import { WaitlistFilter, WaitlistOrder } from './waitlist.inputs.js'

/** Shared by all lists of entries. Compares nothing that a holder of the rows could not read. */
const waitlistFilter: FilterDeclaration = {
  input: () => WaitlistFilter,
  fields: {
    status: isOneOf('status', 'text'),
    doctorId: refersTo('doctor', 'doctorId'),
    serviceId: refersTo('service', 'serviceId'),
    locationId: refersTo('location', 'locationId'),
    patientId: refersTo('patient', 'patientId'),
  },
}

const nextFirst = [ascending('rank'), ascending('waitingSince'), ascending('id')]
const latestFirst = [descending('waitingSince'), descending('id')]
const offersLatestFirst = [descending('createdAt'), descending('id')]

export const waitlistRoots = [
  rootOne('waitlistEntry', () => WaitlistEntry, 'One patient who waits for a time.'),
  rootConnection('waitlist', () => WaitlistEntry, {
    filter: waitlistFilter,
    orders: {
      input: WaitlistOrder,
      choices: {
        [WaitlistOrder.NEXT_FIRST]: { keys: nextFirst, reveals: null },
        [WaitlistOrder.LATEST_FIRST]: { keys: latestFirst, reveals: null },
      },
    },
    description: 'Who waits, or has waited, for a time: in the order in which times are offered.',
  }),
]

export const waitlistEdges = [
  ...edgesOf(() => Patient, {
    waitlistEntries: connection(() => WaitlistEntry, {
      key: 'patient',
      order: latestFirst,
      filter: waitlistFilter,
      description: 'What the patient waits, or has waited, for; the latest first.',
    }),
  }),
  ...edgesOf(() => Doctor, {
    waitlist: connection(() => WaitlistEntry, {
      key: 'doctor',
      order: nextFirst,
      filter: waitlistFilter,
      description: 'Who waits, or has waited, for a time with this doctor, in the order in which times are offered.',
    }),
  }),
  ...edgesOf(() => WaitlistEntry, {
    patient: one(() => Patient, { from: 'patient', description: 'Who waits.' }),
    doctor: one(() => Doctor, { from: 'doctor', description: 'For which doctor; empty when that does not matter.' }),
    service: one(() => Service, { from: 'service', description: 'For which service; empty when that does not matter.' }),
    location: one(() => Location, { from: 'location', description: 'At which location; empty when that does not matter.' }),
    offer: first(() => WaitlistOffer, {
      key: 'entry',
      order: offersLatestFirst,
      where: (row) => `${row.column('state')} = 'OPEN' and ${row.column('expiresAt')} > now()`,
      description: 'The offer that waits for an answer; empty when there is none.',
    }),
    offers: list(() => WaitlistOffer, {
      key: 'entry',
      order: offersLatestFirst,
      bound: 100,
      description: 'What was offered, the latest first.',
    }),
    history: list(() => WaitlistEntryChange, {
      key: 'entry',
      order: [ascending('at'), ascending('id')],
      description: 'Every step, the first one first.',
    }),
  }),
  ...edgesOf(() => WaitlistOffer, {
    entry: one(() => WaitlistEntry, { from: 'entry', description: 'Who was offered it.' }),
    doctor: one(() => Doctor, { from: 'doctor', description: 'With which doctor.' }),
    location: one(() => Location, { from: 'location', description: 'At which location.' }),
    room: one(() => Room, { from: 'room', description: 'In which room.' }),
    appointment: one(() => Appointment, {
      from: 'appointment',
      description: 'The appointment that was booked; empty until it is accepted.',
    }),
  }),
]
