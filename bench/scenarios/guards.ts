import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'

import { signIn, startClinicServer } from '../contenders/clinic.ts'
import { graphqlQuestions } from '../contenders/contender.ts'
import { answerOf, type Question } from '../contenders/question.ts'
import type { ServerProcess } from '../contenders/server-process.ts'
import { addPerson } from '../database/accounts.ts'
import { addCareRelations } from '../database/cohort.ts'
import { load, percentile } from '../measure/load.ts'
import { processorTime } from '../measure/processes.ts'
import { median } from '../report/summary.ts'
import { markdownTable, number } from '../report/tables.ts'
import { differenceOf } from '../same-answers.ts'
import { chart } from '../workloads/chart.ts'
import { POOL_MAX, WARM_UP_SECONDS, type Scenario } from './scenario.ts'

/** As far as anybody sets it, in months: the cohort's relations are some years old. */
const LONGEST_CARE = 120
const COMPARED = 20

interface Variant {
  readonly title: string
  readonly server: ServerProcess
  readonly questions: readonly Question[]
}

interface Phase {
  readonly variant: string
  readonly chartsPerSecond: number
  readonly p50: number
  readonly p99: number
  readonly serverMs: number | undefined
  readonly databaseMs: number | undefined
}

/**
 * What the audit trail and the row scope cost. The scope is on for a doctor in a clinic that bounds doctors to patients in their care (every
 * table of the chart is then read through the care relation), and off for its owner, who sees all rows; role guards are on for both.
 */
export const guards: Scenario = {
  name: 'guards',
  title: 'charts with audit trail and row scope on and off',
  run: async ({ project, options, signal, clinic, say }) => {
    const { url: databaseUrl, account, facts, client, processes } = await clinic()
    const owner = await addPerson(client, account, 'OWNER')
    await addCareRelations(client, account.username)
    await using stack = new AsyncDisposableStack()
    stack.defer(() => boundDoctors(client, false))
    await boundDoctors(client, true)

    const common = { project, databaseUrl, account, poolMax: POOL_MAX }
    const audited = stack.use(await startClinicServer(common))
    const file = fileURLToPath(new URL('../peers/unaudited-server.ts', import.meta.url))
    const silent = stack.use(await startClinicServer(common, { file, env: { DIST: resolve(options.dist) } }))
    const people = { on: await signIn(audited, account), off: await signIn(audited, owner) }
    const variants: Variant[] = []
    for (const [audit, server] of [
      ['on', audited],
      ['off', silent],
    ] as const) {
      for (const scope of ['on', 'off'] as const)
        variants.push({
          title: titleOf(audit, scope),
          server,
          questions: await graphqlQuestions(server, chart.clinic, facts, people[scope]),
        })
    }
    await compare(variants)

    const phases: Phase[] = []
    for (let round = 1; round <= options.rounds; round += 1) {
      // Each comes after each: what the database does behind an audited phase is not always charged to the same one.
      const first = round % variants.length
      for (const { title, server, questions } of [...variants.slice(first), ...variants.slice(0, first)]) {
        const common = { url: server.url, questions, connections: options.connections, signal }
        await load({ ...common, seconds: round === 1 ? WARM_UP_SECONDS : 1 })
        const before = await Promise.all([processorTime(server.pid), processes.processorTime()])
        const result = await load({ ...common, seconds: options.seconds })
        const after = await Promise.all([processorTime(server.pid), processes.processorTime()])
        const each = (index: 0 | 1): number | undefined => {
          const [from, to] = [before[index], after[index]]
          return from === undefined || to === undefined ? undefined : (to - from) / result.answers
        }
        const chartsPerSecond = result.answers / result.seconds
        const [p50, p99] = [percentile(result.latencies, 0.5), percentile(result.latencies, 0.99)]
        phases.push({ variant: title, chartsPerSecond, p50, p99, serverMs: each(0), databaseMs: each(1) })
        say(`guards ${round}/${options.rounds}  ${title.padEnd(22)} ${chartsPerSecond.toFixed(0)}/s`)
      }
    }
    return report(variants, phases)
  },
}

const titleOf = (audit: 'on' | 'off', scope: 'on' | 'off'): string => `audit ${audit}, scope ${scope}`

async function boundDoctors(client: pg.Client, bounded: boolean): Promise<void> {
  await client.query('update clinic_setting set doctor_scope = $1, care_relation_months = $2, version = version + 1', [
    bounded ? 'CARE_RELATION' : 'ALL_PATIENTS',
    LONGEST_CARE,
  ])
}

/** All variants must answer the same, or one is fast because it says less. */
async function compare([first, ...others]: readonly Variant[]): Promise<void> {
  if (first === undefined) return
  for (let n = 0; n < COMPARED; n += 1) {
    const answer = async ({ server, questions }: Variant): Promise<unknown> => answerOf(server, questions[n] ?? { calls: [] })
    const expected = await answer(first)
    for (const other of others) {
      const difference = differenceOf(expected, await answer(other), 'data')
      if (difference !== undefined) throw new Error(`${first.title} and ${other.title} do not answer the same: ${difference}`)
    }
  }
}

function report(variants: readonly Variant[], phases: readonly Phase[]) {
  const of = (title: string): Phase[] => phases.filter(({ variant }) => variant === title)
  const none = of(titleOf('off', 'off'))
  const ratioOf = (title: string): number | undefined =>
    median(of(title).map(({ chartsPerSecond }, round) => chartsPerSecond / (none[round]?.chartsPerSecond ?? Number.NaN)))
  const rows = variants.map(({ title }) => {
    const middle = (figure: Exclude<keyof Phase, 'variant'>, digits: number): string =>
      number(median(of(title).map((phase) => phase[figure])), digits)
    return [
      title,
      middle('chartsPerSecond', 0),
      number(ratioOf(title), 2),
      middle('p50', 1),
      middle('p99', 1),
      middle('serverMs', 2),
      middle('databaseMs', 2),
    ]
  })
  const head = ['', 'charts/s', '× both off', 'p50 ms', 'p99 ms', 'server CPU ms', 'database CPU ms']
  return {
    text: `${markdownTable([head, ...rows])}\n\nScope on: a doctor who is bounded to patients in their care; off: an owner. The rules of roles and fields are on in all of them.`,
    figures: {
      'charts/s with audit and row scope, × both off': ratioOf(titleOf('on', 'on')) ?? Number.NaN,
      'charts/s with audit alone, × both off': ratioOf(titleOf('on', 'off')) ?? Number.NaN,
    },
  }
}
