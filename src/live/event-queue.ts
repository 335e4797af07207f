/** What one subscription has still to be told: a row, or that something was missed. */
export type Told = { readonly id: string } | 'missed'

/** Rows that may wait for a subscription whose client is slow; with more, it has to read its list again. */
const MOST_WAITING = 200

/**
 * The buffer between events, which come when they come, and one client, who takes them when its network allows. A row that changes twice
 * before its turn is told once, as it is then. When too many wait, all of them give way to `missed`.
 */
export class EventQueue {
  readonly #rows = new Set<string>()
  readonly #most: number
  #missed = false
  #ended = false
  #wake: (() => void) | undefined

  constructor(most: number = MOST_WAITING) {
    this.#most = most
  }

  /** A row has changed. */
  push(id: string): void {
    if (this.#ended || this.#missed) return
    if (this.#rows.size >= this.#most && !this.#rows.has(id)) return this.miss()
    this.#rows.add(id)
    this.#wake?.()
  }

  /** Something has changed that nobody can name. */
  miss(): void {
    if (this.#ended) return
    this.#rows.clear()
    this.#missed = true
    this.#wake?.()
  }

  /** Nothing more is taken in or given out. */
  end(): void {
    this.#ended = true
    this.#rows.clear()
    this.#wake?.()
  }

  /** Waits for the next thing to tell; `null` at the end. One caller at a time. */
  async next(): Promise<Told | null> {
    while (!this.#ended) {
      if (this.#missed) {
        this.#missed = false
        return 'missed'
      }
      const [id] = this.#rows
      if (id !== undefined) {
        this.#rows.delete(id)
        return { id }
      }
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    return null
  }
}
