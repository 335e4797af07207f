import type { Row } from '../../database/read-database.js'
import type { PlanTables } from './layout.js'

/** Tables that a plan has read, perhaps for several requests at once. */
export class PlanRead {
  readonly tables: PlanTables
  readonly #places: ReadonlyMap<string | null, number>
  #rows: Row[] | undefined

  constructor(tables: PlanTables) {
    this.tables = tables
    this.#places = new Map(tables[0]?.map((cells, place) => [cells[0] ?? null, place]))
  }

  /** The place of the root row with this id; `undefined` when there is none among the actor's rows. */
  placeOf(id: string): number | undefined {
    return this.#places.get(id)
  }

  /** The root rows for resolvers, made once. */
  rows(make: (tables: PlanTables) => Row[]): readonly Row[] {
    return (this.#rows ??= make(this.tables))
  }
}

interface Waiting {
  readonly id: string
  readonly resolve: (read: PlanRead) => void
  readonly reject: (error: unknown) => void
}

/** Statements under way for one question; more would only stand in each other's way, while whoever waits can be served together. */
const MOST_RUNNING = 3
/** Rows of one statement, so that none takes long. */
const MOST_TOGETHER = 8

/**
 * Reads rows by id for concurrent requests that ask the same of different rows: same plan, same row scope, same facts of the actor. What
 * comes in while statements are under way shares the next one, as events of concurrent requests share a call of the audit trail. Sending a
 * statement and waking whoever waits for its answer costs both sides as much as reading a small chart, so under load this is where most of
 * the time goes. A lone request does not wait.
 */
export class SharedReads {
  readonly #send: (ids: readonly string[]) => Promise<PlanTables>
  #waiting: Waiting[] = []
  #running = 0
  #scheduled = false

  /** @param send runs the statement for these ids */
  constructor(send: (ids: readonly string[]) => Promise<PlanTables>) {
    this.#send = send
  }

  /** Reads the row with this id and all that the plan reads below it. */
  read(id: string): Promise<PlanRead> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, resolve, reject })
      this.#schedule()
    })
  }

  /** After everything that has already come in was looked at. */
  #schedule(): void {
    if (this.#scheduled || this.#running >= MOST_RUNNING) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      while (this.#waiting.length > 0 && this.#running < MOST_RUNNING) void this.#run(this.#waiting.splice(0, MOST_TOGETHER))
    })
  }

  async #run(batch: readonly Waiting[]): Promise<void> {
    this.#running += 1
    try {
      const read = new PlanRead(await this.#send([...new Set(batch.map(({ id }) => id))]))
      for (const { resolve } of batch) resolve(read)
    } catch (error) {
      await this.#oneByOne(batch, error)
    } finally {
      this.#running -= 1
      if (this.#waiting.length > 0) this.#schedule()
    }
  }

  /** One row that cannot be read in time must not take the others with it. */
  async #oneByOne(batch: readonly Waiting[], failure: unknown): Promise<void> {
    for (const { id, resolve, reject } of batch) {
      if (batch.length === 1) reject(failure)
      else await this.#send([id]).then((tables) => resolve(new PlanRead(tables)), reject)
    }
  }
}
