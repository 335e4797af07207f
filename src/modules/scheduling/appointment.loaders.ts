import { liveField } from '../../graphql/live-fields.js'
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
import { atLeast, isOneOf, lessThan, refersTo } from '../../graphql/loaders/filters.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { AppointmentSeries } from './appointment-series.entity.js'
import { AppointmentStatusChange } from './appointment-status-change.entity.js'
import { Appointment } from './appointment.entity.js'
import { AppointmentFilter, AppointmentOrder } from './appointment.inputs.js'

/** Shared by the root and by the lists below patients and doctors. Compares nothing that a holder of the rows could not read. */
export const appointmentFilter: FilterDeclaration = {
  input: () => AppointmentFilter,
  fields: {
    doctorId: refersTo('doctor', 'doctorId'),
    patientId: refersTo('patient', 'patientId'),
    locationId: refersTo('location', 'locationId'),
    from: atLeast('startsAt', 'timestamptz'),
    to: lessThan('startsAt', 'timestamptz'),
    status: isOneOf('status', 'text'),
  },
}

const latestFirst = [descending('startsAt'), descending('id')]

const appointments = rootConnection('appointments', () => Appointment, {
  filter: appointmentFilter,
  orders: {
    input: AppointmentOrder,
    choices: {
      [AppointmentOrder.LATEST_FIRST]: { keys: latestFirst, reveals: null },
      [AppointmentOrder.EARLIEST_FIRST]: { keys: [ascending('startsAt'), ascending('id')], reveals: null },
    },
  },
  description: 'Appointments, the latest first unless another order is asked for.',
})

export const appointmentRoots = [rootOne('appointment', () => Appointment, 'One appointment.'), appointments]

export const appointmentLive = [
  liveField('appointmentChanged', () => Appointment, 'appointment', {
    args: {
      doctorId: { description: 'Only those with this doctor.' },
      locationId: { description: 'Only those at this location.' },
    },
    description: 'An appointment was made, moved or edited: as it is now.',
  }),
]

const belowOthers = (key: string, description: string) =>
  connection(() => Appointment, { key, order: latestFirst, filter: appointmentFilter, description })

export const appointmentEdges = [
  ...edgesOf(() => Patient, { appointments: belowOthers('patient', "The patient's appointments, the latest first.") }),
  ...edgesOf(() => Doctor, { appointments: belowOthers('doctor', "The doctor's appointments, the latest first.") }),
  ...edgesOf(() => Appointment, {
    patient: one(() => Patient, { from: 'patient', description: 'Who comes.' }),
    doctor: one(() => Doctor, { from: 'doctor', description: 'Whom they see.' }),
    location: one(() => Location, { from: 'location', description: 'At which site.' }),
    room: one(() => Room, { from: 'room', description: 'In which room.' }),
    history: list(() => AppointmentStatusChange, {
      key: 'appointment',
      order: [ascending('at'), ascending('id')],
      description: 'Every status it had, the first one first; empty for what was imported.',
    }),
    series: one(() => AppointmentSeries, { from: 'series', description: 'The series it was booked with.' }),
    rescheduledFrom: one(() => Appointment, { from: 'rescheduledFrom', description: 'The appointment it took the place of.' }),
    rescheduledTo: first(() => Appointment, {
      key: 'rescheduledFrom',
      order: [ascending('startsAt'), ascending('id')],
      description: 'The appointment that took its place.',
    }),
  }),
  ...edgesOf(() => AppointmentSeries, {
    patient: one(() => Patient, { from: 'patient', description: 'Who comes.' }),
    appointments: list(() => Appointment, { key: 'series', order: [ascending('startsAt'), ascending('id')], description: 'Its appointments.' }),
  }),
]
