import { can, open, orOwn, type AccessMap } from '../../access/rules.js'
import { ofOwnPatients, rowScope, type ScopedRow } from '../../access/scope.js'
import { connectionAccess } from '../../graphql/module.js'
import { readsDirectory } from '../locations/location.access.js'
import { readsPatients } from '../patients/patient.access.js'
import { Appointment } from './appointment.entity.js'

/** Starts today on the wall clock of its location. The bare range lets the index on `starts_at` serve it. */
function today(row: ScopedRow): string {
  const startsAt = row.column('startsAt')
  const near = `${startsAt} > now() - interval '36 hours' and ${startsAt} < now() + interval '36 hours'`
  const sameDay = row.related('location', (location) => {
    const zone = location.column('timeZone')
    return `(${startsAt} at time zone ${zone})::date = (now() at time zone ${zone})::date`
  })
  return `${near} and ${sameDay}`
}

export const appointmentScope = rowScope(() => Appointment, {
  all: ['appointments.read'],
  countable: ['appointments.count'],
  restricted: [
    { capability: 'appointments.read-own', where: ofOwnPatients('patient') },
    { capability: 'appointments.read-today', where: today },
  ],
  owner: 'patient',
})

/** May hold appointment rows. */
export const readsAppointments = orOwn(can('appointments.read', 'appointments.read-today'), 'appointments.read-own')
/** What the visit is about is not the till's business. */
const readsReasons = orOwn(can('appointments.read'), 'appointments.read-own')

export const appointmentAccess: AccessMap = {
  Appointment: {
    id: open,
    version: open,
    createdAt: open,
    startsAt: open,
    endsAt: open,
    status: open,
    allowedTransitions: open,
    reason: readsReasons,
    overbookReason: can('appointments.read'),
    patientOverlapReason: can('appointments.read'),
    patient: readsPatients,
    doctor: readsDirectory,
    location: readsDirectory,
    room: readsDirectory,
  },
  ...connectionAccess('Appointment', readsAppointments, 'appointments.count'),
  Query: { appointment: readsAppointments },
  Subscription: { appointmentChanged: readsAppointments },
}
