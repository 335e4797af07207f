import { SECOND } from '../../clock.js'

/** A client that lost the answer, or a second tab, may present the token it has just exchanged for this long (SECURITY S2). */
export const GRACE_MS = 10 * SECOND

/** The presented token, as its family stands. */
export interface PresentedToken {
  readonly spentAt: Date | null
  /** Whether the token it was exchanged for has been exchanged as well; `null` when there is none. */
  readonly successorSpent: boolean | null
  /** Whether its session may be used: not ended, not idle too long, not over its time, the account active. */
  readonly sessionLive: boolean
}

/**
 * What becomes of it: `rotate` gives a successor, `repeat` the same one again, `reuse` means that somebody has a copy and the family ends,
 * `refuse` that there is nothing left to end.
 */
export type Rotation = 'rotate' | 'repeat' | 'reuse' | 'refuse'

/** Decides about a presented refresh token (RFC 9700 §4.14.2, SECURITY S1, S2). */
export function rotationOf(token: PresentedToken, now: Date): Rotation {
  if (!token.sessionLive) return 'refuse'
  if (token.spentAt === null) return 'rotate'
  const inGrace = now.getTime() - token.spentAt.getTime() <= GRACE_MS
  return inGrace && token.successorSpent === false ? 'repeat' : 'reuse'
}
