import type { ClinicModule } from '../../graphql/module.js'
import { scheduleAccess, scheduleScopes } from './schedule.access.js'
import { scheduleEdges, scheduleRoots } from './schedule.loaders.js'
import { ClosureResolver } from './closure.resolver.js'
import { ScheduleResolver, TimeOffResolver } from './schedule.resolver.js'

export const schedulesModule: ClinicModule = {
  scopes: scheduleScopes,
  edges: scheduleEdges,
  roots: scheduleRoots,
  access: scheduleAccess,
  resolvers: [ScheduleResolver, TimeOffResolver, ClosureResolver],
}
