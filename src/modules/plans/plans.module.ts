import type { ClinicModule } from '../../graphql/module.js'
import { planAccess, planScopes } from './plan.access.js'
import { planEdges, planRoots } from './plan.loaders.js'

export const plansModule: ClinicModule = { scopes: planScopes, edges: planEdges, roots: planRoots, access: planAccess }
