import type { ContenderName } from './contenders/contender.ts'
import type { Figure } from './report/summary.ts'
import type { ScenarioName } from './scenarios/scenario.ts'
import type { WorkloadName } from './workloads/workload.ts'

type Bound = { readonly atLeast: number } | { readonly atMost: number }

/** One figure of this server as a multiple of the same figure of another contender. */
export type PeerTarget = Readonly<{ workload: WorkloadName; figure: Figure; against: ContenderName }> & Bound

/** One figure that a scenario gives by this name. */
export type ScenarioTarget = Readonly<{ scenario: ScenarioName; figure: string }> & Bound

/** What this server must reach. */
export type Target = PeerTarget | ScenarioTarget

const againstPostGraphile = (workload: WorkloadName): Target[] => [
  { workload, figure: 'answersPerSecond', against: 'postgraphile', atLeast: 1.25 },
  { workload, figure: 'serverMs', against: 'postgraphile', atMost: 0.67 },
]

/** Checked by `npm run bench -- --check`. Raised as the server gets faster, never lowered. */
export const TARGETS: readonly Target[] = [
  ...againstPostGraphile('chart'),
  ...againstPostGraphile('list'),
  ...againstPostGraphile('board'),
  { workload: 'chart', figure: 'answersPerSecond', against: 'raw', atLeast: 0.5 },
  { workload: 'list', figure: 'answersPerSecond', against: 'raw', atLeast: 0.4 },
  { workload: 'board', figure: 'answersPerSecond', against: 'raw', atLeast: 0.4 },
  { workload: 'me', figure: 'answersPerSecond', against: 'apollo', atLeast: 0.6 },
  { scenario: 'guards', figure: 'charts/s with audit and row scope, × both off', atLeast: 0.8 },
  { scenario: 'bookings', figure: 'bookings/s, × their bare inserts', atLeast: 0.4 },
  { scenario: 'logins', figure: 'p99 of charts beside 50 log-ins, × alone', atMost: 2 },
  // SECURITY S12
  { scenario: 'logins', figure: 'longest lag of the event loop beside 50 log-ins, ms', atMost: 100 },
  // SECURITY A6, S9
  { scenario: 'foreign', figure: 'median time of foreign row and unknown id, longer × shorter', atMost: 1.4 },
  { scenario: 'foreign', figure: 'median time of wrong password and unknown user, longer × shorter', atMost: 1.4 },
]
