import type { Clock } from '../../src/clock.js'

/** A clock that goes like the real one, and can be put forward. */
export class MovingClock {
  #ahead = 0

  /** The time. */
  readonly now: Clock = () => new Date(Date.now() + this.#ahead)

  /** Lets time pass. */
  advance(milliseconds: number): void {
    this.#ahead += milliseconds
  }
}
