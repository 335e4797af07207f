import type { ClinicModule } from '../../graphql/module.js'
import { breakGlassAccess, breakGlassScope } from './break-glass.access.js'
import { breakGlassEdges, breakGlassRoots } from './break-glass.loaders.js'
import { BreakGlassResolver } from './break-glass.resolver.js'

export const breakGlassModule: ClinicModule = {
  scopes: [breakGlassScope],
  edges: breakGlassEdges,
  roots: breakGlassRoots,
  access: breakGlassAccess,
  resolvers: [BreakGlassResolver],
}
