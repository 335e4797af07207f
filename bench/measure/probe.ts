/** Runs inside a server that is measured (`node --import`), and tells what cannot be seen from outside. Answers over the channel to the parent. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What it can be asked, and what it answers. */
export interface ProbeAnswers {
  /** Bytes: all of the process before, and the heap after, a full collection. */
  memory: { rss: number; heapUsed: number }
  /** Milliseconds by which the event loop was late since the last time this was asked. */
  lag: { p99: number; max: number }
}

const RESOLUTION_MS = 5
const NANOSECONDS = 1e6

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()

/** The histogram holds the whole time between two ticks of its timer. */
const late = (nanoseconds: number): number => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS)

const ANSWERS: { readonly [Q in keyof ProbeAnswers]: () => ProbeAnswers[Q] } = {
  memory: () => {
    const { rss } = process.memoryUsage()
    globalThis.gc?.()
    return { rss, heapUsed: process.memoryUsage().heapUsed }
  },
  lag: () => {
    const answer = { p99: late(delay.percentile(99)), max: late(delay.max) }
    delay.reset()
    return answer
  },
}

process.on('message', (message: { question?: keyof ProbeAnswers }) => {
  if (message.question !== undefined && message.question in ANSWERS) process.send?.(ANSWERS[message.question]())
})
// The channel must not keep a server alive that wants to end.
process.channel?.unref()
