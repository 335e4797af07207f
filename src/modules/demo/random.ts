import { createHash } from 'node:crypto'

/**
 * Seeded random numbers: the same seed gives the same numbers on every machine and in every version of Node.
 *
 * The generator is sfc32 (C. Doty-Humphrey, PractRand): 128 bits of state, passes the usual test batteries, a few nanoseconds per draw.
 * It is not for secrets.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #d = 1

  /** Every part of the seed counts, and so does where it ends: `('a', 'bc')` and `('ab', 'c')` differ. */
  constructor(...seed: readonly (string | number)[]) {
    const digest = createHash('sha256').update(JSON.stringify(seed)).digest()
    this.#a = digest.readUInt32LE(0)
    this.#b = digest.readUInt32LE(4)
    this.#c = digest.readUInt32LE(8)
  }

  /** A whole number from 0 to 2³² − 1. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (this.#c << 21) | (this.#c >>> 11)
    this.#c = (this.#c + sum) | 0
    return sum >>> 0
  }

  /** A number from 0 up to, but not including, 1. */
  unit(): number {
    return this.uint32() / 0x1_0000_0000
  }

  /** A number from `from` up to, but not including, `to`. */
  between(from: number, to: number): number {
    return from + this.unit() * (to - from)
  }

  /** A whole number, both ends included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.unit() * (to - from + 1))
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.unit() * items.length)]
    if (item === undefined) throw new RangeError('Nothing to pick from')
    return item
  }

  /** Picks by weight; `undefined` when there is nothing of any weight. */
  weighted<T>(items: readonly T[], weight: (item: T) => number): T | undefined {
    let total = 0
    for (const item of items) total += weight(item)
    let left = this.unit() * total
    for (const item of items) {
      left -= weight(item)
      if (left < 0) return item
    }
    return undefined
  }

  /** Normally distributed (Box and Muller), and never outside `least` … `most`. */
  normal(mean: number, deviation: number, least: number, most: number): number {
    const distance = Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit())
    return Math.min(most, Math.max(least, mean + deviation * distance))
  }

  /** A new list in random order (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const list = [...items]
    for (let last = list.length - 1; last > 0; last--) {
      const other = this.integer(0, last)
      const [one, two] = [list[last] as T, list[other] as T]
      list[last] = two
      list[other] = one
    }
    return list
  }
}

/**
 * Values dealt from a shuffled deck, so that even a small clinic has every one of them in about the stated shares:
 * after as many draws as there are cards, each has come up exactly as often as stated.
 */
export class Deck<T extends string> {
  readonly #random: Random
  readonly #cards: readonly T[]
  #left: T[] = []

  constructor(random: Random, counts: Readonly<Partial<Record<T, number>>>) {
    this.#random = random
    this.#cards = (Object.entries(counts) as [T, number][]).flatMap(([value, count]) => Array<T>(count).fill(value))
  }

  draw(): T {
    if (this.#left.length === 0) this.#left = this.#random.shuffled(this.#cards)
    const card = this.#left.pop()
    if (card === undefined) throw new RangeError('The deck has no cards')
    return card
  }
}
