import { randomUUID } from 'node:crypto'

import { SIGN_IN, signIn, startClinicServer } from '../contenders/clinic.ts'
import { bodyOf, graphqlQuestion, type Headers, type Question } from '../contenders/question.ts'
import type { ServerProcess } from '../contenders/server-process.ts'
import { addPerson, addReaders } from '../database/accounts.ts'
import { median } from '../report/summary.ts'
import { markdownTable } from '../report/tables.ts'
import { POOL_MAX, type Scenario } from './scenario.ts'

const READS = 600
const WARM_UP_READS = 200
const SIGN_INS = 40

const PATIENT = 'query Patient($id: ID!) { patient(id: $id) { id mrn firstName allergies { substance } } }'

/** What one kind of question took, in milliseconds, one at a time. */
interface Times {
  readonly title: string
  readonly of: readonly number[]
}

/** Whether the time of an answer tells what its words do not: that a row or an account exists (SECURITY A6, S9). */
export const foreign: Scenario = {
  name: 'foreign',
  title: 'unknown against foreign, in time',
  run: async ({ project, signal, clinic, say }) => {
    const { url: databaseUrl, account, facts, client } = await clinic()
    const [own = '', ...others] = facts.charts
    const patient = await addPerson(client, account, 'PATIENT', own)
    const readers = await addReaders(client, project, account, SIGN_INS)
    // Each guess from an address of its own: the limit of guesses is not what is measured.
    await using server = await startClinicServer({ project, databaseUrl, account, poolMax: POOL_MAX }, { env: { TRUST_PROXY: 'loopback' } })
    const headers = await signIn(server, patient)

    say('foreign: reads as a patient …')
    const reads = await inTurn(server, WARM_UP_READS, READS, signal, {
      'foreign row': (n) => patientQuestion(others[n % others.length] ?? '', headers),
      'unknown id': () => patientQuestion(randomUUID(), headers),
    })
    say('foreign: sign-ins …')
    const signIns = await inTurn(server, 2, SIGN_INS - 2, signal, {
      'wrong password': (n) => guess(readers[n]?.username ?? '', n, 1),
      'unknown user': (n) => guess(`nobody-${n}`, n, 2),
    })
    return report(reads, signIns)
  },
}

const patientQuestion = (id: string, headers: Headers): Question => graphqlQuestion(PATIENT, { id }, headers)

function guess(username: string, n: number, kind: number): Question {
  return graphqlQuestion(SIGN_IN, { input: { username, password: 'not the right one' } }, { 'x-forwarded-for': `198.18.${kind}.${n + 1}` })
}

/** Asks the kinds in turn, one question at a time, so that a slow moment hits both; the first ones do not count. */
async function inTurn(
  server: ServerProcess,
  warmUp: number,
  count: number,
  signal: AbortSignal,
  kinds: Readonly<Record<string, (n: number) => Question>>,
): Promise<Times[]> {
  const times = Object.entries(kinds).map(([title, question]) => ({ title, question, of: [] as number[], answers: new Set<string>() }))
  for (let n = 0; n < warmUp + count; n += 1) {
    signal.throwIfAborted()
    // By turns the one and the other first: what comes second may find caches warm.
    for (const { question, of, answers } of n % 2 === 0 ? times : times.toReversed()) {
      const [call] = question(n).calls
      if (call === undefined) continue
      const begun = performance.now()
      const body = await bodyOf(server, call)
      if (n >= warmUp) of.push(performance.now() - begun)
      answers.add(shapeOf(body))
    }
  }
  const words = new Set(times.flatMap(({ answers }) => [...answers]))
  if (words.size !== 1) throw new Error(`the answers differ in more than time: ${[...words].join(' | ')}`)
  return times
}

/** An answer without what differs from request to request. */
function shapeOf(body: unknown): string {
  return JSON.stringify(body).replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/gi, 'ID')
}

function report(reads: readonly Times[], signIns: readonly Times[]) {
  const middle = ({ of }: Times): number => median(of) ?? Number.NaN
  const further = ([one, other]: readonly Times[]): number => {
    const [a, b] = [one, other].map((times) => (times === undefined ? Number.NaN : middle(times)))
    return Math.max(a ?? Number.NaN, b ?? Number.NaN) / Math.min(a ?? Number.NaN, b ?? Number.NaN)
  }
  const rows = [...reads, ...signIns].map((times) => [times.title, String(times.of.length), middle(times).toFixed(2)])
  return {
    text: `${markdownTable([['', 'questions', 'median ms'], ...rows])}\n\nThe longer median is ${further(reads).toFixed(2)} × the shorter for rows and ${further(signIns).toFixed(2)} × for sign-ins; the answers have the same words.`,
    figures: {
      'median time of foreign row and unknown id, longer × shorter': further(reads),
      'median time of wrong password and unknown user, longer × shorter': further(signIns),
    },
  }
}
