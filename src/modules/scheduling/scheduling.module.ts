import { leadsTo, type ClinicModule } from '../../graphql/module.js'
import { appointmentAccess, appointmentScope, readsAppointments } from './appointment.access.js'
import { appointmentEdges, appointmentLive, appointmentRoots } from './appointment.loaders.js'
import { APPOINTMENT_TRANSITIONS, type AppointmentStatus } from './appointment-status.js'

const leadsToAppointments = leadsTo(readsAppointments, 'appointments.count')

export const schedulingModule: ClinicModule = {
  scopes: [appointmentScope],
  edges: appointmentEdges,
  roots: appointmentRoots,
  live: appointmentLive,
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
