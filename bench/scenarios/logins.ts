import { SIGN_IN, signIn, startClinicServer } from '../contenders/clinic.ts'
import { graphqlQuestions } from '../contenders/contender.ts'
import { answerOf, graphqlQuestion } from '../contenders/question.ts'
import type { ServerProcess } from '../contenders/server-process.ts'
import { addReaders } from '../database/accounts.ts'
import { load, percentile } from '../measure/load.ts'
import { median } from '../report/summary.ts'
import { markdownTable, number } from '../report/tables.ts'
import { chart } from '../workloads/chart.ts'
import { POOL_MAX, WARM_UP_SECONDS, type Scenario } from './scenario.ts'

/** Log-ins that are under way at any moment. */
const PARALLEL = 50

interface Phase {
  readonly chartsPerSecond: number
  readonly p50: number
  readonly p99: number
  readonly lagP99: number
  readonly lagMax: number
  readonly logins: number
  readonly refused: number
}

/** Charts while many sign in: hashing a password takes a core for a fifth of a second, and must not take it from whoever reads. */
export const logins: Scenario = {
  name: 'logins',
  title: `charts alone and beside ${PARALLEL} log-ins at a time, bcrypt as in production`,
  run: async ({ project, options, signal, clinic, say }) => {
    const { url: databaseUrl, account, facts, client } = await clinic()
    const readers = await addReaders(client, project, account, PARALLEL)
    await using server = await startClinicServer({ project, databaseUrl, account, poolMax: POOL_MAX }, { probe: true })
    const questions = await graphqlQuestions(server, chart.clinic, facts, await signIn(server, account))
    const charts = { url: server.url, questions, connections: options.connections, signal }
    await load({ ...charts, seconds: WARM_UP_SECONDS })

    const alone: Phase[] = []
    const beside: Phase[] = []
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const [phases, people] of [
        [alone, []],
        [beside, readers],
      ] as const) {
        const signing = keepSigningIn(server, people)
        await server.ask('lag')
        const result = await load({ ...charts, seconds: options.seconds })
        const lag = await server.ask('lag')
        const done = await signing.stop()
        phases.push({
          chartsPerSecond: result.answers / result.seconds,
          p50: percentile(result.latencies, 0.5),
          p99: percentile(result.latencies, 0.99),
          lagP99: lag.p99,
          lagMax: lag.max,
          ...done,
        })
        say(
          `logins ${round}  ${people.length} log-ins at a time  p99 ${phases.at(-1)?.p99.toFixed(1)} ms  longest lag ${lag.max.toFixed(0)} ms`,
        )
      }
    }
    return report(alone, beside)
  },
}

/** Everybody signs in again as soon as they are in. */
function keepSigningIn(server: ServerProcess, people: readonly { username: string; password: string }[]) {
  const stopping = new AbortController()
  const { signal } = stopping
  let done = 0
  let refused = 0
  const all = people.map(async (input) => {
    const question = graphqlQuestion(SIGN_IN, { input }, {})
    while (!signal.aborted) {
      const ok = await answerOf(server, question).then(
        () => true,
        () => false,
      )
      if (signal.aborted) break
      if (ok) done += 1
      else refused += 1
    }
  })
  return {
    stop: async (): Promise<{ logins: number; refused: number }> => {
      stopping.abort()
      const counted = { logins: done, refused }
      await Promise.all(all)
      return counted
    },
  }
}

function report(alone: readonly Phase[], beside: readonly Phase[]) {
  const row = (title: string, phases: readonly Phase[]): string[] => {
    const of = (figure: keyof Phase, digits: number): string => number(median(phases.map((phase) => phase[figure])), digits)
    return [
      title,
      of('chartsPerSecond', 0),
      of('p50', 1),
      of('p99', 1),
      of('lagP99', 1),
      of('lagMax', 0),
      of('logins', 0),
      of('refused', 0),
    ]
  }
  const head = ['', 'charts/s', 'p50 ms', 'p99 ms', 'lag p99 ms', 'longest lag ms', 'log-ins', 'refused']
  const ratio = median(beside.map(({ p99 }, round) => p99 / (alone[round]?.p99 ?? Number.NaN))) ?? Number.NaN
  const lag = median(beside.map(({ lagMax }) => lagMax)) ?? Number.NaN
  return {
    text: `${markdownTable([head, row('charts alone', alone), row(`beside ${PARALLEL} log-ins`, beside)])}\n\np99 beside log-ins: ${ratio.toFixed(2)} × alone. Lag is how late the event loop of the server was; with ${alone.length} rounds, medians.`,
    figures: { 'p99 of charts beside 50 log-ins, × alone': ratio, 'longest lag of the event loop beside 50 log-ins, ms': lag },
  }
}
