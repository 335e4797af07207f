import type { ClinicModule } from '../../graphql/module.js'
import { staffAccess, staffScope } from './staff.access.js'

export const staffModule: ClinicModule = { scopes: [staffScope], edges: [], roots: [], access: staffAccess }
