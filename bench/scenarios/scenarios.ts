import { bookings } from './bookings.ts'
import { foreign } from './foreign.ts'
import { growth } from './growth.ts'
import { guards } from './guards.ts'
import { logins } from './logins.ts'
import { longHistory } from './long-history.ts'
import { memory } from './memory.ts'
import { scaling } from './scaling.ts'
import type { Scenario } from './scenario.ts'

/** Everything that is measured of this server alone, in the order of the report. */
export const SCENARIOS: readonly Scenario[] = [guards, bookings, logins, foreign, scaling, memory, longHistory, growth]
