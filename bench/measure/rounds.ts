import { setTimeout as pause } from 'node:timers/promises'

import { TITLES, type Contender, type ContenderName } from '../contenders/contender.ts'
import type { Question } from '../contenders/question.ts'
import type { Workload, WorkloadName } from '../workloads/workload.ts'
import { load, percentile } from './load.ts'
import { processorTime, residentMemory, type DatabaseProcesses } from './processes.ts'

/** What one contender did in one phase under load. Processor times are per answer, in milliseconds. */
export interface Phase {
  readonly workload: WorkloadName
  readonly contender: ContenderName
  readonly round: number
  readonly answers: number
  readonly answersPerSecond: number
  /** HTTP requests that one answer takes. */
  readonly calls: number
  readonly p50: number
  readonly p99: number
  readonly serverMs: number | undefined
  readonly databaseMs: number | undefined
  readonly memoryBytes: number | undefined
}

export interface RoundOptions {
  readonly workloads: readonly Workload[]
  readonly contenders: readonly Contender[]
  readonly database: DatabaseProcesses
  readonly connections: number
  readonly rounds: number
  /** How long each phase is measured, after a warm-up. */
  readonly seconds: number
  readonly signal: AbortSignal
  readonly onPhase: (phase: Phase) => void
}

/** The first time, compilers and caches need longer. */
const FIRST_WARM_UP_SECONDS = 4
const WARM_UP_SECONDS = 1
/** After a phase the database catches up with what it put off, so that the next contender does not pay for it. */
const REST_MS = 300

/** Measures phase by phase, the contenders in turn within each round, so that a slow minute of the machine hits all of them. */
export async function measureRounds(options: RoundOptions): Promise<void> {
  for (const workload of options.workloads) {
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const contender of options.contenders) {
        await contender.signIn()
        const questions = await contender.questions(workload)
        if (questions.length > 0) options.onPhase(await measurePhase(contender, workload, round, questions, options))
      }
    }
  }
}

async function measurePhase(
  contender: Contender,
  workload: Workload,
  round: number,
  questions: readonly Question[],
  { connections, seconds, signal, database }: RoundOptions,
): Promise<Phase> {
  const { url, pid } = contender.server
  const common = { url, questions, connections, signal }
  await load({ ...common, seconds: round === 1 ? FIRST_WARM_UP_SECONDS : WARM_UP_SECONDS })
  await pause(REST_MS)

  const before = await Promise.all([processorTime(pid), database.processorTime()])
  const result = await load({ ...common, seconds })
  const after = await Promise.all([processorTime(pid), database.processorTime()])
  if (result.answers === 0) throw new Error(`${TITLES[contender.name]} answered nothing of ${workload.name} in ${seconds} s`)

  const perAnswer = (index: 0 | 1): number | undefined => {
    const [from, to] = [before[index], after[index]]
    return from === undefined || to === undefined ? undefined : (to - from) / result.answers
  }
  return {
    workload: workload.name,
    contender: contender.name,
    round,
    answers: result.answers,
    answersPerSecond: result.answers / result.seconds,
    calls: questions[0]?.calls.length ?? 1,
    p50: percentile(result.latencies, 0.5),
    p99: percentile(result.latencies, 0.99),
    serverMs: perAnswer(0),
    databaseMs: perAnswer(1),
    memoryBytes: await residentMemory(pid),
  }
}
