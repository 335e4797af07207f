import { open, type AccessMap } from '../../access/rules.js'
import { rowScope } from '../../access/scope.js'
import { Staff } from './staff.entity.js'

/** Staff: management and the front desk see everybody, others themselves. Whoever holds the row may read it, so the fields are open. */
export const staffScope = rowScope(() => Staff, {
  all: ['staff.read'],
  restricted: [{ capability: 'signed-in', where: (row) => `${row.column('id')} = ${row.actor('staffId')}` }],
})

export const staffAccess: AccessMap = {
  Staff: { id: open, version: open, createdAt: open, fullName: open, jobTitle: open, email: open, phone: open, active: open, roles: open },
}
