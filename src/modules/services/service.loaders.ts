import { ascending, rootConnection, rootOne, type FilterDeclaration } from '../../graphql/loaders/declaration.js'
import { equals, nameContains } from '../../graphql/loaders/filters.js'
import { Service } from './service.entity.js'
import { ServiceFilter, ServiceOrder } from './service.inputs.js'

const serviceFilter: FilterDeclaration = {
  input: () => ServiceFilter,
  fields: {
    search: nameContains('name'),
    code: equals('code', 'text'),
    specialty: {
      values: { service_specialty: { type: 'text', of: (specialty: string) => specialty } },
      where: (row) => `(${row.column('specialty')} is null or ${row.column('specialty')} = ${row.value('service_specialty')})`,
      reveals: null,
    },
    active: equals('active', 'boolean'),
    onlineBookable: equals('onlineBookable', 'boolean'),
  },
}

export const serviceRoots = [
  rootOne('service', () => Service, 'One service of the price list.'),
  rootConnection('services', () => Service, {
    filter: serviceFilter,
    orders: {
      input: ServiceOrder,
      choices: {
        [ServiceOrder.NAME]: { keys: [ascending('name'), ascending('id')], reveals: null },
        [ServiceOrder.CODE]: { keys: [ascending('code'), ascending('id')], reveals: null },
      },
    },
    description: 'The price list, by name: for patients what they may book themselves.',
  }),
]
