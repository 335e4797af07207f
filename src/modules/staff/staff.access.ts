import { can, open, type AccessMap } from '../../access/rules.js'
import { rowScope } from '../../access/scope.js'
import { connectionAccess } from '../../graphql/module.js'
import { Staff } from './staff.entity.js'

/** Staff: management and the front desk see everybody, others themselves. Whoever holds the row may read it, so most fields are open. */
export const staffScope = rowScope(() => Staff, {
  all: ['staff.read'],
  restricted: [{ capability: 'signed-in', where: (row) => `${row.column('id')} = ${row.actor('staffId')}` }],
})

const readsStaff = can('staff.read')
const writesStaff = can('staff.write')

export const staffAccess: AccessMap = {
  Staff: {
    id: open,
    version: open,
    createdAt: open,
    fullName: open,
    jobTitle: open,
    email: open,
    phone: open,
    active: open,
    roles: open,
    username: writesStaff,
  },
  ...connectionAccess('Staff', readsStaff),
  Query: { staffMembers: readsStaff },
  Mutation: {
    createStaff: writesStaff,
    updateStaff: writesStaff,
    setStaffRoles: writesStaff,
    deactivateStaff: writesStaff,
    reactivateStaff: writesStaff,
  },
}
