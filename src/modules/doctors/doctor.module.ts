import { checked } from '../../access/rules.js'
import type { ClinicModule } from '../../graphql/module.js'
import { doctorAccess, doctorScope, readsDoctors, weeklyScheduleScope } from './doctor.access.js'
import { doctorArguments, doctorEdges, doctorRoots } from './doctor.loaders.js'
import { DoctorResolver } from './doctor.resolver.js'

export const doctorModule: ClinicModule = {
  scopes: [doctorScope, weeklyScheduleScope],
  edges: doctorEdges,
  roots: doctorRoots,
  access: { ...doctorAccess, Query: { ...doctorAccess['Query'], doctors: checked('doctors', readsDoctors, doctorArguments) } },
  resolvers: [DoctorResolver],
}
