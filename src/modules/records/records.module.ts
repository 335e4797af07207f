import type { ClinicModule } from '../../graphql/module.js'
import { recordAccess, recordScopes } from './record.access.js'
import { recordEdges, recordRoots } from './record.loaders.js'

export const recordsModule: ClinicModule = { scopes: recordScopes, edges: recordEdges, roots: recordRoots, access: recordAccess }
