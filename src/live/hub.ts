import type { EventKind, News } from './domain-event.js'
import type { EventSink } from './event-listener.js'
import { EventQueue } from './event-queue.js'

/** Which events a subscription wants: of one kind, with these ids. */
export interface Interest {
  readonly kind: EventKind
  /** By name of the id; one that is not there may be any. */
  readonly ids: Readonly<Record<string, string>>
}

/** Hands every event to the subscriptions of this process that want it. Filters by the ids of the event, so that nobody reads in vain. */
export class LiveHub implements EventSink {
  readonly #watching = new Map<EventKind, Map<EventQueue, Interest['ids']>>()

  /** Begins to collect events, until {@link leave}. */
  join({ kind, ids }: Interest): EventQueue {
    const queue = new EventQueue()
    const watching = this.#watching.get(kind) ?? new Map<EventQueue, Interest['ids']>()
    this.#watching.set(kind, watching.set(queue, ids))
    return queue
  }

  /** Ends a subscription. */
  leave(queue: EventQueue): void {
    for (const watching of this.#watching.values()) watching.delete(queue)
    queue.end()
  }

  hear(news: readonly News[]): void {
    for (const one of news)
      for (const [queue, ids] of this.#watching.get(one.kind) ?? []) {
        if (one.id === null) queue.miss()
        else if (Object.entries(ids).every(([key, id]) => (one as unknown as Record<string, unknown>)[key] === id)) queue.push(one.id)
      }
  }

  missed(): void {
    for (const watching of this.#watching.values()) for (const queue of watching.keys()) queue.miss()
  }
}
