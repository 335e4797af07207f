import { after, HOUR, type Clock } from '../clock.js'
import type { WritePool } from './write-pool.js'

/**
 * Removes rows that mean nothing any more. A bounded number per statement, so that none holds locks for long; what is left over goes an
 * hour later.
 */
export interface Sweep {
  readonly name: string
  /** For how long rows are kept beyond their end. */
  readonly keptMs: number
  /** The statement; its one parameter is the instant before which they must have ended. */
  readonly text: string
}

/** Runs every sweep once. Any number of instances may do so at the same time. */
export async function sweep(pool: WritePool, clock: Clock, sweeps: readonly Sweep[]): Promise<void> {
  for (const { name, keptMs, text } of sweeps) await pool.run(name, text, [after(clock(), -keptMs)])
}

/** Sweeps every hour until the returned function is called; a sweep that fails is made up for by the next. */
export function keepSweeping(pool: WritePool, clock: Clock, sweeps: readonly Sweep[]): () => void {
  const timer = setInterval(() => void sweep(pool, clock, sweeps).catch(() => undefined), HOUR)
  timer.unref()
  return () => clearInterval(timer)
}
