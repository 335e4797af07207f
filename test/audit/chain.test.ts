import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AuditAction } from '../../src/audit/event.js'
import { hashOf } from '../../src/audit/chain.js'
import { OTHER, PATIENT, TrailFixture, read } from './trail-fixture.js'

const EVENTS = 10

describe('the chain of the audit trail (RULES S2, SECURITY P3)', () => {
  let sut: TrailFixture
  beforeEach(async () => {
    sut = await TrailFixture.open()
    await sut.fill(EVENTS)
  })
  afterEach(() => sut.close())

  it('is right as it was written', async () => {
    const { events, end, problem } = await sut.verify()
    expect({ events, seq: end.seq, problem }).toEqual({ events: EVENTS, seq: EVENTS, problem: null })
  })

  it.each([
    ['who', "user_id = '018f0000-0000-7000-8000-0000000000cc'"],
    ['in which role', "roles = '{OWNER}'"],
    ['what', "action = 'SEARCH'"],
    ['how it ended', "outcome = 'DENIED'"],
    ['when', "occurred_at = occurred_at + interval '1 millisecond'"],
    ['which patients', `patient_ids = '{${OTHER}}'`],
    ['which sections', "sections = '{Patient}'"],
    ['which row', "entity_id = '018f0000-0000-7000-8000-0000000000cc'"],
    ['which kind of row', "entity = 'Staff'"],
    ['about whom', "subject_user_id = '018f0000-0000-7000-8000-0000000000cc'"],
    ['the facts', `facts = '{"a": 1}'`],
    ['the request', "request_id = 'another'"],
    ['from where', "remote_address = '10.0.0.1'"],
    ['its id', 'id = gen_random_uuid()'],
    ['the format of its text', 'format = 1'],
    ['the format to one that there is not', 'format = 7'],
    ['its own hash', "hash = sha256('x')"],
    ['the hash before it', "previous_hash = sha256('x')"],
  ])('shows that an event was changed: %s', async (_what, change) => {
    await sut.tamper(`update audit_event set ${change} where seq = 5`)
    const { events, problem } = await sut.verify()
    expect({ events, problem }).toEqual({ events: 4, problem: { seq: 5, kind: 'CHANGED' } })
  })

  it('shows a change whose hash was made to fit, at the event behind it at the latest', async () => {
    await sut.tamper(
      `update audit_event set action = 'SEARCH' where seq = 5`,
      `update audit_event e set hash = sha256(convert_to(encode(e.previous_hash, 'hex') || chr(10) || audit_line(e), 'UTF8')) where seq = 5`,
    )
    expect((await sut.verify()).problem).toEqual({ seq: 6, kind: 'UNLINKED' })
  })

  it('is not deceived by a changed function of the database', async () => {
    await sut.tamper(
      "update audit_event set action = 'SEARCH' where seq = 5",
      "create or replace function audit_line(e audit_event) returns text language sql stable as $$ select 'anything' $$",
    )
    expect((await sut.verify()).problem).toEqual({ seq: 5, kind: 'CHANGED' })
  })

  it.each([
    ['first', 1, 'MISSING'],
    ['middle', 5, 'MISSING'],
    ['last', EVENTS, 'TRUNCATED'],
  ])('shows that the %s event was deleted', async (_where, seq, kind) => {
    await sut.tamper(`delete from audit_event where seq = ${seq}`)
    expect((await sut.verify()).problem).toEqual({ seq, kind })
  })

  it('shows that the end was cut off, also when the noted end was set back, by an end that was exported', async () => {
    const { end } = await sut.verify()
    await sut.tamper(
      'delete from audit_event where seq > 7',
      'update audit_head set seq = 7, hash = (select hash from audit_event where seq = 7)',
    )
    expect((await sut.verify()).problem).toBeNull()
    expect((await sut.verify({ heads: [end] })).problem).toEqual({ seq: 8, kind: 'TRUNCATED' })
  })

  it('shows that everything was emptied', async () => {
    await sut.tamper('truncate audit_event')
    expect((await sut.verify()).problem).toEqual({ seq: 1, kind: 'TRUNCATED' })
  })

  it('shows an event that was put behind the end, though its hash fits', async () => {
    await sut.tamper(
      `insert into audit_event select gen_random_uuid(), ${EVENTS + 1}, occurred_at, user_id, roles, action, outcome, '{}', sections, entity, entity_id, subject_user_id, facts, request_id, remote_address, hash, hash, format from audit_event where seq = ${EVENTS}`,
      `update audit_event e set hash = sha256(convert_to(encode(e.previous_hash, 'hex') || chr(10) || audit_line(e), 'UTF8')) where seq = ${EVENTS + 1}`,
    )
    expect((await sut.verify()).problem).toEqual({ seq: EVENTS + 1, kind: 'INSERTED' })
  })

  it('shows an event that was put in the middle, with those behind it numbered anew', async () => {
    await sut.tamper(
      'update audit_event set seq = -seq where seq >= 5',
      'update audit_event set seq = 1 - seq where seq < 0',
      `insert into audit_event select gen_random_uuid(), 5, occurred_at, user_id, roles, action, outcome, '{}', sections, entity, entity_id, subject_user_id, facts, request_id, remote_address, sha256('x'), hash, format from audit_event where seq = 4`,
      `update audit_event e set hash = sha256(convert_to(encode(e.previous_hash, 'hex') || chr(10) || audit_line(e), 'UTF8')) where seq = 5`,
    )
    expect((await sut.verify()).problem).toEqual({ seq: 5, kind: 'UNLINKED' })
  })

  it('shows an event with a number before the first', async () => {
    await sut.tamper('update audit_event set seq = 0 where seq = 3')
    expect((await sut.verify()).problem).toEqual({ seq: 0, kind: 'INSERTED' })
  })

  it('shows a trail that was rewritten as a whole, by an end that was exported', async () => {
    const { end } = await sut.verify()
    await sut.tamper('truncate audit_event', 'update audit_head set seq = 0, hash = archived_hash')
    await sut.fill(EVENTS + 5)
    expect((await sut.verify()).problem).toBeNull()
    expect((await sut.verify({ heads: [end] })).problem).toEqual({ seq: EVENTS, kind: 'REWRITTEN' })
  })

  it('can be checked with SHA-256 and nothing else', async () => {
    const { rows } = await sut.owner.query<{ line: string; hash: string; previous: string }>(
      "select audit_line(e) as line, encode(hash, 'hex') as hash, encode(previous_hash, 'hex') as previous from audit_event e order by seq",
    )
    for (const { line, hash, previous } of rows) expect(hashOf(previous, line)).toBe(hash)
    expect(rows[0]?.previous).toBe('0'.repeat(64))
  })

  it('keeps what it was given: times to the millisecond, letters of any script, empty lists', async () => {
    await sut.trail.append([
      { action: AuditAction.UPDATE, facts: { role: 'Ärztin „Müller“ 👩‍⚕️', list: [], quoted: 'a"b\\c' }, sections: [] },
    ])
    expect((await sut.verify()).problem).toBeNull()
  })

  it('goes on in format 2 behind events of format 1, and both are checked', async () => {
    await sut.tamper(
      'update audit_event set format = 1',
      `do $$
        declare e record; previous bytea := (select archived_hash from audit_head);
        begin
          for e in select seq from audit_event order by seq loop
            update audit_event t set previous_hash = previous where seq = e.seq;
            update audit_event t set hash = sha256(convert_to(encode(previous, 'hex') || chr(10) || audit_line(t), 'UTF8')) where seq = e.seq
              returning hash into previous;
          end loop;
          update audit_head set hash = previous;
        end
      $$`,
    )
    await sut.fill(3)
    const { rows } = await sut.owner.query('select format, count(*)::int as events from audit_event group by format order by format')
    expect(rows).toEqual([
      { format: 1, events: EVENTS },
      { format: 2, events: 3 },
    ])
    expect(await sut.verify()).toMatchObject({ events: EVENTS + 3, problem: null })
    await sut.tamper("update audit_event set action = 'SEARCH' where seq = 2")
    expect((await sut.verify()).problem).toEqual({ seq: 2, kind: 'CHANGED' })
  })

  it('has the same text for an event when it is appended and when it is checked, whatever is in it', async () => {
    const odd = ['', ' ', '"', '\\', ',', '{}', 'null', 'NULL', '\n\t', "'", 'é', '👩‍⚕️']
    await sut.trail.append([
      {
        action: AuditAction.UPDATE,
        roles: odd,
        sections: odd,
        facts: { odd, number: 1.5e300, yes: true },
        entity: '',
        request_id: '\u2028',
      },
      { action: AuditAction.READ, patient_ids: [OTHER, PATIENT], sections: [], remote_address: '::1' },
    ])
    expect((await sut.verify()).problem).toBeNull()
  })

  it('tells apart events that differ only in where a value ends', async () => {
    await sut.trail.append([
      { action: AuditAction.READ, sections: ['a', 'b'], entity: 'c' },
      { action: AuditAction.READ, sections: ['a,b'], entity: 'c' },
      { action: AuditAction.READ, sections: ['a'], entity: 'b","entityId":"c' },
    ])
    const { rows } = await sut.owner.query<{ text: string }>(
      `select (audit_line(e)::jsonb - '{seq,id,occurredAt}'::text[])::text as text from audit_event e where seq > ${EVENTS}`,
    )
    expect(new Set(rows.map(({ text }) => text)).size).toBe(3)
  })

  it('is refused to transactions that would not see what was appended before them', async () => {
    await sut.app.query('begin isolation level repeatable read')
    await expect(sut.app.query('select audit_append($1)', [JSON.stringify([read()])])).rejects.toThrow(/read committed/)
    await sut.app.query('rollback')
  })
})
