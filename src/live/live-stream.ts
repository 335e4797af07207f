import type { FormattedExecutionResult } from 'graphql'
import type { EventQueue, Told } from './event-queue.js'

/** What becomes of one event: an answer, nothing (the row is not among the client's), or the end of the subscription. */
export type Outcome = FormattedExecutionResult | 'nothing' | 'end'

/**
 * The answers of one subscription. No generator, because ending one that is waiting for its next event would have to wait for it as well.
 */
export class LiveStream implements AsyncGenerator<FormattedExecutionResult, void, undefined> {
  readonly #queue: EventQueue
  readonly #answer: (told: Told) => Promise<Outcome>
  readonly #leave: () => void

  /**
   * @param answer makes the answer to one event; does not throw
   * @param leave ends the queue
   */
  constructor(queue: EventQueue, answer: (told: Told) => Promise<Outcome>, leave: () => void) {
    this.#queue = queue
    this.#answer = answer
    this.#leave = leave
  }

  async next(): Promise<IteratorResult<FormattedExecutionResult, void>> {
    for (;;) {
      const told = await this.#queue.next()
      const outcome = told === null ? 'end' : await this.#answer(told)
      if (outcome === 'end') return this.return()
      if (outcome !== 'nothing') return { done: false, value: outcome }
    }
  }

  async return(): Promise<IteratorReturnResult<void>> {
    this.#leave()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<never> {
    this.#leave()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave()
  }
}
