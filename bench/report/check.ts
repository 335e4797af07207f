import { TITLES } from '../contenders/contender.ts'
import type { Phase } from '../measure/rounds.ts'
import type { Target } from '../targets.ts'
import { FIGURE_TITLES } from './tables.ts'
import { ratio } from './summary.ts'

/** How one target stands. */
export interface Verdict {
  readonly outcome: 'reached' | 'missed' | 'not measured'
  readonly text: string
}

/** Sets what was measured against the targets. */
export function verdicts(targets: readonly Target[], phases: readonly Phase[]): Verdict[] {
  return targets.map((target) => {
    const { workload, figure, against } = target
    const wanted = 'atLeast' in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`
    const name = `${workload}: ${FIGURE_TITLES[figure]}, ${wanted} × ${TITLES[against]}`
    const actual = ratio(phases, workload, figure, 'clinic', against)
    if (actual === undefined) return { outcome: 'not measured', text: `not measured  ${name}` }
    const reached = 'atLeast' in target ? actual >= target.atLeast : actual <= target.atMost
    const outcome = reached ? 'reached' : 'missed'
    return { outcome, text: `${outcome.padEnd(12)}  ${name}: ${actual.toFixed(2)} ×` }
  })
}
