/**
 * What can be told to those who watch: the kind of row, and the ids beside its own that a subscription may choose by. Only ids travel, so
 * that nothing of a patient is in the database's notifications; whoever is told reads the row themselves, with their own rights.
 */
export const EVENT_KEYS = {
  appointment: ['doctorId', 'locationId'],
  queue: ['locationId'],
  /** There may be something to offer, or somebody to offer it to. */
  waitlist: [],
} as const

/** The kind of row that has changed. */
export type EventKind = keyof typeof EVENT_KEYS

/** The ids that events of a kind carry. */
export type EventKey<Kind extends EventKind> = (typeof EVENT_KEYS)[Kind][number]

/** A row has changed: it was made, edited or moved. */
export type DomainEvent<Kind extends EventKind = EventKind> = {
  [Each in Kind]: { readonly kind: Each; readonly id: string } & Readonly<Record<EventKey<Each>, string>>
}[Kind]

/** What a process hears: one changed row, or that rows of a kind have changed which nobody will name. */
export type News = DomainEvent | { readonly kind: EventKind; readonly id: null }

/** The channel that all instances listen to. */
export const CHANNEL = 'clinic_live'

/** PostgreSQL takes less than 8,000 bytes per notification; an event has three ids at most, some 150 bytes. */
const EVENTS_PER_PAYLOAD = 40
/** A transaction that changes more rows of a kind is told as a whole: whoever watches reads the list again. */
const MOST_NAMED = 400

/** The events of one transaction, each row once. */
export class EventBatch {
  readonly #events = new Map<string, DomainEvent>()

  /** Adds an event. A row that moves is told with its old and its new ids. */
  add(event: DomainEvent): void {
    this.#events.set(JSON.stringify(wireOf(event)), event)
  }

  /** The texts of the notifications; none when nothing happened. */
  payloads(): string[] {
    const byKind = Map.groupBy(this.#events.values(), ({ kind }) => kind)
    const wire = [...byKind].flatMap(([kind, events]): string[][] => (events.length > MOST_NAMED ? [[kind]] : events.map(wireOf)))
    const payloads: string[] = []
    for (let start = 0; start < wire.length; start += EVENTS_PER_PAYLOAD)
      payloads.push(JSON.stringify(wire.slice(start, start + EVENTS_PER_PAYLOAD)))
    return payloads
  }
}

/** The texts of the notifications of these events. */
export function payloadsOf(events: readonly DomainEvent[]): string[] {
  const batch = new EventBatch()
  for (const event of events) batch.add(event)
  return batch.payloads()
}

function wireOf(event: DomainEvent): string[] {
  const ids = event as unknown as Readonly<Record<string, string>>
  return [event.kind, event.id, ...EVENT_KEYS[event.kind].map((key) => ids[key] ?? '')]
}

/**
 * Reads a payload. What cannot be read was written by another version of the program: kinds it names that are known here count as changed
 * without saying which row, others are nobody's business.
 */
export function readPayload(payload: string): News[] {
  return (JSON.parse(payload) as unknown[][]).flatMap(([kind, id, ...ids]): News[] => {
    if (!isKind(kind)) return []
    const keys = EVENT_KEYS[kind]
    if (typeof id !== 'string' || ids.length < keys.length) return [{ kind, id: null }]
    return [{ kind, id, ...Object.fromEntries(keys.map((key, index) => [key, ids[index]])) } as DomainEvent]
  })
}

const isKind = (kind: unknown): kind is EventKind => typeof kind === 'string' && Object.hasOwn(EVENT_KEYS, kind)
