import type { EntityManager } from '@mikro-orm/postgresql'
import type { Clock } from '../../clock.js'
import type { ReadDatabase } from '../../database/read-database.js'
import type { UnitOfWork } from '../../database/unit-of-work.js'
import type { WritePool } from '../../database/write-pool.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import type { StatementBuilder } from '../../graphql/loaders/statements.js'
import { AppointmentStatusService } from './appointment-status.service.js'
import type { Availability } from './availability.js'
import { BookingService } from './booking.service.js'
import { CountsService } from './counts.service.js'
import { HoldService } from './hold.service.js'
import { SeriesEditService } from './series-edit.service.js'
import { SeriesService } from './series.service.js'

/** What the services of scheduling are made of. */
export interface SchedulingParts {
  readonly work: UnitOfWork
  readonly reach: RowReach
  readonly em: () => EntityManager
  readonly reads: ReadDatabase
  readonly availability: Availability
  readonly statements: () => StatementBuilder
  readonly clock: Clock
  /** For bookings that are one statement. */
  readonly atOnce: WritePool
}

/** The use cases of scheduling. */
export interface SchedulingServices {
  readonly bookings: BookingService
  readonly series: SeriesService
  readonly seriesEdits: SeriesEditService
  readonly holds: HoldService
  readonly statuses: AppointmentStatusService
  readonly counts: CountsService
}

/** Makes the services of scheduling. */
export function makeSchedulingServices(parts: SchedulingParts): SchedulingServices {
  const { work, reach, reads, statements, clock } = parts
  return {
    bookings: new BookingService(parts),
    series: new SeriesService(parts),
    seriesEdits: new SeriesEditService(parts),
    holds: new HoldService(parts),
    statuses: new AppointmentStatusService(work, reach, clock),
    counts: new CountsService(reads, statements),
  }
}
