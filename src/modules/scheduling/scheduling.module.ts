import { can, open } from '../../access/rules.js'
import { leadsTo, type ClinicModule } from '../../graphql/module.js'
import { readsDirectory } from '../locations/location.access.js'
import { appointmentAccess, appointmentScope, readsAppointments } from './appointment.access.js'
import { appointmentEdges, appointmentRoots } from './appointment.loaders.js'
import { APPOINTMENT_TRANSITIONS, type AppointmentStatus } from './appointment-status.js'
import { SlotResolver } from './slot.resolver.js'

const leadsToAppointments = leadsTo(readsAppointments, 'appointments.count')

/** Who may book may look for free times. */
const looksForSlots = can('appointments.write', 'appointments.book-own')

export const schedulingModule: ClinicModule = {
  scopes: [appointmentScope],
  edges: appointmentEdges,
  roots: appointmentRoots,
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
  resolvers: [SlotResolver],
  computed: {
    Appointment: {
      allowedTransitions: { from: ['status'], compute: (row) => APPOINTMENT_TRANSITIONS[row['status'] as AppointmentStatus] },
    },
  },
}
