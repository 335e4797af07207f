import { can, open, type AccessMap } from '../../access/rules.js'
import { rowScope } from '../../access/scope.js'
import { connectionAccess } from '../../graphql/module.js'
import { Service } from './service.entity.js'

/** Services: the staff all, patients the public price list. */
export const serviceScope = rowScope(() => Service, {
  all: ['services.read'],
  restricted: [{ capability: 'services.read-public', where: (row) => `${row.column('active')} and ${row.column('onlineBookable')}` }],
})

/** May hold services. */
export const readsServices = can('services.read', 'services.read-public')
const writesServices = can('services.write')

export const serviceAccess: AccessMap = {
  Service: {
    id: open,
    version: open,
    createdAt: open,
    code: open,
    name: open,
    specialty: open,
    durationMinutes: open,
    bufferBeforeMinutes: open,
    bufferAfterMinutes: open,
    price: open,
    onlineBookable: open,
    active: open,
  },
  ...connectionAccess('Service', readsServices),
  Query: { service: readsServices, services: readsServices },
  Mutation: { createService: writesServices, updateService: writesServices },
}
