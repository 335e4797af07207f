import { can, open, type AccessMap } from '../../access/rules.js'
import { rowScope } from '../../access/scope.js'
import { connectionAccess } from '../../graphql/module.js'
import { readsPatients } from '../patients/patient.access.js'
import { BreakGlass } from './break-glass.entity.js'

/** Emergency openings: who reviews them sees all, who opened a chart their own. */
export const breakGlassScope = rowScope(() => BreakGlass, {
  all: ['break-glass.review'],
  restricted: [{ capability: 'break-glass.use', where: (row) => `${row.column('user')} = ${row.actor('userId')}` }],
})

const readsOpenings = can('break-glass.review', 'break-glass.use')

export const breakGlassAccess: AccessMap = {
  BreakGlass: {
    id: open,
    createdAt: open,
    by: open,
    reason: open,
    startsAt: open,
    endsAt: open,
    active: open,
    verdict: open,
    reviewNote: open,
    reviewedAt: open,
    reviewerName: open,
    patient: readsPatients,
  },
  ...connectionAccess('BreakGlass', readsOpenings),
  Patient: { breakGlass: readsOpenings },
  Query: { breakGlassUses: readsOpenings },
  Mutation: { breakGlass: can('break-glass.use'), reviewBreakGlass: can('break-glass.review') },
}
