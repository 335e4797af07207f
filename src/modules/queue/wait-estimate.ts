import { MINUTE } from '../../clock.js'

/** What the waiting time of one person is worked out from. */
export interface WaitFacts {
  /** How many will be called before them. */
  readonly ahead: number
  /** How many are being seen, or are on their way in, whose turn ends before the next begins. */
  readonly busy: number
  /** How many doctors (or rooms) call from the same queue. */
  readonly open: number
  /** How long recent turns took, in milliseconds. */
  readonly recentTurns: readonly number[]
}

/** From fewer turns than this nobody can say how long one takes. */
export const LEAST_TURNS = 3

/** The middle of the values; of an even number, the mean of the two in the middle. `null` of none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((one, other) => one - other)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0
  return (lower + upper) / 2
}

/**
 * About how many minutes somebody will still wait, in whole minutes, rounded up.
 *
 * Everybody ahead takes the usual (median) time, those inside have half of theirs left, and all who call share the work. The median,
 * because one visit of two hours says nothing about the next.
 *
 * @returns `null` when too little is known: fewer than {@link LEAST_TURNS} recent turns, or nobody who calls
 */
export function estimatedWaitMinutes({ ahead, busy, open, recentTurns }: WaitFacts): number | null {
  const usual = recentTurns.length < LEAST_TURNS ? null : median(recentTurns)
  if (usual === null || open < 1) return null
  return Math.ceil(((ahead + busy / 2) * usual) / open / MINUTE)
}
