import type { Actor } from '../../access/actor.js'
import { can, open } from '../../access/rules.js'
import { leadsTo, type ClinicModule } from '../../graphql/module.js'
import { readsDirectory } from '../locations/location.access.js'
import { appointmentAccess, appointmentScopes, readsAppointments } from './appointment.access.js'
import { AppointmentStatusResolver } from './appointment-status.resolver.js'
import { BookingResolver } from './booking.resolver.js'
import { CountsResolver } from './counts.resolver.js'
import { SeriesResolver } from './series.resolver.js'
import { appointmentEdges, appointmentLive, appointmentRoots } from './appointment.loaders.js'
import { APPOINTMENT_TRANSITIONS, PATIENT_TRANSITIONS, type AppointmentStatus } from './appointment-status.js'
import { SlotResolver } from './slot.resolver.js'

const leadsToAppointments = leadsTo(readsAppointments, 'appointments.count')

/** Who may book may look for free times. */
const looksForSlots = can('appointments.write', 'appointments.book-own')

export const schedulingModule: ClinicModule = {
  scopes: appointmentScopes,
  edges: appointmentEdges,
  roots: appointmentRoots,
  live: appointmentLive,
  resolvers: [SlotResolver, BookingResolver, SeriesResolver, CountsResolver, AppointmentStatusResolver],
  access: {
    ...appointmentAccess,
    Patient: { appointments: leadsToAppointments },
    Doctor: { appointments: leadsToAppointments },
    Slot: { startsAt: open, endsAt: open, doctor: readsDirectory, location: readsDirectory, room: readsDirectory },
    SlotSearch: { slots: open, emptyReason: open },
    Query: {
      ...appointmentAccess['Query'],
      appointments: leadsToAppointments,
      availableSlots: looksForSlots,
      availableSlotsAcrossDoctors: looksForSlots,
    },
  },
  computed: {
    Appointment: {
      allowedTransitions: {
        from: ['status', 'patient'],
        compute: (row, { actor }) => transitionsFor(actor, row['status'] as AppointmentStatus, row['patient']),
      },
    },
  },
}

/** Those of the allowed moves that the actor may make: patients and their proxies confirm and call off, who may only look makes none. */
function transitionsFor(actor: Actor, status: AppointmentStatus, patientId: unknown): readonly AppointmentStatus[] {
  const all = APPOINTMENT_TRANSITIONS[status]
  if (actor.can('appointments.write')) return all
  const own = actor.can('appointments.book-own') && actor.actsForPatient(patientId)
  return own ? all.filter((each) => PATIENT_TRANSITIONS.includes(each)) : []
}
