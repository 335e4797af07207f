import type { Actor } from '../../access/actor.js'
import type { ClinicModule } from '../../graphql/module.js'
import { BY_THE_CLINIC, WAITLIST_TRANSITIONS, type WaitlistStatus } from './waitlist-status.js'
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
      allowedTransitions: {
        from: ['status', 'patient'],
        compute: (row, { actor }) => transitionsFor(actor, row['status'] as WaitlistStatus, row['patient']),
      },
    },
  },
  resolvers: [WaitlistResolver],
}

/** Those of the allowed moves that the actor may make: patients and their proxies take, decline and leave, who may only look makes none. */
function transitionsFor(actor: Actor, status: WaitlistStatus, patientId: unknown): readonly WaitlistStatus[] {
  const all = WAITLIST_TRANSITIONS[status]
  if (actor.can('appointments.write')) return all
  const own = actor.can('appointments.book-own') && actor.actsForPatient(patientId)
  return own ? all.filter((each) => !BY_THE_CLINIC.includes(each)) : []
}
