import { ascending, descending, rootConnection, type FilterDeclaration } from '../../graphql/loaders/declaration.js'
import { equals, nameContains } from '../../graphql/loaders/filters.js'
import { Staff } from './staff.entity.js'
import { StaffFilter, StaffOrder } from './staff.inputs.js'

const staffFilter: FilterDeclaration = {
  input: () => StaffFilter,
  fields: {
    search: nameContains('fullName'),
    role: {
      values: { staff_role: { type: 'text', of: (role: string) => role } },
      where: (row) =>
        `exists (select from user_account held where held.staff_id = ${row.column('id')} and ${row.value('staff_role')} = any(held.roles))`,
      reveals: null,
    },
    active: equals('active', 'boolean'),
  },
}

export const staffRoots = [
  rootConnection('staffMembers', () => Staff, {
    filter: staffFilter,
    orders: {
      input: StaffOrder,
      choices: {
        [StaffOrder.NAME]: { keys: [ascending('fullName'), ascending('id')], reveals: null },
        [StaffOrder.NEWEST]: { keys: [descending('id')], reveals: null },
      },
    },
    description: 'The people who work for the clinic, by name.',
  }),
]
