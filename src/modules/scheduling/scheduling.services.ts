import type { Clock } from '../../clock.js'
import type { UnitOfWork } from '../../database/unit-of-work.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { AppointmentStatusService } from './appointment-status.service.js'

/** What the services of scheduling are made of. */
export interface SchedulingParts {
  readonly work: UnitOfWork
  readonly reach: RowReach
  readonly clock: Clock
}

/** The use cases of scheduling. */
export interface SchedulingServices {
  readonly statuses: AppointmentStatusService
}

/** Makes the services of scheduling. */
export function makeSchedulingServices({ work, reach, clock }: SchedulingParts): SchedulingServices {
  return { statuses: new AppointmentStatusService(work, reach, clock) }
}
