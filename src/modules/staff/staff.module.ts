import type { ClinicModule } from '../../graphql/module.js'
import { staffAccess, staffScope } from './staff.access.js'
import { staffRoots } from './staff.loaders.js'
import { StaffResolver } from './staff.resolver.js'

export const staffModule: ClinicModule = {
  scopes: [staffScope],
  edges: [],
  roots: staffRoots,
  access: staffAccess,
  resolvers: [StaffResolver],
}
