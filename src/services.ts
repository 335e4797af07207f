import type { EntityManager } from '@mikro-orm/postgresql'
import { writeToOutbox } from './audit/outbox.js'
import { UnitOfWork } from './database/unit-of-work.js'
import { RowReach } from './graphql/loaders/reach.js'
import { breakGlassLetter } from './mail/letters.js'
import { BreakGlassService } from './modules/break-glass/break-glass.service.js'
import { CalendarFeedService } from './modules/calendar/calendar-feed.service.js'
import { DoctorService } from './modules/doctors/doctor.service.js'
import { makeIdentityServices } from './modules/identity/identity.services.js'
import { IdentityKeys } from './modules/identity/keys.js'
import { PasswordHasher } from './modules/identity/password.js'
import { LocationService } from './modules/locations/location.service.js'
import { makeMergingServices } from './modules/merging/merging.services.js'
import { NoticeService } from './modules/notices/notice.service.js'
import { makePatientServices } from './modules/patients/patients.services.js'
import { ProxyService } from './modules/proxies/proxy.service.js'
import { makeQueueServices } from './modules/queue/queue.services.js'
import { ReminderOptOuts } from './modules/reminders/opt-out.js'
import { ReminderPreferenceService } from './modules/reminders/reminder-preference.service.js'
import { makeScheduleServices } from './modules/schedules/schedules.services.js'
import { Availability } from './modules/scheduling/availability.js'
import { makeSchedulingServices } from './modules/scheduling/scheduling.services.js'
import { SlotService } from './modules/scheduling/slot.service.js'
import { PriceListService } from './modules/services/price-list.service.js'
import { SettingsService } from './modules/settings/settings.service.js'
import { ClosedAccountOpener } from './modules/staff/account-opener.js'
import { StaffService } from './modules/staff/staff.service.js'
import { makeWaitlistServices } from './modules/waitlist/waitlist.services.js'
import type { Clock } from './clock.js'
import type { ReadDatabase } from './database/read-database.js'
import type { WritePool } from './database/write-pool.js'
import type { Env } from './env.js'
import type { StatementBuilder } from './graphql/loaders/statements.js'
import type { Services } from './graphql/services.js'
import type { Mailer } from './mail/mailer.js'

/** What the use cases stand on. */
export interface ServiceGround {
  readonly env: Env
  readonly em: () => EntityManager
  readonly database: ReadDatabase
  /** For counters of sign-ins. */
  readonly counters: WritePool
  /** For bookings that are made by one statement. */
  readonly bookings: WritePool
  readonly mailer: Mailer
  readonly clock: Clock
  /** Address of the server as others reach it; asked when a link is made, for the server comes up after its services. */
  readonly address: () => string
  /** The statements of the schema, which is made after its services. */
  readonly statements: () => StatementBuilder
}

/** Makes the use cases of all modules. */
export function makeServices({ env, em, database, counters, bookings, mailer, clock, address, statements }: ServiceGround): Services {
  const hasher = new PasswordHasher({ pepper: env.PASSWORD_PEPPER, cost: env.BCRYPT_COST })
  const work = new UnitOfWork(em, writeToOutbox)
  const frontEnd = (): string => env.APP_URL ?? address()
  const identity = makeIdentityServices({ settings: env, database, counters, unitOfWork: work, em, mailer, clock, frontEnd })
  const { accounts } = identity
  const reach = new RowReach(statements)
  const forget = (userId: string): void => accounts.forget(userId)
  const forgetAll = (): void => accounts.forgetAll()
  const notices = new NoticeService(work, reach, (_kind, to) =>
    mailer.inBackground(() => mailer.send({ to, ...breakGlassLetter(env.CLINIC_NAME) })),
  )
  const availability = new Availability(database, clock)
  const patients = makePatientServices(work, reach, clock)
  return {
    identity,
    staff: new StaffService(work, new ClosedAccountOpener(hasher), forget),
    locations: new LocationService(work, reach),
    doctors: new DoctorService(work, forgetAll),
    priceList: new PriceListService(work, reach),
    schedules: makeScheduleServices({ work, reach, database, availability, clock }),
    slots: new SlotService(availability, clock),
    settings: new SettingsService(work, forgetAll),
    proxies: new ProxyService(work, reach, forget),
    breakGlass: new BreakGlassService(work, reach, notices),
    notices,
    reminders: new ReminderPreferenceService(work, reach),
    optOuts: new ReminderOptOuts({ keys: new IdentityKeys(env.PASSWORD_PEPPER), work, clock, base: address }),
    calendarFeeds: new CalendarFeedService(work, clock, address),
    waitlist: makeWaitlistServices({ work, reach, em, reads: database, availability, clock, mailer, clinic: env.CLINIC_NAME, frontEnd }),
    queue: makeQueueServices({ work, reach, database, clock, address }),
    scheduling: makeSchedulingServices({
      work,
      reach,
      em,
      reads: database,
      availability,
      statements,
      clock,
      atOnce: bookings,
    }),
    patients,
    merging: makeMergingServices(work, reach, patients.duplicates, clock, forgetAll),
  }
}
