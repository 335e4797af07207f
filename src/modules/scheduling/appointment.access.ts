import { can, open, orOwn, type AccessMap } from '../../access/rules.js'
import { ofOwnPatients, rowScope, scopeThrough, type ScopedRow } from '../../access/scope.js'
import { connectionAccess } from '../../graphql/module.js'
import { readsDirectory } from '../locations/location.access.js'
import { readsPatients } from '../patients/patient.access.js'
import { AppointmentHold } from './appointment-hold.entity.js'
import { AppointmentSeries } from './appointment-series.entity.js'
import { AppointmentStatusChange } from './appointment-status-change.entity.js'
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
export const readsReasons = orOwn(can('appointments.read'), 'appointments.read-own')

/** Booking, moving and calling off: who runs the desk for everybody, patients and proxies for themselves. */
export const writesAppointments = can('appointments.write', 'appointments.book-own')

const ownPatients = { capability: 'appointments.read-own', where: ofOwnPatients('patient') } as const
/** How an appointment came about is told to those who may read all of it: not to the till. */
const detailScope = rowScope(() => Appointment, { all: ['appointments.read'], restricted: [ownPatients], owner: 'patient' })
/** A hold is its maker's own business; others only find the time taken. */
const ofOneself = (row: ScopedRow): string => `${row.column('user')} = ${row.actor('userId')}`

export const appointmentScopes = [
  appointmentScope,
  scopeThrough(() => AppointmentStatusChange, 'appointment', detailScope),
  rowScope(() => AppointmentSeries, { all: ['appointments.read'], restricted: [ownPatients], owner: 'patient' }),
  rowScope(() => AppointmentHold, {
    all: [],
    restricted: [
      { capability: 'appointments.write', where: ofOneself },
      { capability: 'appointments.book-own', where: ofOneself },
    ],
  }),
]

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
    bufferBeforeMinutes: can('appointments.read'),
    bufferAfterMinutes: can('appointments.read'),
    price: readsAppointments,
    service: readsAppointments,
    bookedByName: can('appointments.read'),
    cancellationReason: readsReasons,
    lateCancellation: readsReasons,
    history: readsReasons,
    series: readsReasons,
    rescheduledFrom: readsAppointments,
    rescheduledTo: readsAppointments,
  },
  AppointmentStatusChange: { id: open, createdAt: open, from: open, to: open, at: open, reason: open, byName: can('appointments.read') },
  AppointmentSeries: {
    id: open,
    createdAt: open,
    frequency: open,
    every: open,
    occurrences: open,
    until: open,
    patient: readsPatients,
    appointments: readsReasons,
  },
  ...connectionAccess('Appointment', readsAppointments, 'appointments.count'),
  Subscription: { appointmentChanged: readsAppointments },
  AppointmentDayCount: { day: open, status: open, count: open },
  Query: { appointment: readsAppointments, appointmentCounts: can('appointments.read', 'appointments.count') },
  AppointmentHold: { id: open, createdAt: open, startsAt: open, endsAt: open, expiresAt: open },
  SlotTaken: { conflictsWith: open, alternatives: open },
  SlotUnavailable: { reason: open, alternatives: open },
  SeriesConflict: { startsAt: open, conflictsWith: open, reason: open },
  SeriesResult: { series: readsReasons, appointments: readsAppointments, conflicts: open },
  Mutation: {
    bookAppointment: writesAppointments,
    rescheduleAppointment: writesAppointments,
    cancelAppointment: writesAppointments,
    changeAppointmentStatus: writesAppointments,
    holdSlot: writesAppointments,
    releaseHold: writesAppointments,
    bookAppointmentSeries: can('appointments.write'),
    rescheduleAppointmentSeries: can('appointments.write'),
    cancelAppointmentSeries: can('appointments.write'),
  },
}
