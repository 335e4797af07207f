import { leadsTo, type ClinicModule } from '../../graphql/module.js'
import { appointmentAccess, appointmentScopes, readsAppointments } from './appointment.access.js'
import { AppointmentStatusResolver } from './appointment-status.resolver.js'
import { appointmentEdges, appointmentLive, appointmentRoots } from './appointment.loaders.js'
import { APPOINTMENT_TRANSITIONS, type AppointmentStatus } from './appointment-status.js'

const leadsToAppointments = leadsTo(readsAppointments, 'appointments.count')

export const schedulingModule: ClinicModule = {
  scopes: appointmentScopes,
  edges: appointmentEdges,
  roots: appointmentRoots,
  live: appointmentLive,
  resolvers: [AppointmentStatusResolver],
  access: {
    ...appointmentAccess,
    Patient: { appointments: leadsToAppointments },
    Doctor: { appointments: leadsToAppointments },
    Query: { ...appointmentAccess['Query'], appointments: leadsToAppointments },
  },
  computed: {
    Appointment: {
      allowedTransitions: { from: ['status'], compute: (row) => APPOINTMENT_TRANSITIONS[row['status'] as AppointmentStatus] },
    },
  },
}
