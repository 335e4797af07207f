import { chainOf } from '../../../graphql/failures.js'

/** A deadlock, and a serialization failure: the transaction was undone, and may well succeed when it is run again. */
const PASSING = new Set(['40P01', '40001'])
const TRIES = 4

/** Runs a transaction, and again when it was undone for the sake of another: a bounded number of times. */
export async function retried<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run()
    } catch (error) {
      if (tries >= TRIES || !wasUndone(error)) throw error
    }
  }
}

function wasUndone(error: unknown): boolean {
  for (const link of chainOf(error)) if (PASSING.has(String((link as { code?: unknown }).code))) return true
  return false
}
