import { CONTENDERS, startContender, TITLES, type Contender, type ContenderOptions } from './contenders/contender.ts'
import { answerOf } from './contenders/question.ts'
import { measureRounds, type Phase } from './measure/rounds.ts'
import { countStatements } from './measure/statement-counter.ts'
import { median } from './report/summary.ts'
import { compareAnswers } from './same-answers.ts'
import { POOL_MAX, type ScenarioContext } from './scenarios/scenario.ts'
import type { Workload } from './workloads/workload.ts'

/** Requests over which statements are counted; the middle is taken, because now and then the account is read again. */
const COUNTED = 15

/** What the comparison with others gave. */
export interface Comparison {
  readonly phases: readonly Phase[]
  readonly statements: ReadonlyMap<string, number>
}

/** Proves that the servers answer the same, and measures them. */
export async function compareContenders({ project, options, signal, clinic, say }: ScenarioContext): Promise<Comparison> {
  await using stack = new AsyncDisposableStack()
  const { url: databaseUrl, account, facts, processes } = await clinic()
  const common: ContenderOptions = { project, account, facts, databaseUrl, poolMax: POOL_MAX }

  say('Comparing answers …')
  const statements = await compareAndCount(options.workloads, { ...common, facts: { ...facts, charts: mixed(facts) } }, signal, say)

  const contenders = await startAll({ ...common, ...(options.profile !== undefined && { profile: options.profile }) }, stack, signal)
  const phases: Phase[] = []
  await measureRounds({
    ...options,
    contenders,
    database: processes,
    signal,
    onPhase: (phase) => {
      phases.push(phase)
      const { workload, round, contender, answersPerSecond, p50, p99 } = phase
      say(
        `${workload} ${round}/${options.rounds}  ${TITLES[contender].padEnd(18)} ${answersPerSecond.toFixed(0).padStart(6)}/s  p50 ${p50.toFixed(1)} ms  p99 ${p99.toFixed(1)} ms`,
      )
    },
  })
  return { phases, statements }
}

/** Charts of the cohort and of generated patients, whose answers have every shape there is. */
function mixed({ charts, generatedCharts }: ContenderOptions['facts']): string[] {
  return [...charts.slice(0, COUNTED), ...generatedCharts]
}

async function startAll(options: ContenderOptions, stack: AsyncDisposableStack, signal: AbortSignal): Promise<Contender[]> {
  const contenders: Contender[] = []
  for (const name of CONTENDERS) {
    signal.throwIfAborted()
    const contender = await startContender(name, options)
    stack.use(contender.server)
    await contender.signIn()
    contenders.push(contender)
  }
  return contenders
}

/**
 * Runs all contenders with a counter before their database.
 * @returns statements of one operation, by `WORKLOAD CONTENDER`
 */
async function compareAndCount(
  workloads: readonly Workload[],
  options: ContenderOptions,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Map<string, number>> {
  await using stack = new AsyncDisposableStack()
  const counter = stack.use(await countStatements(options.databaseUrl))
  const contenders = await startAll({ ...options, databaseUrl: counter.url }, stack, signal)
  const statements = new Map<string, number>()
  for (const workload of workloads) {
    signal.throwIfAborted()
    const { compared, fields } = await compareAnswers(workload, contenders)
    if (workload.comparable !== false) say(`${workload.name}: ${compared} answers are the same everywhere; the first has ${fields} fields`)
    for (const contender of contenders) {
      const counts: number[] = []
      for (const question of (await contender.questions(workload)).slice(0, COUNTED)) {
        const before = counter.statements
        await answerOf(contender.server, question)
        counts.push(counter.statements - before)
      }
      const count = median(counts)
      if (count !== undefined) statements.set(`${workload.name} ${contender.name}`, count)
    }
  }
  return statements
}
