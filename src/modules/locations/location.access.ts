import { can, open, type AccessMap } from '../../access/rules.js'
import { rowScope } from '../../access/scope.js'
import { connectionAccess } from '../../graphql/module.js'
import { Location } from './location.entity.js'
import { Room } from './room.entity.js'

/** Sites and rooms are part of the directory that everybody signed in may read. */
export const readsDirectory = can('doctors.read')

const writesDirectory = can('doctors.write')

export const locationScopes = [rowScope(() => Location, { all: ['doctors.read'] }), rowScope(() => Room, { all: ['doctors.read'] })]

export const locationAccess: AccessMap = {
  Location: {
    id: open,
    version: open,
    createdAt: open,
    name: open,
    timeZone: open,
    phone: open,
    address: open,
    active: open,
    rooms: readsDirectory,
  },
  Room: { id: open, version: open, createdAt: open, name: open, active: open, location: readsDirectory },
  ...connectionAccess('Location', readsDirectory),
  Query: { location: readsDirectory, locations: readsDirectory },
  Mutation: { createLocation: writesDirectory, updateLocation: writesDirectory, createRoom: writesDirectory, updateRoom: writesDirectory },
  Address: { line: open, city: open, region: open, postalCode: open, country: open },
}
