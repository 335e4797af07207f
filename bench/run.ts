import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import pg from 'pg'

import { compareContenders } from './comparison.ts'
import { fillDatabase } from './database/fill.ts'
import { openDatabase } from './database/server.ts'
import { databaseProcesses } from './measure/processes.ts'
import type { Options } from './options.ts'
import { loadProject, type Project } from './project.ts'
import { verdicts } from './report/check.ts'
import { summaries } from './report/summary.ts'
import { tables } from './report/tables.ts'
import type { BenchClinic, ScenarioContext, ScenarioName, ScenarioReport } from './scenarios/scenario.ts'
import { TARGETS } from './targets.ts'

/**
 * Runs what was asked for, the comparison first, and reports.
 * @returns false when targets were to be checked and one is missed
 */
export async function run(options: Options, signal: AbortSignal): Promise<boolean> {
  await using stack = new AsyncDisposableStack()
  const project = await loadProject(options.dist)
  let opening: Promise<BenchClinic> | undefined
  const context: ScenarioContext = {
    project,
    options,
    signal,
    say,
    clinic: () => (opening ??= openClinic(project, options, stack, signal)),
  }

  const compared = options.workloads.length === 0 ? undefined : await compareContenders(context)
  const scenarios = new Map<ScenarioName, ScenarioReport>()
  for (const scenario of options.scenarios) {
    signal.throwIfAborted()
    scenarios.set(scenario.name, await scenario.run(context))
  }

  const machine = await machineOf(options, (await opening)?.client)
  const sections = [
    machine,
    ...(compared === undefined ? [] : [tables(options.workloads, compared.phases, compared.statements)]),
    ...options.scenarios.map(({ name, title }) => `**${name}**: ${title}\n\n${scenarios.get(name)?.text ?? ''}`),
  ]
  console.log(`\n${sections.join('\n\n')}\n`)
  const phases = compared?.phases ?? []
  if (options.json !== undefined) {
    const report = {
      measuredAt: new Date().toISOString(),
      machine,
      summaries: summaries(phases),
      statements: Object.fromEntries(compared?.statements ?? []),
      scenarios: Object.fromEntries([...scenarios].map(([name, { figures }]) => [name, figures])),
      phases,
    }
    await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`)
  }
  if (!options.check) return true
  const all = verdicts(TARGETS, { phases, scenarios })
  for (const { text } of all) console.log(text)
  return all.every(({ outcome }) => outcome !== 'missed')
}

async function openClinic(project: Project, options: Options, stack: AsyncDisposableStack, signal: AbortSignal): Promise<BenchClinic> {
  const database = stack.use(await openDatabase(project, options.databaseUrl))
  signal.throwIfAborted()
  say(`Filling a database with ${options.patients} patients …`)
  const { account, facts } = await fillDatabase(project, database.url, options.patients)
  const client = new pg.Client({ connectionString: database.url, application_name: 'clinic-bench' })
  client.on('error', () => undefined)
  await client.connect()
  stack.defer(() => client.end())
  return { url: database.url, account, facts, client, processes: await databaseProcesses(client) }
}

async function machineOf({ patients, connections, rounds, seconds }: Options, client: pg.Client | undefined): Promise<string> {
  const answer = await client?.query<{ version: string }>(`select current_setting('server_version') as version`)
  const [processor] = cpus()
  const database = answer === undefined ? [] : [`PostgreSQL ${answer.rows[0]?.version ?? '?'}`]
  return [
    [
      `${availableParallelism()} × ${processor?.model.trim() ?? 'unknown processor'}`,
      `${Math.round(totalmem() / 2 ** 30)} GB`,
      `Node ${process.versions.node}`,
      ...database,
    ].join(', '),
    [...(answer === undefined ? [] : [`${patients} patients`]), `${connections} connections`, `medians of ${rounds} × ${seconds} s`].join(
      ', ',
    ),
  ].join('; ')
}

/** Progress goes to standard error, so that standard output holds the report alone. */
function say(line: string): void {
  console.error(line)
}
