import { signIn, startClinicServer } from '../contenders/clinic.ts'
import { graphqlQuestions } from '../contenders/contender.ts'
import { answerOf } from '../contenders/question.ts'
import { addLongHistories, LONG_HISTORY } from '../database/cohort.ts'
import { load, percentile, type LoadResult } from '../measure/load.ts'
import { median } from '../report/summary.ts'
import { markdownTable, number } from '../report/tables.ts'
import { chart } from '../workloads/chart.ts'
import type { GraphQLQuestion } from '../workloads/workload.ts'
import { POOL_MAX, WARM_UP_SECONDS, type Scenario } from './scenario.ts'

const count = LONG_HISTORY.toLocaleString('en')

/** The first page alone, and the chart around it. */
const QUESTIONS: Readonly<Record<string, GraphQLQuestion>> = {
  'first page of appointments': {
    variables: chart.clinic.variables,
    query: `query FirstPage($id: ID!) {
      patient(id: $id) { id appointments(first: 10) { edges { node { id startsAt status doctor { fullName } } } pageInfo { hasNextPage endCursor } } }
    }`,
  },
  'whole chart': chart.clinic,
}

/** Whether a patient's first page takes longer the longer their history is. */
export const longHistory: Scenario = {
  name: 'long-history',
  title: `a patient with ${count} appointments against one with 10`,
  run: async ({ project, options, signal, clinic, say }) => {
    const { url: databaseUrl, account, facts, client } = await clinic()
    const long = await addLongHistories(client)
    const groups = { '10 appointments': facts.charts.slice(0, long.length), [`${count} appointments`]: long }
    await using server = await startClinicServer({ project, databaseUrl, account, poolMax: POOL_MAX })
    const headers = await signIn(server, account)

    const figures: Record<string, number> = {}
    const rows: string[][] = []
    for (const [title, question] of Object.entries(QUESTIONS)) {
      const p50s: (number | undefined)[] = []
      for (const [group, charts] of Object.entries(groups)) {
        const questions = await graphqlQuestions(server, question, { ...facts, charts }, headers)
        for (const one of questions) await answerOf(server, one)
        const common = { url: server.url, questions, connections: options.connections, signal }
        await load({ ...common, seconds: WARM_UP_SECONDS / 2 })
        const results: LoadResult[] = []
        for (let round = 1; round <= options.rounds; round += 1) results.push(await load({ ...common, seconds: options.seconds }))
        const of = (share: number): number | undefined => median(results.map(({ latencies }) => percentile(latencies, share)))
        p50s.push(of(0.5))
        rows.push([
          title,
          group,
          number(median(results.map(({ answers, seconds }) => answers / seconds)), 0),
          number(of(0.5), 1),
          number(of(0.99), 1),
        ])
        say(`long-history  ${rows.at(-1)?.join('  ') ?? ''}`)
      }
      const [short, other] = p50s
      figures[`p50 of ${title}, ${count} appointments × 10`] = (other ?? Number.NaN) / (short ?? Number.NaN)
    }
    const ratios = Object.entries(figures).map(([name, value]) => `${name}: ${value.toFixed(2)}`)
    return { text: `${markdownTable([['', 'patient with', 'answers/s', 'p50 ms', 'p99 ms'], ...rows])}\n\n${ratios.join('; ')}.`, figures }
  },
}
