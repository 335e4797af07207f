import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AuditAction } from '../../src/audit/event.js'
import { AuditTrail, type AuditStore } from '../../src/audit/trail.js'
import { TrailFixture, read } from './trail-fixture.js'

describe('appending to the audit trail', () => {
  let sut: TrailFixture
  beforeEach(async () => {
    sut = await TrailFixture.open()
  })
  afterEach(() => sut.close())

  it('loses nothing and keeps one chain when sixteen write at once through two processes', async () => {
    const trails = [sut.trail, sut.anotherTrail()]
    const told: string[] = []
    await Promise.all(
      Array.from({ length: 16 }, async (_, writer) => {
        for (let turn = 0; turn < 25; turn += 1) {
          const id = `${writer}-${turn}-${randomUUID()}`
          await trails[writer % 2]!.append([read(id)])
          told.push(id)
        }
      }),
    )
    const { rows } = await sut.owner.query<{ request_id: string }>('select request_id from audit_event')
    expect(rows.map(({ request_id }) => request_id).toSorted()).toEqual(told.toSorted())
    const { events, problem } = await sut.verify()
    expect({ events, problem }).toEqual({ events: 400, problem: null })
  })

  it('writes what concurrent requests have to say in one call', async () => {
    const calls: number[] = []
    const store: AuditStore = {
      run: async (_name, _text, [json]) => {
        calls.push((JSON.parse(json as string) as unknown[]).length)
        await new Promise((resolve) => setImmediate(resolve))
      },
    }
    const trail = new AuditTrail(store)
    await Promise.all(Array.from({ length: 40 }, () => trail.append([read()])))
    expect(calls).toEqual([40])
  })

  it('has one call under way at most, and the next takes all that waited', async () => {
    let running = 0
    let most = 0
    const calls: number[] = []
    const begun = Promise.withResolvers<void>()
    const store: AuditStore = {
      run: async (_name, _text, [json]) => {
        begun.resolve()
        running += 1
        most = Math.max(most, running)
        calls.push((JSON.parse(json as string) as unknown[]).length)
        await new Promise((resolve) => setTimeout(resolve, 5))
        running -= 1
      },
    }
    const trail = new AuditTrail(store)
    const first = trail.append([read()])
    await begun.promise
    await Promise.all([first, ...Array.from({ length: 30 }, () => trail.append([read()]))])
    expect(most).toBe(1)
    expect(calls).toEqual([1, 30])
  })

  it('does not read the trail to write into it, so that a long one is as fast as a short one', async () => {
    const { owner } = sut
    await owner.query('begin')
    await owner.query('set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off')
    for (let n = 0; n < 3; n += 1) await owner.query('select audit_append($1)', [JSON.stringify([read()])])
    const { rows } = await owner.query(`select seq_scan::int as reads from pg_stat_xact_user_tables where relname = 'audit_event'`)
    await owner.query('commit')
    expect(rows).toEqual([{ reads: 0 }])
    expect(await sut.count()).toBe(3)
  })

  it('tells each of those who wait that it failed, and goes on afterwards', async () => {
    let away = true
    const trail = new AuditTrail({ run: async () => (away ? Promise.reject(new Error('away')) : undefined) })
    const outcomes = await Promise.allSettled([trail.append([read()]), trail.append([read()])])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    away = false
    await expect(trail.append([read()])).resolves.toBeUndefined()
  })

  it('does not let an event that cannot be written take the others of its call with it', async () => {
    const outcomes = await Promise.allSettled([
      sut.trail.append([read('good-one')]),
      sut.trail.append([{ action: AuditAction.READ, patient_ids: ['not an id'] }]),
      sut.trail.append([{ action: AuditAction.READ, outcome: 'PERHAPS' }]),
      sut.trail.append([read('good-two')]),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(await sut.count()).toBe(2)
  })

  it('takes in what transactions have left in the outbox, oldest first, with their own time', async () => {
    await sut.app.query(
      "insert into audit_outbox (id, event) values (gen_random_uuid(), jsonb_build_object('action', 'UPDATE', 'seq', 99, 'hash', '\\x00'))",
    )
    await sut.trail.append([read()])
    const { rows } = await sut.owner.query<{ seq: string; action: string }>('select seq, action from audit_event order by seq')
    expect(rows).toEqual([
      { seq: '1', action: 'UPDATE' },
      { seq: '2', action: 'READ' },
    ])
    expect((await sut.owner.query('select from audit_outbox')).rowCount).toBe(0)
    expect((await sut.verify()).problem).toBeNull()
  })

  it('looks for what waits by an index, not through all that was taken in since the last vacuum', async () => {
    for (let round = 0; round < 3; round += 1) {
      await sut.app.query(
        `insert into audit_outbox (id, event) select gen_random_uuid(), '{"action": "UPDATE"}'::jsonb from generate_series(1, 100)`,
      )
      await sut.owner.query("select audit_append('[]')")
    }
    expect(await sut.count()).toBe(300)
    await sut.owner.query('select pg_stat_force_next_flush()')
    const { rows } = await sut.owner.query<{ read: string }>(
      "select seq_scan as read from pg_stat_user_tables where relname = 'audit_outbox' and idx_scan > 0",
    )
    expect(rows).toEqual([{ read: '0' }])
  })

  it.each([
    ['an id that is none', '{"action": "UPDATE", "entity_id": "x"}'],
    ['no kind', '{"entity": "Staff"}'],
    ['an unknown outcome', '{"action": "UPDATE", "outcome": "PERHAPS"}'],
    ['nobody among the patients', '{"action": "UPDATE", "patient_ids": [null]}'],
  ])('an event that could not be appended fails with its change, and does not block the trail: %s', async (_what, event) => {
    await expect(sut.app.query('insert into audit_outbox (id, event) values (gen_random_uuid(), $1)', [event])).rejects.toThrow()
    await sut.trail.append([read()])
    expect(await sut.count()).toBe(1)
  })

  it('lets nobody choose when something happened', async () => {
    await sut.app.query('select audit_append($1)', [
      JSON.stringify([{ ...read(), occurred_at: '2000-01-01T00:00:00Z', id: '018f0000-0000-7000-8000-0000000000cc', seq: 77 }]),
    ])
    const { rows } = await sut.owner.query<{ recent: boolean; seq: string }>(
      "select occurred_at > now() - interval '1 minute' as recent, seq from audit_event",
    )
    expect(rows).toEqual([{ recent: true, seq: '1' }])
  })

  it('leaves alone what a transaction has not committed', async () => {
    await sut.app.query('begin')
    await sut.app.query(`insert into audit_outbox (id, event) values (gen_random_uuid(), '{"action": "UPDATE"}')`)
    await sut.trail.append([read()])
    expect(await sut.count()).toBe(1)
    await sut.app.query('rollback')
    await sut.trail.append([])
    expect(await sut.count()).toBe(1)
  })
})
