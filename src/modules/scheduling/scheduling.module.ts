import type { Actor } from '../../access/actor.js'
import { can, open } from '../../access/rules.js'
import { systemClock } from '../../clock.js'
import { leadsTo, type ClinicModule } from '../../graphql/module.js'
import { readsDirectory } from '../locations/location.access.js'
import { appointmentAccess, appointmentScopes, readsAppointments } from './appointment.access.js'
import { AppointmentStatusResolver } from './appointment-status.resolver.js'
import { BookingResolver } from './booking.resolver.js'
import { CountsResolver } from './counts.resolver.js'
import { SeriesResolver } from './series.resolver.js'
import { appointmentEdges, appointmentLive, appointmentRoots } from './appointment.loaders.js'
import { AppointmentStatus, APPOINTMENT_TRANSITIONS, isStillThePatients, PATIENT_TRANSITIONS } from './appointment-status.js'
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
        from: ['status', 'startsAt', 'patient'],
        compute: (row, { actor }) => transitionsFor(actor, row as unknown as VisitRow),
      },
    },
  },
}

/** What of an appointment's row decides on the moves that somebody may make; the instant as it is sent. */
interface VisitRow {
  readonly status: AppointmentStatus
  readonly startsAt: string
  readonly patient: unknown
}

/** Those of the allowed moves that the actor may make: patients and their proxies confirm and call off, who may only look makes none. */
function transitionsFor(actor: Actor, { status, startsAt, patient }: VisitRow): readonly AppointmentStatus[] {
  const [begins, now] = [new Date(startsAt), systemClock()]
  const all = APPOINTMENT_TRANSITIONS[status].filter((to) => to !== AppointmentStatus.NO_SHOW || begins <= now)
  if (actor.can('appointments.write')) return all
  const own = actor.can('appointments.book-own') && actor.actsForPatient(patient)
  return own && isStillThePatients(status, begins, now) ? all.filter((each) => PATIENT_TRANSITIONS.includes(each)) : []
}
