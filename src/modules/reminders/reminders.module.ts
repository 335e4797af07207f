import { can, open, orOwn, type AccessMap } from '../../access/rules.js'
import { ofOwnPatients, rowScope, scopeThrough } from '../../access/scope.js'
import { ascending, descending, edgesOf, list } from '../../graphql/loaders/declaration.js'
import type { ClinicModule } from '../../graphql/module.js'
import { Patient } from '../patients/patient.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { AppointmentReminder } from './appointment-reminder.entity.js'
import { ReminderPreference } from './reminder-preference.entity.js'
import { ReminderResolver } from './reminder.resolver.js'

/** Whether a reminder went out is the desk's business. */
const reminderScope = scopeThrough(
  () => AppointmentReminder,
  'appointment',
  rowScope(() => Appointment, { all: ['appointments.read'], owner: 'patient' }),
)

const preferenceScope = rowScope(() => ReminderPreference, {
  all: ['patients.read'],
  restricted: [{ capability: 'patients.read-own', where: ofOwnPatients('patient') }],
  owner: 'patient',
})

const access: AccessMap = {
  AppointmentReminder: {
    id: open,
    createdAt: open,
    kind: open,
    offsetMinutes: open,
    channel: open,
    startsAt: open,
    status: open,
    skipReason: open,
    sentAt: open,
  },
  ReminderPreference: { id: open, createdAt: open, channel: open, wanted: open },
  Appointment: { reminders: can('appointments.read') },
  Patient: { reminderPreferences: orOwn(can('patients.read'), 'patients.read-own') },
  Mutation: { setReminderPreferences: can('patients.write', 'appointments.book-own') },
}

export const remindersModule: ClinicModule = {
  scopes: [reminderScope, preferenceScope],
  edges: [
    ...edgesOf(() => Appointment, {
      reminders: list(() => AppointmentReminder, {
        key: 'appointment',
        order: [ascending('createdAt'), ascending('id')],
        description: 'The reminders of the appointment that have become due, the first one first.',
      }),
    }),
    ...edgesOf(() => Patient, {
      reminderPreferences: list(() => ReminderPreference, {
        key: 'patient',
        order: [descending('createdAt'), descending('id')],
        where: (row) =>
          `not exists (select from reminder_preference later where later.patient_id = ${row.column('patient')}
            and later.channel = ${row.column('channel')} and later.id > ${row.column('id')})`,
        description: 'In which ways the patient has said that they want to be reminded of appointments, or not; for others, they are.',
      }),
    }),
  ],
  roots: [],
  access,
  resolvers: [ReminderResolver],
}
