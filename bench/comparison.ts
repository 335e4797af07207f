import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import pg from 'pg'

import { CONTENDERS, startContender, TITLES, type Contender, type ContenderOptions } from './contenders/contender.ts'
import { answerOf } from './contenders/question.ts'
import { fillDatabase } from './database/fill.ts'
import { openDatabase } from './database/server.ts'
import { databaseProcesses } from './measure/processes.ts'
import { measureRounds, type Phase } from './measure/rounds.ts'
import { countStatements } from './measure/statement-counter.ts'
import type { Options } from './options.ts'
import { loadProject } from './project.ts'
import { verdicts } from './report/check.ts'
import { median, summaries } from './report/summary.ts'
import { tables } from './report/tables.ts'
import { compareAnswers } from './same-answers.ts'
import { TARGETS } from './targets.ts'
import type { Workload } from './workloads/workload.ts'

/** Connections every server may open to the database: the clinic's default. */
const POOL_MAX = 10
/** Requests over which statements are counted; the middle is taken, because now and then the account is read again. */
const COUNTED = 15

/**
 * The whole comparison: makes the database, proves that the servers answer the same, measures them, reports.
 * @returns false when targets were to be checked and one is missed
 */
export async function runComparison(options: Options, signal: AbortSignal): Promise<boolean> {
  await using stack = new AsyncDisposableStack()
  const project = await loadProject(options.dist)
  const database = stack.use(await openDatabase(project, options.databaseUrl))
  signal.throwIfAborted()
  say(`Filling a database with ${options.patients} patients …`)
  const { account, facts } = await fillDatabase(project, database.url, options.patients)
  const common: ContenderOptions = { project, account, facts, databaseUrl: database.url, poolMax: POOL_MAX }

  say('Comparing answers …')
  const statements = await compareAndCount(options.workloads, { ...common, facts: { ...facts, charts: mixed(facts) } }, signal)

  const client = new pg.Client({ connectionString: database.url, application_name: 'clinic-bench' })
  client.on('error', () => undefined)
  await client.connect()
  stack.defer(() => client.end())
  const contenders = await startAll({ ...common, ...(options.profile !== undefined && { profile: options.profile }) }, stack, signal)

  const phases: Phase[] = []
  await measureRounds({
    ...options,
    contenders,
    database: await databaseProcesses(client),
    signal,
    onPhase: (phase) => {
      phases.push(phase)
      const { workload, round, contender, answersPerSecond, p50, p99 } = phase
      say(
        `${workload} ${round}/${options.rounds}  ${TITLES[contender].padEnd(18)} ${answersPerSecond.toFixed(0).padStart(6)}/s  p50 ${p50.toFixed(1)} ms  p99 ${p99.toFixed(1)} ms`,
      )
    },
  })

  const machine = await machineOf(client, options)
  console.log(`\n${machine}\n\n${tables(options.workloads, phases, statements)}\n`)
  if (options.json !== undefined) {
    const report = {
      measuredAt: new Date().toISOString(),
      machine,
      summaries: summaries(phases),
      statements: Object.fromEntries(statements),
      phases,
    }
    await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`)
  }
  if (!options.check) return true
  const all = verdicts(TARGETS, phases)
  for (const { text } of all) console.log(text)
  return all.every(({ outcome }) => outcome !== 'missed')
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

async function machineOf(client: pg.Client, { patients, connections, rounds, seconds }: Options): Promise<string> {
  const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`)
  const [processor] = cpus()
  return [
    `${availableParallelism()} × ${processor?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, PostgreSQL ${rows[0]?.version ?? '?'}`,
    `${patients} patients, ${connections} connections, medians of ${rounds} × ${seconds} s`,
  ].join('; ')
}

/** Progress goes to standard error, so that standard output holds the report alone. */
function say(line: string): void {
  console.error(line)
}
