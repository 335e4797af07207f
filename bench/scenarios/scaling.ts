import { startClinicServer, signIn } from '../contenders/clinic.ts'
import { graphqlQuestions } from '../contenders/contender.ts'
import type { Question } from '../contenders/question.ts'
import type { ServerProcess } from '../contenders/server-process.ts'
import { load, percentile } from '../measure/load.ts'
import { processorTime } from '../measure/processes.ts'
import { median } from '../report/summary.ts'
import { markdownTable, number } from '../report/tables.ts'
import { chart } from '../workloads/chart.ts'
import { POOL_MAX, WARM_UP_SECONDS, type Scenario, type ScenarioContext } from './scenario.ts'

const PROCESSES = [1, 2, 4]

/** What a number of processes did together; processor time in cores, that is seconds per second. */
interface Step {
  readonly processes: number
  readonly chartsPerSecond: number
  readonly p50: number
  readonly p99: number
  readonly servers: number | undefined
  readonly database: number | undefined
  readonly generator: number
}

/** Several server processes on one database: what more of them bring. */
export const scaling: Scenario = {
  name: 'scaling',
  title: 'charts from 1, 2 and 4 server processes',
  run: async (context) => {
    const { url: databaseUrl, account, facts } = await context.clinic()
    await using stack = new AsyncDisposableStack()
    const servers: ServerProcess[] = []
    while (servers.length < Math.max(...PROCESSES)) {
      servers.push(stack.use(await startClinicServer({ project: context.project, databaseUrl, account, poolMax: POOL_MAX })))
    }
    // One token for all of them: they share secret and sessions.
    const [first] = servers
    if (first === undefined) throw new Error('no server')
    const questions = await graphqlQuestions(first, chart.clinic, facts, await signIn(first, account))
    const steps: Step[] = []
    for (let round = 1; round <= context.options.rounds; round += 1) {
      for (const count of PROCESSES) {
        const step = await measure(servers.slice(0, count), questions, context, round === 1)
        steps.push(step)
        context.say(`scaling ${round}  ${count} processes  ${step.chartsPerSecond.toFixed(0)} charts/s`)
      }
    }
    return report(steps)
  },
}

/** The connections are dealt out evenly, which is what a balancer by turns does. */
async function measure(
  servers: readonly ServerProcess[],
  questions: readonly Question[],
  { clinic, options, signal }: ScenarioContext,
  cold: boolean,
): Promise<Step> {
  const { processes } = await clinic()
  const together = (seconds: number) =>
    Promise.all(
      servers.map(({ url }) =>
        load({ url, questions, seconds, signal, connections: Math.max(1, Math.round(options.connections / servers.length)) }),
      ),
    )
  await together(cold ? WARM_UP_SECONDS : 1)
  const times = async () => ({
    servers: await Promise.all(servers.map(({ pid }) => processorTime(pid))),
    database: await processes.processorTime(),
    generator: process.cpuUsage(),
  })
  const before = await times()
  const begun = performance.now()
  const results = await together(options.seconds)
  const elapsed = performance.now() - begun
  const after = await times()
  const cores = (from: number | undefined, to: number | undefined): number | undefined =>
    from === undefined || to === undefined ? undefined : (to - from) / elapsed
  const used = process.cpuUsage(before.generator)
  const each = servers.map((_, index) => cores(before.servers[index], after.servers[index]))
  const latencies = Float64Array.from(results.flatMap((result) => [...result.latencies])).sort()
  return {
    processes: servers.length,
    chartsPerSecond: results.reduce((sum, { answers, seconds }) => sum + answers / seconds, 0),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    servers: each.includes(undefined) ? undefined : each.reduce<number>((sum, value) => sum + (value ?? 0), 0),
    database: cores(before.database, after.database),
    generator: (used.user + used.system) / 1000 / elapsed,
  }
}

function report(steps: readonly Step[]) {
  const middle = (processes: number, of: (step: Step) => number | undefined): number | undefined =>
    median(steps.filter((step) => step.processes === processes).map(of))
  const alone = middle(1, ({ chartsPerSecond }) => chartsPerSecond) ?? Number.NaN
  const rows = PROCESSES.map((processes) => {
    const of = (figure: (step: Step) => number | undefined, digits: number) => number(middle(processes, figure), digits)
    const charts = middle(processes, ({ chartsPerSecond }) => chartsPerSecond) ?? Number.NaN
    return [
      String(processes),
      charts.toFixed(0),
      (charts / alone).toFixed(2),
      of(({ p50 }) => p50, 1),
      of(({ p99 }) => p99, 1),
      of(({ servers }) => servers, 2),
      of(({ database }) => database, 2),
      of(({ generator }) => generator, 2),
    ]
  })
  const head = ['server processes', 'charts/s', '× one', 'p50 ms', 'p99 ms', 'servers, cores', 'database, cores', 'load generator, cores']
  const last = rows.at(-1)?.[2]
  return {
    text: `${markdownTable([head, ...rows])}\n\nServers, database and load generator share the cores of this machine: as soon as the last three columns together reach their number, more processes cannot bring more.`,
    figures: { 'charts/s of 4 processes, × one': Number(last) },
  }
}
