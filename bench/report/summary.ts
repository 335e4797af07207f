import type { ContenderName } from '../contenders/contender.ts'
import type { Phase } from '../measure/rounds.ts'
import type { WorkloadName } from '../workloads/workload.ts'

/** Figures of a phase that have a middle and can be set against each other. */
export const FIGURES = ['answersPerSecond', 'p50', 'p99', 'serverMs', 'databaseMs', 'memoryBytes'] as const
export type Figure = (typeof FIGURES)[number]

/** All rounds of one contender in one workload: the median of every figure. */
export type Summary = Readonly<{ workload: WorkloadName; contender: ContenderName; rounds: number } & Record<Figure, number | undefined>>

/** Sums the phases of each workload and contender up. */
export function summaries(phases: readonly Phase[]): Summary[] {
  const groups = Map.groupBy(phases, ({ workload, contender }) => `${workload} ${contender}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const medians = Object.fromEntries(FIGURES.map((figure) => [figure, median(group.map((phase) => phase[figure]))])) as Record<
      Figure,
      number | undefined
    >
    return [{ workload: first.workload, contender: first.contender, rounds: group.length, ...medians }]
  })
}

/**
 * A figure of one contender as a multiple of another's: the median of the ratios within each round, because phases of one round were
 * measured next to each other.
 */
export function ratio(
  phases: readonly Phase[],
  workload: WorkloadName,
  figure: Figure,
  of: ContenderName,
  against: ContenderName,
): number | undefined {
  const at = (contender: ContenderName, round: number): number | undefined =>
    phases.find((phase) => phase.workload === workload && phase.contender === contender && phase.round === round)?.[figure]
  const rounds = new Set(phases.map(({ round }) => round))
  return median([...rounds].map((round) => quotient(at(of, round), at(against, round))))
}

function quotient(dividend: number | undefined, divisor: number | undefined): number | undefined {
  return dividend === undefined || divisor === undefined || divisor === 0 ? undefined : dividend / divisor
}

/** The middle value; nothing when any is missing. */
export function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).toSorted((a, b) => a - b)
  if (known.length === 0 || known.length < values.length) return undefined
  const middle = known.length >> 1
  const upper = known[middle]
  const lower = known[known.length % 2 === 0 ? middle - 1 : middle]
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2
}
