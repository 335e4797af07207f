import { hash } from 'node:crypto'

/** An end of the chain: the place of an event and its hash in hexadecimal. */
export interface ChainEnd {
  readonly seq: number
  readonly hash: string
}

/** One event as the check sees it. */
export interface ChainLink extends ChainEnd {
  /** The text that was hashed. */
  readonly line: string
  /** What the row says of the event before it; a file does not repeat it. */
  readonly previousHash?: string
}

/** What is wrong with the trail. */
export const PROBLEMS = {
  CHANGED: 'was changed',
  MISSING: 'is missing',
  INSERTED: 'was put in from outside',
  UNLINKED: 'does not continue the one before it: one of the two was replaced',
  TRUNCATED: 'is missing, and with it the end of the trail',
  REWRITTEN: 'is another than the one that was exported: the trail was rewritten up to it at least',
} as const

/** The first event that is wrong. */
export interface ChainProblem {
  readonly seq: number
  readonly kind: keyof typeof PROBLEMS
}

/** Where every chain begins. */
export const GENESIS: ChainEnd = { seq: 0, hash: '0'.repeat(64) }

/** The hash of an event: SHA-256 over the hash before it in hexadecimal, a line feed, and its own text. */
export const hashOf = (previousHash: string, line: string): string => hash('sha256', `${previousHash}\n${line}`)

/** Follows a chain event by event. */
export class ChainCheck {
  #end: ChainEnd

  constructor(start: ChainEnd) {
    this.#end = start
  }

  /** The last event that was found right. */
  get end(): ChainEnd {
    return this.#end
  }

  /** Checks the next event, in the order of their places. */
  next(link: ChainLink): ChainProblem | null {
    const expected = this.#end.seq + 1
    if (link.seq > expected) return { seq: expected, kind: 'MISSING' }
    if (link.seq < expected) return { seq: link.seq, kind: 'INSERTED' }
    if (hashOf(this.#end.hash, link.line) !== link.hash || (link.previousHash ?? this.#end.hash) !== this.#end.hash) {
      // A row that fits itself but not the one before it: whoever replaced one of them knew how to hash.
      const fitsItself = link.previousHash !== undefined && hashOf(link.previousHash, link.line) === link.hash
      return { seq: link.seq, kind: fitsItself ? 'UNLINKED' : 'CHANGED' }
    }
    this.#end = { seq: link.seq, hash: link.hash }
    return null
  }
}
