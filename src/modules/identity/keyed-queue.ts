import { RateLimitedError } from '../../graphql/errors.js'

const RETRY_AFTER_SECONDS = 5

/**
 * Runs work one after another per key. A guess is counted as failed until it has been checked, so guesses that are checked side by side
 * would take each other's place: twenty right passwords at once would close the account. A flood at one key keeps nobody else waiting.
 */
export class KeyedQueue {
  readonly #tails = new Map<string, { waiting: number; tail: Promise<unknown> }>()

  /** @param mostWaiting per key; more would be answered after the client has given up */
  constructor(private readonly mostWaiting: number) {}

  /** @throws RateLimitedError when too many wait for the key */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const queue = this.#tails.get(key) ?? { waiting: 0, tail: Promise.resolve() }
    if (queue.waiting >= this.mostWaiting) throw new RateLimitedError(RETRY_AFTER_SECONDS)
    this.#tails.set(key, queue)
    queue.waiting += 1
    const result = queue.tail.then(work)
    queue.tail = result
      .catch(() => undefined)
      .then(() => {
        queue.waiting -= 1
        if (queue.waiting === 0) this.#tails.delete(key)
      })
    return result
  }
}
