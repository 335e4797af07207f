import type { ClinicModule } from '../../graphql/module.js'
import { WAITLIST_TRANSITIONS, type WaitlistStatus } from './waitlist-status.js'
import { waitlistAccess, waitlistScopes } from './waitlist.access.js'
import { waitlistEdges, waitlistRoots } from './waitlist.loaders.js'
import { WaitlistResolver } from './waitlist.resolver.js'

export const waitlistModule: ClinicModule = {
  scopes: waitlistScopes,
  edges: waitlistEdges,
  roots: waitlistRoots,
  access: waitlistAccess,
  computed: {
    WaitlistEntry: {
      allowedTransitions: { from: ['status'], compute: (row) => WAITLIST_TRANSITIONS[row['status'] as WaitlistStatus] },
    },
  },
  resolvers: [WaitlistResolver],
}
