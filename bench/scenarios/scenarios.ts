import { foreign } from './foreign.ts'
import { guards } from './guards.ts'
import { logins } from './logins.ts'
import type { Scenario } from './scenario.ts'

/** Everything that is measured of this server alone, in the order of the report. */
export const SCENARIOS: readonly Scenario[] = [guards, logins, foreign]
