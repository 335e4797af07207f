import type { ClinicModule } from '../../graphql/module.js'
import { queueAccess, queueChangeScope, queueScope } from './queue.access.js'
import { queueEdges, queueLive, queueRoots } from './queue.loaders.js'
import { QueueBoardResolver } from './queue-board.resolver.js'
import { QueueResolver } from './queue.resolver.js'
import { QUEUE_TRANSITIONS, type QueueStatus } from './queue-status.js'

export const queueModule: ClinicModule = {
  scopes: [queueScope, queueChangeScope],
  edges: queueEdges,
  roots: queueRoots,
  live: queueLive,
  access: queueAccess,
  computed: {
    QueueEntry: {
      allowedTransitions: {
        from: ['status'],
        // Those who only look move nobody.
        compute: (row, { actor }) => (actor.can('appointments.write') ? QUEUE_TRANSITIONS[row['status'] as QueueStatus] : []),
      },
    },
  },
  resolvers: [QueueResolver, QueueBoardResolver],
}
