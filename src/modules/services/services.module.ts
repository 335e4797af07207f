import type { ClinicModule } from '../../graphql/module.js'
import { serviceAccess, serviceScope } from './service.access.js'
import { serviceRoots } from './service.loaders.js'
import { ServiceResolver } from './service.resolver.js'

export const servicesModule: ClinicModule = {
  scopes: [serviceScope],
  edges: [],
  roots: serviceRoots,
  access: serviceAccess,
  resolvers: [ServiceResolver],
}
