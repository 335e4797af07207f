import { describe, expect, it } from 'vitest'
import { EventBatch, readPayload, type DomainEvent } from '../../src/live/domain-event.js'
import { EventQueue } from '../../src/live/event-queue.js'
import { LiveHub } from '../../src/live/hub.js'

const id = (number: number): string => `019a9b4e-0000-7000-8000-${String(number).padStart(12, '0')}`
const event = (number: number): DomainEvent => ({ kind: 'appointment', id: id(number), doctorId: id(900), locationId: id(901) })

describe('the events of a transaction', () => {
  it('are told once each, in notifications that PostgreSQL takes (less than 8,000 bytes)', () => {
    const batch = new EventBatch()
    for (let number = 0; number < 400; number++) batch.add(event(number % 200))
    const payloads = batch.payloads()
    expect(payloads.every((payload) => Buffer.byteLength(payload) < 8000)).toBe(true)
    expect(payloads.flatMap(readPayload)).toEqual(Array.from({ length: 200 }, (_, number) => event(number)))
  })

  it('are told for the old and for the new place of a row that moves', () => {
    const batch = new EventBatch()
    batch.add(event(1))
    batch.add({ ...event(1), doctorId: id(902) } as DomainEvent)
    expect(batch.payloads().flatMap(readPayload)).toHaveLength(2)
  })

  it('are told as a whole when they are too many', () => {
    const batch = new EventBatch()
    for (let number = 0; number < 401; number++) batch.add(event(number))
    batch.add({ kind: 'queue', id: id(1), locationId: id(901) })
    expect(batch.payloads().flatMap(readPayload)).toEqual([
      { kind: 'appointment', id: null },
      { kind: 'queue', id: id(1), locationId: id(901) },
    ])
  })

  it('that another version of the program has written are not misread', () => {
    expect(readPayload(JSON.stringify([['unheard-of', id(1)]]))).toEqual([])
    expect(readPayload(JSON.stringify([['appointment', id(1)]]))).toEqual([{ kind: 'appointment', id: null }])
  })
})

describe('the queue of a subscription', () => {
  it('gives rows in the order in which they changed, each once', async () => {
    const queue = new EventQueue()
    for (const row of ['a', 'b', 'a']) queue.push(row)
    expect([await queue.next(), await queue.next()]).toEqual([{ id: 'a' }, { id: 'b' }])
    queue.push('a')
    expect(await queue.next()).toEqual({ id: 'a' })
  })

  it('gives up counting when its client is too slow, and says so once', async () => {
    const queue = new EventQueue(2)
    for (const row of ['a', 'b', 'c', 'd']) queue.push(row)
    expect(await queue.next()).toBe('missed')
    queue.push('e')
    expect(await queue.next()).toEqual({ id: 'e' })
  })

  it('wakes whoever waits, also at its end', async () => {
    const queue = new EventQueue()
    const waiting = queue.next()
    queue.push('a')
    expect(await waiting).toEqual({ id: 'a' })
    const last = queue.next()
    queue.end()
    expect(await last).toBeNull()
  })
})

describe('the hub', () => {
  it('hands events to those who want them, and nothing to those who have left', async () => {
    const hub = new LiveHub()
    const all = hub.join({ kind: 'appointment', ids: {} })
    const other = hub.join({ kind: 'appointment', ids: { doctorId: id(7) } })
    const left = hub.join({ kind: 'appointment', ids: {} })
    hub.leave(left)
    hub.hear([event(1)])
    hub.missed()
    expect(await other.next()).toBe('missed')
    expect(await all.next()).toBe('missed')
    expect(await left.next()).toBeNull()
  })
})
