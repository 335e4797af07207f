import { readArchive } from './archive-file.js'
import { ChainCheck, type ChainEnd, type ChainLink, type ChainProblem } from './chain.js'
import type { TrailTable } from './trail-table.js'

/** What is checked. */
export interface VerifyOptions {
  /** Archives, earliest first; without any, the check begins behind the last one that was taken. */
  readonly archives?: readonly string[]
  /** Ends of the chain that were noted elsewhere: the only thing that shows a trail that was rewritten as a whole. */
  readonly heads?: readonly ChainEnd[]
  /** Told of every so many events. */
  readonly onProgress?: (events: number) => void
}

/** The outcome. */
export interface Verification {
  /** How many events were found right. */
  readonly events: number
  /** The last of them. */
  readonly end: ChainEnd
  /** The first that is not. */
  readonly problem: ChainProblem | null
}

const PROGRESS_EVERY = 10_000

/** Follows the chain through archives and table, and names the first event that is not as it was written (RULES S2, SECURITY P3). */
export function verifyTrail(table: TrailTable, options: VerifyOptions = {}): Promise<Verification> {
  return table.atOneMoment(() => new Walk(table, options).run())
}

class Walk {
  readonly #table: TrailTable
  readonly #options: VerifyOptions
  readonly #heads: ReadonlyMap<number, string>
  #check: ChainCheck
  #events = 0

  constructor(table: TrailTable, options: VerifyOptions) {
    this.#table = table
    this.#options = options
    this.#heads = new Map(options.heads?.map(({ seq, hash }) => [seq, hash]))
    this.#check = new ChainCheck({ seq: 0, hash: '' })
  }

  async run(): Promise<Verification> {
    const { archived, head } = await this.#table.ends()
    const problem = (await this.#archives()) ?? (await this.#tableAndEnd(archived, head))
    return { events: this.#events, end: this.#check.end, problem }
  }

  async #archives(): Promise<ChainProblem | null> {
    for (const [index, path] of (this.#options.archives ?? []).entries()) {
      const { after, links } = await readArchive(path)
      if (index === 0) this.#check = new ChainCheck(after)
      const problem = this.#joins(after) ?? (await this.#follow(links))
      if (problem) return problem
    }
    return null
  }

  async #tableAndEnd(archived: ChainEnd, head: ChainEnd): Promise<ChainProblem | null> {
    if (!this.#options.archives?.length) this.#check = new ChainCheck(archived)
    const problem = this.#joins(archived) ?? (await this.#follow(this.#table.links(Number.MIN_SAFE_INTEGER)))
    if (problem) return problem
    const { end } = this.#check
    const furthest = Math.max(head.seq, ...this.#heads.keys())
    if (end.seq < furthest) return { seq: end.seq + 1, kind: 'TRUNCATED' }
    // The function that appends notes each end; an event behind it came another way.
    if (end.seq > head.seq) return { seq: head.seq + 1, kind: 'INSERTED' }
    return end.hash === head.hash ? null : { seq: end.seq, kind: 'REWRITTEN' }
  }

  /** Whether the next part begins where this one ends. */
  #joins(start: ChainEnd): ChainProblem | null {
    const { end } = this.#check
    if (start.seq > end.seq) return { seq: end.seq + 1, kind: 'MISSING' }
    return start.seq < end.seq || start.hash !== end.hash ? { seq: end.seq, kind: 'REWRITTEN' } : null
  }

  async #follow(links: AsyncIterable<ChainLink>): Promise<ChainProblem | null> {
    for await (const link of links) {
      const problem = this.#check.next(link)
      if (problem) return problem
      this.#events += 1
      const noted = this.#heads.get(link.seq)
      if (noted !== undefined && noted !== link.hash) return { seq: link.seq, kind: 'REWRITTEN' }
      if (this.#events % PROGRESS_EVERY === 0) this.#options.onProgress?.(PROGRESS_EVERY)
    }
    return null
  }
}
