import { registerEnumType } from 'type-graphql'

/** Where somebody stands in the queue of the day (RULES A11). */
export enum QueueStatus {
  WAITING = 'WAITING',
  CALLED = 'CALLED',
  IN_SERVICE = 'IN_SERVICE',
  DONE = 'DONE',
  SKIPPED = 'SKIPPED',
  LEFT = 'LEFT',
  TRANSFERRED = 'TRANSFERRED',
}

registerEnumType(QueueStatus, {
  name: 'QueueStatus',
  description: 'Where somebody stands in the queue of the day.',
  valuesConfig: {
    WAITING: { description: 'Waits to be called.' },
    CALLED: { description: 'Was called and is on the way to the room.' },
    IN_SERVICE: { description: 'Is being seen.' },
    DONE: { description: 'Was seen.' },
    SKIPPED: { description: 'Was passed over, for instance because they did not come when called; can be recalled.' },
    LEFT: { description: 'Went away without having been seen to the end.' },
    TRANSFERRED: { description: 'Waits elsewhere: a newer entry has taken the place of this one.' },
  },
})

/** How urgent it is; the more urgent is called first. */
export enum QueuePriority {
  NORMAL = 'NORMAL',
  URGENT = 'URGENT',
  EMERGENCY = 'EMERGENCY',
}

registerEnumType(QueuePriority, {
  name: 'QueuePriority',
  description: 'How urgent it is; the more urgent is called first, and of equals who came first.',
  valuesConfig: {
    NORMAL: { description: 'In the order of arrival.' },
    URGENT: { description: 'Before all normal ones.' },
    EMERGENCY: { description: 'Before everybody else.' },
  },
})

/** Every allowed move; anything else is `INVALID_TRANSITION`. An undo goes back to where the last move came from and is no move itself. */
export const QUEUE_TRANSITIONS: Readonly<Record<QueueStatus, readonly QueueStatus[]>> = {
  WAITING: [QueueStatus.CALLED, QueueStatus.SKIPPED, QueueStatus.LEFT, QueueStatus.TRANSFERRED],
  CALLED: [QueueStatus.IN_SERVICE, QueueStatus.SKIPPED, QueueStatus.LEFT, QueueStatus.TRANSFERRED],
  IN_SERVICE: [QueueStatus.DONE, QueueStatus.LEFT, QueueStatus.TRANSFERRED],
  SKIPPED: [QueueStatus.WAITING, QueueStatus.LEFT],
  DONE: [],
  LEFT: [],
  TRANSFERRED: [],
}

/** Who has one of these is still in the queue: a patient has at most one such entry per location and day. */
export const OPEN_QUEUE_STATUSES = [QueueStatus.WAITING, QueueStatus.CALLED, QueueStatus.IN_SERVICE, QueueStatus.SKIPPED] as const
