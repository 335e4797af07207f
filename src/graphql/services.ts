import type { BreakGlassService } from '../modules/break-glass/break-glass.service.js'
import type { DoctorService } from '../modules/doctors/doctor.service.js'
import type { IdentityServices } from '../modules/identity/identity.services.js'
import type { LocationService } from '../modules/locations/location.service.js'
import type { MergingServices } from '../modules/merging/merging.services.js'
import type { NoticeService } from '../modules/notices/notice.service.js'
import type { PatientServices } from '../modules/patients/patients.services.js'
import type { ProxyService } from '../modules/proxies/proxy.service.js'
import type { CalendarFeedService } from '../modules/calendar/calendar-feed.service.js'
import type { ReminderPreferenceService } from '../modules/reminders/reminder-preference.service.js'
import type { ReminderOptOuts } from '../modules/reminders/opt-out.js'
import type { QueueServices } from '../modules/queue/queue.services.js'
import type { SchedulingServices } from '../modules/scheduling/scheduling.services.js'
import type { ScheduleServices } from '../modules/schedules/schedules.services.js'
import type { SlotService } from '../modules/scheduling/slot.service.js'
import type { PriceListService } from '../modules/services/price-list.service.js'
import type { SettingsService } from '../modules/settings/settings.service.js'
import type { StaffService } from '../modules/staff/staff.service.js'
import type { WaitlistServices } from '../modules/waitlist/waitlist.services.js'

/** The use cases that resolvers call; made once by the composition root. */
export interface Services {
  readonly identity: IdentityServices
  readonly staff: StaffService
  readonly locations: LocationService
  readonly doctors: DoctorService
  readonly priceList: PriceListService
  readonly schedules: ScheduleServices
  readonly slots: SlotService
  readonly settings: SettingsService
  readonly proxies: ProxyService
  readonly breakGlass: BreakGlassService
  readonly notices: NoticeService
  readonly reminders: ReminderPreferenceService
  /** Links in reminders; no resolver's business. */
  readonly optOuts: ReminderOptOuts
  readonly calendarFeeds: CalendarFeedService
  readonly scheduling: SchedulingServices
  readonly patients: PatientServices
  readonly merging: MergingServices
  readonly queue: QueueServices
  readonly waitlist: WaitlistServices
}
