import { ascending, edgesOf, list, one } from '../../graphql/loaders/declaration.js'
import type { ClinicModule } from '../../graphql/module.js'
import { locationAccess, locationScopes } from './location.access.js'
import { Location } from './location.entity.js'
import { Room } from './room.entity.js'

export const locationModule: ClinicModule = {
  scopes: locationScopes,
  edges: [
    ...edgesOf(() => Location, {
      rooms: list(() => Room, { key: 'location', order: [ascending('name'), ascending('id')], description: 'Rooms of this site.' }),
    }),
    ...edgesOf(() => Room, { location: one(() => Location, { from: 'location', description: 'The site this room is in.' }) }),
  ],
  roots: [],
  access: locationAccess,
}
