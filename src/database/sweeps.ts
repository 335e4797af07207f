import { after, HOUR, type Clock } from '../clock.js'
import type { WritePool } from './write-pool.js'

/** So many rows a statement of a sweep removes at most, so that none holds locks for long. */
export const SWEPT_AT_ONCE = 1000
/** So often it is run at most; what is left over then goes an hour later. More than any clinic makes in an hour. */
const MOST_RUNS = 200

/** Removes rows that mean nothing any more. */
export interface Sweep {
  readonly name: string
  /** For how long rows are kept beyond their end. */
  readonly keptMs: number
  /** The statement, a `delete` of `SWEPT_AT_ONCE` rows at most; its one parameter is the instant before which they must have ended. */
  readonly text: string
}

/** Runs every sweep until it finds no more. Any number of instances may do so at the same time. */
export async function sweep(pool: WritePool, clock: Clock, sweeps: readonly Sweep[]): Promise<void> {
  for (const { name, keptMs, text } of sweeps) {
    const counted = `with gone as (${text} returning 1) select count(*)::int as gone from gone`
    for (let runs = 0; runs < MOST_RUNS; runs += 1) {
      const [row] = await pool.run<{ gone: number }>(name, counted, [after(clock(), -keptMs)])
      if ((row?.gone ?? 0) < SWEPT_AT_ONCE) break
    }
  }
}

/** Sweeps every hour until the returned function is called; a sweep that fails is made up for by the next. */
export function keepSweeping(pool: WritePool, clock: Clock, sweeps: readonly Sweep[]): () => void {
  const timer = setInterval(() => void sweep(pool, clock, sweeps).catch(() => undefined), HOUR)
  timer.unref()
  return () => clearInterval(timer)
}
