import { startClinicServer, signIn } from '../contenders/clinic.ts'
import { graphqlQuestions } from '../contenders/contender.ts'
import { load } from '../measure/load.ts'
import { markdownTable } from '../report/tables.ts'
import { board } from '../workloads/board.ts'
import { chart } from '../workloads/chart.ts'
import { me } from '../workloads/me.ts'
import { POOL_MAX, type Scenario } from './scenario.ts'

const REQUESTS = 100_000
const SAMPLED_EVERY = 10_000
/** The first samples show caches that fill, not what grows for ever. */
const WARM_UP_SAMPLES = 3
const MEGABYTE = 2 ** 20
/** Of 10 requests so many are charts, boards and small ones. */
const MIX = [7, 1, 2] as const

interface Sample {
  readonly requests: number
  readonly rss: number
  readonly heap: number
}

/** Whether memory grows with the number of requests. */
export const memory: Scenario = {
  name: 'memory',
  title: `memory over ${REQUESTS.toLocaleString('en')} requests: charts, boards and the smallest question, 7 : 1 : 2`,
  run: async ({ project, options, signal, clinic, say }) => {
    const { url: databaseUrl, account, facts } = await clinic()
    await using server = await startClinicServer({ project, databaseUrl, account, poolMax: POOL_MAX }, { probe: true })
    const headers = await signIn(server, account)
    const [charts, boards, small] = await Promise.all(
      [chart, board, me].map(({ clinic: question }) => graphqlQuestions(server, question, facts, headers)),
    )
    const questions = Array.from({ length: 30 }, (_, turn) =>
      [charts, boards, small].flatMap((all = [], kind) =>
        Array.from({ length: MIX[kind] ?? 0 }, (__, n) => all[(turn * (MIX[kind] ?? 0) + n) % all.length]),
      ),
    )
      .flat()
      .filter((question) => question !== undefined)

    const samples: Sample[] = []
    const sample = async (requests: number): Promise<void> => {
      const { rss, heapUsed } = await server.ask('memory')
      samples.push({ requests, rss: rss / MEGABYTE, heap: heapUsed / MEGABYTE })
      say(`memory ${requests}  RSS ${(rss / MEGABYTE).toFixed(0)} MB  heap ${(heapUsed / MEGABYTE).toFixed(1)} MB`)
    }
    await sample(0)
    const begun = performance.now()
    for (let sent = SAMPLED_EVERY; sent <= REQUESTS; sent += SAMPLED_EVERY) {
      await load({ url: server.url, questions, connections: options.connections, seconds: 0, amount: SAMPLED_EVERY, signal })
      await sample(sent)
    }
    const seconds = (performance.now() - begun) / 1000
    return report(samples, seconds)
  },
}

function report(samples: readonly Sample[], seconds: number) {
  const settled = samples.slice(WARM_UP_SAMPLES)
  const rss = slope(settled.map(({ requests, rss: value }) => [requests, value]))
  const heap = slope(settled.map(({ requests, heap: value }) => [requests, value]))
  const per = (value: number): string => `${(value * REQUESTS).toFixed(1)} MB`
  const rows = samples.map((sample) => [sample.requests.toLocaleString('en'), sample.rss.toFixed(0), sample.heap.toFixed(1)])
  return {
    text: `${markdownTable([['requests', 'RSS MB', 'heap after a collection MB'], ...rows])}\n\nSlope after the first ${(WARM_UP_SAMPLES * SAMPLED_EVERY).toLocaleString('en')}, per ${REQUESTS.toLocaleString('en')} requests: RSS ${per(rss)}, heap ${per(heap)}. All of it took ${seconds.toFixed(0)} s.`,
    figures: { 'heap growth per 100,000 requests, MB': heap * REQUESTS, 'RSS growth per 100,000 requests, MB': rss * REQUESTS },
  }
}

/** Least squares. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const x = mean((point) => point[0])
  const y = mean((point) => point[1])
  const both = mean((point) => (point[0] - x) * (point[1] - y))
  return both / mean((point) => (point[0] - x) ** 2)
}
