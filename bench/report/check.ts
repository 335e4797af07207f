import { TITLES } from '../contenders/contender.ts'
import type { Phase } from '../measure/rounds.ts'
import type { ScenarioName, ScenarioReport } from '../scenarios/scenario.ts'
import type { Target } from '../targets.ts'
import { FIGURE_TITLES } from './tables.ts'
import { ratio } from './summary.ts'

/** How one target stands. */
export interface Verdict {
  readonly outcome: 'reached' | 'missed' | 'not measured'
  readonly text: string
}

/** Everything that was measured. */
export interface Measured {
  readonly phases: readonly Phase[]
  readonly scenarios: ReadonlyMap<ScenarioName, ScenarioReport>
}

/** Sets what was measured against the targets. */
export function verdicts(targets: readonly Target[], measured: Measured): Verdict[] {
  return targets.map((target) => {
    const { name, actual } = 'scenario' in target ? scenarioFigure(target, measured) : peerFigure(target, measured)
    const wanted = 'atLeast' in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`
    if (actual === undefined || Number.isNaN(actual)) return { outcome: 'not measured', text: `not measured  ${name}, ${wanted}` }
    const reached = 'atLeast' in target ? actual >= target.atLeast : actual <= target.atMost
    const outcome = reached ? 'reached' : 'missed'
    return { outcome, text: `${outcome.padEnd(12)}  ${name}, ${wanted}: ${actual.toFixed(2)}` }
  })
}

interface Figured {
  readonly name: string
  readonly actual: number | undefined
}

function scenarioFigure({ scenario, figure }: Extract<Target, { scenario: unknown }>, { scenarios }: Measured): Figured {
  return { name: `${scenario}: ${figure}`, actual: scenarios.get(scenario)?.figures[figure] }
}

function peerFigure({ workload, figure, against }: Extract<Target, { workload: unknown }>, { phases }: Measured): Figured {
  return { name: `${workload}: ${FIGURE_TITLES[figure]} × ${TITLES[against]}`, actual: ratio(phases, workload, figure, 'clinic', against) }
}
