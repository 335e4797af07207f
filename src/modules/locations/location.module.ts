import { ascending, edgesOf, list, one, rootConnection, rootOne } from '../../graphql/loaders/declaration.js'
import { equals } from '../../graphql/loaders/filters.js'
import type { ClinicModule } from '../../graphql/module.js'
import { locationAccess, locationScopes } from './location.access.js'
import { Location } from './location.entity.js'
import { LocationFilter, LocationOrder } from './location.inputs.js'
import { LocationResolver } from './location.resolver.js'
import { Room } from './room.entity.js'

export const locationModule: ClinicModule = {
  scopes: locationScopes,
  edges: [
    ...edgesOf(() => Location, {
      rooms: list(() => Room, { key: 'location', order: [ascending('name'), ascending('id')], description: 'Rooms of this site.' }),
    }),
    ...edgesOf(() => Room, { location: one(() => Location, { from: 'location', description: 'The site this room is in.' }) }),
  ],
  roots: [
    rootOne('location', () => Location, 'One site of the clinic.'),
    rootConnection('locations', () => Location, {
      filter: { input: () => LocationFilter, fields: { active: equals('active', 'boolean') } },
      orders: {
        input: LocationOrder,
        choices: { [LocationOrder.NAME]: { keys: [ascending('name'), ascending('id')], reveals: null } },
      },
      description: 'The sites of the clinic, by name.',
    }),
  ],
  access: locationAccess,
  resolvers: [LocationResolver],
}
