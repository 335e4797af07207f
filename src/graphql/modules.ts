import { auditModule } from '../audit/audit.module.js'
import { breakGlassModule } from '../modules/break-glass/break-glass.module.js'
import { doctorModule } from '../modules/doctors/doctor.module.js'
import { identityModule } from '../modules/identity/identity.module.js'
import { locationModule } from '../modules/locations/location.module.js'
import { mergingModule } from '../modules/merging/merging.module.js'
import { noticesModule } from '../modules/notices/notices.module.js'
import { patientModule } from '../modules/patients/patient.module.js'
import { plansModule } from '../modules/plans/plans.module.js'
import { prescriptionsModule } from '../modules/prescriptions/prescriptions.module.js'
import { proxiesModule } from '../modules/proxies/proxies.module.js'
import { queueModule } from '../modules/queue/queue.module.js'
import { recordsModule } from '../modules/records/records.module.js'
import { schedulesModule } from '../modules/schedules/schedules.module.js'
import { schedulingModule } from '../modules/scheduling/scheduling.module.js'
import { remindersModule } from '../modules/reminders/reminders.module.js'
import { calendarModule } from '../modules/calendar/calendar.module.js'
import { servicesModule } from '../modules/services/services.module.js'
import { settingsModule } from '../modules/settings/settings.module.js'
import { staffModule } from '../modules/staff/staff.module.js'
import { waitlistModule } from '../modules/waitlist/waitlist.module.js'
import type { ClinicModule } from './module.js'

/** Everything the schema is made of. */
export const MODULES: readonly ClinicModule[] = [
  identityModule,
  staffModule,
  locationModule,
  doctorModule,
  servicesModule,
  schedulesModule,
  patientModule,
  mergingModule,
  schedulingModule,
  queueModule,
  waitlistModule,
  recordsModule,
  plansModule,
  prescriptionsModule,
  settingsModule,
  proxiesModule,
  breakGlassModule,
  noticesModule,
  remindersModule,
  calendarModule,
  auditModule,
]
