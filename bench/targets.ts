import type { ContenderName } from './contenders/contender.ts'
import type { Figure } from './report/summary.ts'
import type { WorkloadName } from './workloads/workload.ts'

/** What this server must reach: one figure of it as a multiple of the same figure of another contender. */
export type Target = Readonly<
  { workload: WorkloadName; figure: Figure; against: ContenderName } & ({ atLeast: number } | { atMost: number })
>

/** Checked by `npm run bench -- --check`. Raised as the server gets faster, never lowered. */
export const TARGETS: readonly Target[] = [{ workload: 'chart', figure: 'answersPerSecond', against: 'postgraphile', atLeast: 0.6 }]
