import { TITLES, type Contender } from './contenders/contender.ts'
import { answerOf, type Question } from './contenders/question.ts'
import type { Workload } from './workloads/workload.ts'

/** Instants with an offset, however many digits of a second they show. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** Requests of one workload that are compared; the others of it have the same shape. */
const COMPARED = 60

/**
 * Asks every contender the same and compares what they say, so that nobody is fast by saying less. Field names are the same through
 * aliases; what remains is how an instant is spelled.
 *
 * @returns how many answers were compared, and the size of the first one in fields
 * @throws Error naming the place where two of them differ
 */
export async function compareAnswers(workload: Workload, contenders: readonly Contender[]): Promise<{ compared: number; fields: number }> {
  const taking: Taking[] = []
  for (const contender of contenders) {
    const questions = await contender.questions(workload)
    if (questions.length > 0) taking.push({ contender, questions })
  }
  const [first, ...others] = taking
  if (first === undefined) throw new Error(`nobody answers ${workload.name}`)
  const count = Math.min(first.questions.length, COMPARED)
  let fields = 0
  for (let n = 0; n < count; n += 1) {
    const expected = await ask(first, n)
    if (n === 0) fields = countFields(expected)
    for (const other of others) {
      const actual = await ask(other, n)
      const difference = workload.comparable === false ? undefined : differenceOf(expected, actual, 'data')
      if (difference === undefined) continue
      throw new Error(
        `${workload.name}, question ${n + 1}: ${TITLES[first.contender.name]} and ${TITLES[other.contender.name]} do not answer the same.\n${difference}`,
      )
    }
  }
  return { compared: count, fields }
}

interface Taking {
  readonly contender: Contender
  readonly questions: readonly Question[]
}

async function ask({ contender, questions }: Taking, n: number): Promise<unknown> {
  const question = questions[n]
  if (question === undefined) throw new Error(`${TITLES[contender.name]} has ${questions.length} questions only`)
  return answerOf(contender.server, question)
}

/** Where and how two answers differ; nothing when they do not. */
export function differenceOf(expected: unknown, actual: unknown, place: string): string | undefined {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return `${place}: ${expected.length} and ${actual.length} elements`
    return firstOf(expected.keys(), (index) => differenceOf(expected[index], actual[index], `${place}[${index}]`))
  }
  if (isObject(expected) && isObject(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return firstOf(names, (name) => differenceOf(expected[name], actual[name], `${place}.${name}`))
  }
  const [left, right] = [normal(expected), normal(actual)]
  return left === right ? undefined : `${place}: ${String(left)} and ${String(right)}`
}

function firstOf<T>(values: Iterable<T>, of: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const result = of(value)
    if (result !== undefined) return result
  }
  return undefined
}

function normal(value: unknown): unknown {
  return typeof value === 'string' && INSTANT.test(value) ? new Date(value).toISOString() : value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Scalars in an answer; a list of scalars is one. */
function countFields(value: unknown): number {
  if (Array.isArray(value))
    return value.every((element) => isObject(element)) ? value.reduce<number>((sum, element) => sum + countFields(element), 0) : 1
  return isObject(value) ? Object.values(value).reduce<number>((sum, inner) => sum + countFields(inner), 0) : 1
}
