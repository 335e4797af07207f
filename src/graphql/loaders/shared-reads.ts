import type { Actor } from '../../access/actor.js'
import { ClientGoneError, UnavailableError } from '../errors.js'
import { valuesOf, type PreparedRead } from './statements.js'

interface Waiting<Read> {
  readonly id: string
  /** When it was asked for, by `performance.now()`. */
  readonly since: number
  /** Fires when nobody waits any more. */
  readonly signal: AbortSignal | undefined
  readonly resolve: (read: Read) => void
  readonly reject: (error: unknown) => void
}

/** Statements under way for one question; more would only stand in each other's way, while whoever waits can be served together. */
const MOST_RUNNING = 3
/** Rows of one statement, so that none takes long. */
const MOST_TOGETHER = 16
/** When a statement takes longer than this, another one is begun beside it before a whole one is waiting. */
const PATIENCE_MS = 5

/** Whoever has waited, or is tried again, is told this long after asking: a second of the eight (SECURITY R2) is for all that is no read. */
const TOLD_WITHIN_MS = 7_000
/** Waiting for less than this leaves time for a statement, which in a silent network ends after 6 s. */
const LONG_WAIT_MS = 1_000
/** SQLSTATEs that one row may be to blame for: a statement that took longer than `statement_timeout`, and values that PostgreSQL does not take. */
const ONE_TO_BLAME = /^(57014$|22)/

/**
 * Reads rows by id for concurrent requests that ask the same of different rows: same statement, same facts of the actor. What
 * comes in while a statement is under way shares the next one, as events of concurrent requests share a call of the audit trail. Sending a
 * statement and waking whoever waits for its answer costs both sides as much as reading a small chart, so under load this is where most of
 * the time goes. A lone request does not wait.
 *
 * **When a statement fails**, all its reads fail with it, for the database is away, or the network. One row that takes too long must not
 * take the others with it, though: after a `statement_timeout` each row is read once more by itself, all at the same time, as far as the
 * pool has connections. The timeout is 5 s (`DATABASE_STATEMENT_TIMEOUT_MS`), and those not to blame take milliseconds: they are given
 * what is left of 7 s since they were asked for, 5 s + 2 s. So is the one to blame; its statement ends by its own timeout when nobody waits
 * for it any more. With a timeout that leaves no time there is no second attempt. The same goes for a value that PostgreSQL does not take
 * (class 22): whoever has sent it must not fail others.
 *
 * Others wait while statements under way take long. After 1 s they still have the time of a statement in a network that has fallen silent
 * (`statement_timeout` + 1 s): 1 s + 6 s. Whoever has waited for longer is told after 7 s, be it that their statement is
 * under way or not.
 */
export class SharedReads<Read> {
  readonly #send: (ids: readonly string[]) => Promise<Read>
  #waiting: Waiting<Read>[] = []
  #running = 0
  #scheduled = false
  /** When a statement was last sent, by `performance.now()`. */
  #sent = 0
  #impatient: NodeJS.Timeout | undefined
  #watch: NodeJS.Timeout | undefined

  /** @param send runs the statement for these ids */
  constructor(send: (ids: readonly string[]) => Promise<Read>) {
    this.#send = send
  }

  /**
   * Reads the row with this id, and whatever the statement reads with it.
   * @param signal when it fires (the client is gone) before the statement is sent, it is sent without this row (SECURITY D12)
   */
  read(id: string, signal?: AbortSignal): Promise<Read> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, since: performance.now(), signal, resolve, reject })
      this.#schedule()
    })
  }

  /** After everything that has already come in was looked at. */
  #schedule(): void {
    if (this.#scheduled) return
    if (this.#running >= MOST_RUNNING) return this.#watchOver()
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      while (this.#waiting.length > 0 && this.#mayBegin()) {
        const batch = this.#nextBatch()
        if (batch.length > 0) void this.#run(batch)
      }
      if (this.#waiting.length === 0) return
      this.#watchOver()
      if (this.#impatient === undefined) this.#impatient = setTimeout(() => this.#beginAnother(), PATIENCE_MS).unref()
    })
  }

  /** Few rows wait for the statement under way, because reading them along with the next ones costs less than a statement of their own. */
  #mayBegin(): boolean {
    if (this.#running === 0) return true
    const due = this.#waiting.length >= MOST_TOGETHER || performance.now() - this.#sent >= PATIENCE_MS
    return due && this.#running < MOST_RUNNING
  }

  #beginAnother(): void {
    this.#impatient = undefined
    if (this.#waiting.length > 0) this.#schedule()
  }

  /** Takes those who have waited longest; whoever is gone takes no place. */
  #nextBatch(): Waiting<Read>[] {
    const batch: Waiting<Read>[] = []
    let taken = 0
    for (const waiting of this.#waiting) {
      if (batch.length === MOST_TOGETHER) break
      taken += 1
      if (waiting.signal?.aborted) waiting.reject(new ClientGoneError())
      else batch.push(waiting)
    }
    this.#waiting.splice(0, taken)
    return batch
  }

  /** Tells those who are still waiting when their time is over. One timer for all, begun only when somebody has to wait. */
  #watchOver(): void {
    const [oldest] = this.#waiting
    if (this.#watch || !oldest) return
    const tell = (): void => {
      this.#watch = undefined
      const tooLate = performance.now() - TOLD_WITHIN_MS
      while (this.#waiting[0] && this.#waiting[0].since <= tooLate) this.#waiting.shift()?.reject(new UnavailableError())
      this.#watchOver()
    }
    this.#watch = setTimeout(tell, oldest.since + TOLD_WITHIN_MS - performance.now()).unref()
  }

  async #run(batch: readonly Waiting<Read>[]): Promise<void> {
    this.#running += 1
    this.#sent = performance.now()
    const longAgo = performance.now() - LONG_WAIT_MS
    // They stand in the order in which they came.
    const stop = batch[0] && batch[0].since < longAgo ? tellInTime(batch.filter(({ since }) => since < longAgo)) : null
    const ids = [...new Set(batch.map(({ id }) => id))]
    try {
      const read = await this.#send(ids)
      for (const { resolve } of batch) resolve(read)
    } catch (error) {
      if (ids.length > 1 && mayBlameOne(error)) void this.#eachByItself(batch, error)
      else for (const { reject } of batch) reject(error)
    } finally {
      stop?.()
      this.#running -= 1
      if (this.#waiting.length > 0) this.#schedule()
    }
  }

  /** Beside the statements that count as running: others need not wait for it. Does not throw. */
  async #eachByItself(batch: readonly Waiting<Read>[], failure: unknown): Promise<void> {
    const tooLate = performance.now() - TOLD_WITHIN_MS
    const byId = Map.groupBy(batch, ({ id }) => id)
    const stop = tellInTime(batch, failure)
    const readOne = async (id: string, asked: readonly Waiting<Read>[]): Promise<void> => {
      try {
        if (asked.every(({ since, signal }) => since <= tooLate || signal?.aborted)) throw failure
        const read = await this.#send([id])
        for (const { resolve } of asked) resolve(read)
      } catch (error) {
        for (const { reject } of asked) reject(error)
      }
    }
    await Promise.all(Array.from(byId, ([id, asked]) => readOne(id, asked)))
    stop()
  }
}

/** Rejects those that have no answer when their time is over. Gives what stops that. */
function tellInTime<Read>(batch: readonly Waiting<Read>[], failure: unknown = new UnavailableError()): () => void {
  const now = performance.now()
  const timers = batch.map(({ since, reject }) => setTimeout(reject, since + TOLD_WITHIN_MS - now, failure))
  return () => {
    for (const timer of timers) clearTimeout(timer)
  }
}

const mayBlameOne = (error: unknown): boolean => error instanceof Error && 'code' in error && ONE_TO_BLAME.test(String(error.code))

/** Reads by id that are kept apart because a statement looks at facts of their actors. */
const MOST_KEPT = 1_000

/**
 * The reads by id that an actor shares with others: the statement is the same, and so are all facts of actors that it looks at.
 *
 * @param known those of this statement, by these facts
 * @param send runs the statement for these ids, on behalf of whoever asks first
 */
export function sharedReads<Read>(
  known: Map<string, SharedReads<Read>>,
  statement: PreparedRead,
  actor: Actor,
  send: (ids: readonly string[]) => Promise<Read>,
): SharedReads<Read> {
  const facts = statement.parameters.filter((name) => name.startsWith('actor.'))
  const key = facts.length === 0 ? '' : JSON.stringify(valuesOf({ parameters: facts }, actor, {}))
  let reads = known.get(key)
  if (!reads) {
    if (known.size >= MOST_KEPT) known.delete(known.keys().next().value ?? '')
    known.set(key, (reads = new SharedReads(send)))
  }
  return reads
}
