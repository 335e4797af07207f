import type { Clock } from '../../clock.js'
import type { ReadDatabase } from '../../database/read-database.js'
import type { UnitOfWork } from '../../database/unit-of-work.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import type { Availability } from '../scheduling/availability.js'
import { ClosureService } from './closure.service.js'
import { ScheduleConflicts } from './schedule-conflicts.js'
import { ScheduleExceptionService } from './schedule-exception.service.js'
import { TimeOffService } from './time-off.service.js'
import { WeeklyScheduleService } from './weekly-schedule.service.js'

/** Use cases around working hours. */
export interface ScheduleServices {
  readonly weeks: WeeklyScheduleService
  readonly exceptions: ScheduleExceptionService
  readonly timeOff: TimeOffService
  readonly closures: ClosureService
  readonly conflicts: ScheduleConflicts
}

/** What they stand on. */
export interface ScheduleGround {
  readonly work: UnitOfWork
  readonly reach: RowReach
  readonly database: ReadDatabase
  readonly availability: Availability
  readonly clock: Clock
}

/** Puts working hours together. */
export function makeScheduleServices({ work, reach, database, availability, clock }: ScheduleGround): ScheduleServices {
  return {
    weeks: new WeeklyScheduleService(work, reach, clock),
    exceptions: new ScheduleExceptionService(work, reach, availability, clock),
    timeOff: new TimeOffService(work, reach, clock),
    closures: new ClosureService(work, reach, clock),
    conflicts: new ScheduleConflicts(database, availability, clock),
  }
}
