import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

import { signIn, startClinicServer } from '../contenders/clinic.ts'
import { answerOf, graphqlQuestion, type Headers, type Question } from '../contenders/question.ts'
import { setAccount, type Account } from '../database/fill.ts'
import { readGrowthFacts, type GrowthFacts } from '../database/growth-facts.ts'
import { openKeep, type Keep } from '../database/kept.ts'
import { load, percentile, type LoadResult } from '../measure/load.ts'
import { median } from '../report/summary.ts'
import { markdownTable, number } from '../report/tables.ts'
import { board } from '../workloads/board.ts'
import { chart } from '../workloads/chart.ts'
import { POOL_MAX, type Scenario, type ScenarioContext } from './scenario.ts'

/** Few at a time: what one person waits for, not what the machine can do. */
const CONNECTIONS = 2
/** The first time, compilers and caches need longer. */
const FIRST_WARM_UP_SECONDS = 6
const WARM_UP_SECONDS = 1
/** Asked once before, to see that they are answered. */
const TRIED = 20

const SEARCH = `query Search($text: String!) {
  patients(first: 20, filter: { search: $text }) { edges { node { id mrn firstName lastName birthDate phone } } }
}`

interface Asked {
  readonly title: string
  readonly query: string
  readonly variables: (facts: GrowthFacts) => readonly object[]
}

const search = (title: string, of: (one: GrowthFacts['sought'][number]) => string): Asked => ({
  title: `search: ${title}`,
  query: SEARCH,
  variables: ({ sought }) => sought.map((one) => ({ text: of(one) })),
})

const ASKED: readonly Asked[] = [
  { title: 'chart of one shape', query: chart.clinic.query, variables: ({ cohort }) => cohort.map((id) => ({ id })) },
  { title: 'chart of anybody', query: chart.clinic.query, variables: ({ scattered }) => scattered.map((id) => ({ id })) },
  { title: 'board', query: board.clinic.query, variables: ({ days }) => days },
  search('both names', ({ fullName }) => fullName),
  search('both names, misspelt', ({ misspelt }) => misspelt),
  search('names of two people', ({ strangers }) => strangers),
  search('family name', ({ lastName }) => lastName),
  search('three letters', ({ beginning }) => beginning),
  search('record number', ({ mrn }) => mrn),
  search('end of a phone number', ({ phone }) => phone),
]

interface Figure {
  readonly title: string
  readonly patients: number
  readonly p50: number | undefined
  readonly p99: number | undefined
  readonly databaseFailed: string | undefined
}

/** Whether answers take longer in a larger clinic. */
export const growth: Scenario = {
  name: 'growth',
  title: `clinics of different sizes, ${CONNECTIONS} connections`,
  run: async (context) => {
    const { project, options, say } = context
    await using keep = await openKeep({ project, folder: options.data ?? defaultFolder(), given: options.databaseUrl, say })
    const figures: Figure[] = []
    for (const { patients, history } of options.sizes) figures.push(...(await measureSize(context, keep, patients, history)))
    return report(figures, options.sizes)
  },
}

const defaultFolder = (): string => fileURLToPath(new URL('../.data', import.meta.url))

/** One size of clinic: its patients, and how much history they have. */
export type Size = ScenarioContext['options']['sizes'][number]

async function measureSize(
  { project, options, signal, say }: ScenarioContext,
  keep: Keep,
  patients: number,
  history: Size['history'],
): Promise<Figure[]> {
  const databaseUrl = await keep.clinic(patients, history)
  await using stack = new AsyncDisposableStack()
  const client = new pg.Client({ connectionString: databaseUrl })
  client.on('error', () => undefined)
  await client.connect()
  stack.defer(() => client.end())
  const account: Account = { username: 'bench', password: secret(), jwtSecret: secret(), pepper: secret() }
  await setAccount(client, project, account)
  const facts = await readGrowthFacts(client)
  const server = stack.use(await startClinicServer({ project, databaseUrl, account, poolMax: POOL_MAX }))

  const figures: Figure[] = []
  for (const { title, query, variables } of ASKED) {
    const headers: Headers = await signIn(server, account)
    const questions = variables(facts).map((given) => graphqlQuestion(query, given, headers))
    const databaseFailed = await failureOf(server, questions.slice(0, TRIED))
    const results: LoadResult[] = []
    if (questions.length > 0 && databaseFailed === undefined) {
      const common = { url: server.url, questions, connections: CONNECTIONS, signal }
      await load({ ...common, seconds: figures.length === 0 ? FIRST_WARM_UP_SECONDS : WARM_UP_SECONDS })
      for (let round = 1; round <= options.rounds; round += 1) results.push(await load({ ...common, seconds: options.seconds }))
    }
    const of = (share: number): number | undefined => median(results.map(({ latencies }) => percentile(latencies, share)))
    figures.push({ title, patients, p50: of(0.5), p99: of(0.99), databaseFailed })
    say(
      `growth  ${patients} ${history}  ${title.padEnd(28)} p50 ${number(of(0.5), 2)} ms  p99 ${number(of(0.99), 2)} ms  ${databaseFailed ?? ''}`,
    )
  }
  return figures
}

/** The first question that is not answered, for instance because the database took too long. */
async function failureOf(server: Parameters<typeof answerOf>[0], questions: readonly Question[]): Promise<string | undefined> {
  for (const question of questions) {
    const failure = await answerOf(server, question).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    )
    if (failure !== undefined) return failure
  }
  return undefined
}

function report(figures: readonly Figure[], sizes: readonly Size[]) {
  const at = (title: string, patients: number): Figure | undefined =>
    figures.find((one) => one.title === title && one.patients === patients)
  const [smallest, ...larger] = sizes
  const ratioOf = (title: string, patients: number): number =>
    (at(title, patients)?.p50 ?? Number.NaN) / (at(title, smallest?.patients ?? 0)?.p50 ?? Number.NaN)
  const named = ({ patients, history }: Size): string => `${patients.toLocaleString('en')} ${history}`
  const head = [
    '',
    ...sizes.flatMap((size) => [`${named(size)}: p50 ms`, 'p99 ms']),
    ...larger.map((size) => `p50 ${named(size)} × ${smallest === undefined ? '' : named(smallest)}`),
  ]
  const rows = ASKED.map(({ title }) => [
    title,
    ...sizes.flatMap(({ patients }) => [number(at(title, patients)?.p50, 2), number(at(title, patients)?.p99, 2)]),
    ...larger.map(({ patients }) => number(ratioOf(title, patients), 2)),
  ])
  const failed = figures.flatMap(({ title, patients, databaseFailed }) =>
    databaseFailed === undefined ? [] : [`${title} at ${patients}: ${databaseFailed}`],
  )
  return {
    text: [markdownTable([head, ...rows]), ...failed].join('\n\n'),
    figures: Object.fromEntries(
      larger.map(({ patients }) => [
        `p50 of chart of one shape at ${patients} patients, × the smallest clinic`,
        ratioOf('chart of one shape', patients),
      ]),
    ),
  }
}

function secret(): string {
  return randomBytes(36).toString('base64url')
}
