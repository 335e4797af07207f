import type { Clock } from '../../clock.js'
import type { ReadDatabase } from '../../database/read-database.js'
import type { UnitOfWork } from '../../database/unit-of-work.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { CheckInService } from './check-in.service.js'
import { QueueBoardService } from './queue-board.service.js'
import { QueueMovesService } from './queue-moves.service.js'
import { QueueUndoService } from './queue-undo.service.js'
import { QueueWaits } from './queue-waits.js'
import { VisitMoves } from './visit-moves.js'

/** Use cases of the queue of the day. */
export interface QueueServices {
  readonly checkIn: CheckInService
  readonly moves: QueueMovesService
  readonly undo: QueueUndoService
  readonly waits: QueueWaits
  readonly board: QueueBoardService
}

/** What the queue stands on. */
export interface QueueGround {
  readonly work: UnitOfWork
  readonly reach: RowReach
  readonly database: ReadDatabase
  readonly clock: Clock
  /** Of this server, without a path. */
  readonly address: () => string
}

/** Puts the queue together. */
export function makeQueueServices({ work, reach, database, clock, address }: QueueGround): QueueServices {
  const visits = new VisitMoves(clock)
  return {
    checkIn: new CheckInService(work, reach, visits, clock),
    moves: new QueueMovesService(work, reach, visits, clock),
    undo: new QueueUndoService(work, reach, visits, clock),
    waits: new QueueWaits(database, clock),
    board: new QueueBoardService(work, database, clock, address),
  }
}
