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
  type SqlRow,
} from '../../graphql/loaders/declaration.js'
import { atLeast, isOneOf, lessThan, refersTo } from '../../graphql/loaders/filters.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { ACTIVE_APPOINTMENT_STATUSES } from './appointment-status.js'
import { Service } from '../services/service.entity.js'
import { AppointmentSeries } from './appointment-series.entity.js'
import { AppointmentStatusChange } from './appointment-status-change.entity.js'
import { Appointment } from './appointment.entity.js'
import { AppointmentFilter, AppointmentOrder } from './appointment.inputs.js'

/** Begins on the day, on the calendar of its location. The bare range, wide enough for every zone, lets the indexes on `starts_at` serve it. */
function onDay(row: SqlRow): string {
  const day = row.value('appointment_day')
  const startsAt = row.column('startsAt')
  const zone = `(select time_zone from location where location.id = ${row.column('location')})`
  const near = `${startsAt} >= ${day}::timestamp at time zone 'UTC' - interval '14 hours' and ${startsAt} < ${day}::timestamp at time zone 'UTC' + interval '36 hours'`
  return `${near} and (${startsAt} at time zone ${zone})::date = ${day}`
}

/** Over, and nobody has said what became of it (RULES A9). The partial index `appointment_unresolved` has these statuses. */
const isUnresolved = (row: SqlRow): string =>
  `${row.column('status')} in (${ACTIVE_APPOINTMENT_STATUSES.map((status) => `'${status}'`).join(', ')}) and ${row.column('endsAt')} < now() and ${row.column('startsAt')} < now()`

/** Shared by the root and by the lists below patients and doctors. Compares nothing that a holder of the rows could not read. */
export const appointmentFilter: FilterDeclaration = {
  input: () => AppointmentFilter,
  fields: {
    doctorId: refersTo('doctor', 'doctorId'),
    patientId: refersTo('patient', 'patientId'),
    locationId: refersTo('location', 'locationId'),
    roomId: refersTo('room', 'roomId'),
    serviceId: refersTo('service', 'serviceId'),
    specialty: {
      values: { appointment_specialty: { type: 'text', of: (specialty: string) => specialty } },
      where: (row) =>
        `exists (select from doctor where doctor.id = ${row.column('doctor')} and doctor.specialty = ${row.value('appointment_specialty')})`,
      reveals: null,
    },
    day: {
      values: { appointment_day: { type: 'date', of: (day: string) => day } },
      where: onDay,
      reveals: null,
    },
    unresolved: {
      shapeOf: (unresolved: boolean) => (unresolved ? 'yes' : 'no'),
      shapes: {
        yes: { values: {}, where: isUnresolved, reveals: null },
        no: { values: {}, where: (row) => `not (${isUnresolved(row)})`, reveals: null },
      },
    },
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
    service: one(() => Service, { from: 'service', description: 'What for.' }),
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
