import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer, TestServer } from '../support/server.js'
import { bookingCalls } from './mutations/booking.js'
import { deskCalls } from './mutations/desk.js'
import { Fixture, metadata, noonIn, schema, type Call, type Calls, type Event } from './mutations/fixture.js'
import { changePassword, identityCalls, withCode } from './mutations/identity.js'
import { mergingCalls } from './mutations/merging.js'
import { patientCalls } from './mutations/patients.js'
import { rightsCalls } from './mutations/rights.js'
import { scheduleCalls } from './mutations/schedules.js'
import { waitlistCalls } from './mutations/waitlist.js'

const MUTATIONS = Object.keys(schema.getMutationType()?.getFields() ?? {})

describe('the events of every mutation (RULES S1, SECURITY P1)', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'clinic-audit-'))
  let f: Fixture
  let calls: Calls

  beforeAll(async () => {
    f = await Fixture.open(dataDir)
    const domains = [identityCalls, rightsCalls, patientCalls, mergingCalls, scheduleCalls, bookingCalls, deskCalls, waitlistCalls]
    calls = Object.assign({}, ...domains.map((callsOf) => callsOf(f))) as Calls
  })
  afterAll(async () => {
    await f.close()
    rmSync(dataDir, { recursive: true })
  })

  /** The last event, once everything that waits is in the chain. */
  async function last(on: TestServer): Promise<number> {
    await on.sql("select audit_append('[]')")
    return Number((await on.sql('select coalesce(max(seq), 0) as seq from audit_event'))[0]?.['seq'])
  }

  async function eventsSince(on: TestServer, seq: number): Promise<Record<string, unknown>[]> {
    await on.sql("select audit_append('[]')")
    return on.sql(
      `select action, outcome, user_id as by, subject_user_id as about, entity, entity_id as id, patient_ids::text[] as patients, sections, facts
       from audit_event where seq > $1 order by seq`,
      [seq],
    )
  }

  /** Whether a row that an event names is there. */
  async function isThere(on: TestServer, entity: unknown, id: unknown): Promise<boolean> {
    const meta = [...metadata].find(({ className }) => className === entity)
    return (await on.sql(`select id from ${meta?.tableName} where id = $1`, [id])).length === 1
  }

  const whole = ({ gone, ...event }: Event): unknown => ({
    outcome: 'SUCCESS',
    about: null,
    entity: null,
    id: gone ?? (event.entity === undefined ? null : expect.any(String)),
    patients: [],
    sections: [],
    facts: null,
    ...event,
  })

  /** Makes a call, and compares what it leaves; the rows that its events name are there, or gone when that is what they tell. */
  const expectEvents = async ({ ask, leaves, on = f.server }: Call): Promise<Answer> => {
    const before = await last(on)
    const answer = await ask()
    const found = await eventsSince(on, before)
    const expected = typeof leaves === 'function' ? await leaves(Object.values(answer.data ?? {})[0]) : leaves
    expect(found).toEqual(expected.map(whole))
    for (const [index, { entity, id }] of found.entries())
      if (entity !== null) expect(await isThere(on, entity, id)).toBe(expected[index]?.gone === undefined)
    return answer
  }

  it('are listed: a mutation without a line here fails', () => {
    expect(Object.keys(calls).toSorted()).toEqual(MUTATIONS.toSorted())
  })

  it.each(MUTATIONS)('%s', async (name) => {
    const { errors } = await expectEvents(await calls[name]!())
    expect(errors).toBeUndefined()
  })

  it('that comes too late for an offer leaves that the offer was shown', async () => {
    const declined = await (await calls['declineWaitlistOffer']!()).ask()
    const { id } = declined.data?.['declineWaitlistOffer']
    const accept = 'mutation ($id: ID!) { acceptWaitlistOffer(id: $id) { ... on WaitlistOfferEnded { offer { id } } } }'
    const [entry] = await f.server.sql(
      'select patient_id from waitlist_entry e join waitlist_offer o on o.entry_id = e.id where o.id = $1',
      [id],
    )
    await expectEvents({ ask: () => f.owner(accept, { id }), leaves: [f.read([entry!['patient_id'] as string], 'WaitlistOffer')] })
  })

  it('that keeps a time for a patient leaves that they let go of the one before', async () => {
    const { PATIENT: user } = f.accounts
    const patientId = user.patient!.id
    const wish = async (): Promise<object> => ({ patientId, doctorId: (await f.practice()).doctor.id, startsAt: noonIn(3) })
    const self = f.server.as(user)
    const before = await f.made('holdSlot', { input: await wish() }, self)
    const [input, of] = [await wish(), { by: user.id, patients: [patientId] }]
    await expectEvents({
      ask: () => f.call('holdSlot', { input }, self),
      leaves: ({ id }) => [
        { ...f.updated('AppointmentHold', { gone: before.id, facts: { released: true } }), ...of },
        { ...f.created('AppointmentHold', { id }), ...of },
      ],
    })
  })

  describe('that fails', () => {
    it('for want of the present password leaves who sat there (SECURITY P1)', async () => {
      const { user, ask } = await f.colleague()
      const failed = { outcome: 'DENIED', by: user.id, entity: 'User', facts: { reason: 'WRONG_PASSWORD' } }
      await expectEvents({ ask: () => ask(...changePassword('not mine')), leaves: [{ action: 'PASSWORD_CHANGED', ...failed }] })
      const remove = 'mutation { removeTotp(password: "not mine") }'
      await expectEvents({ ask: () => ask(remove), leaves: [{ action: 'SECOND_FACTOR_CHANGED', ...failed }] })
      for (let tries = 2; tries < 5; tries += 1) await ask(remove)
      const closed = { action: 'SECOND_FACTOR_CHANGED', ...failed, facts: { reason: 'TOO_MANY_ATTEMPTS' } }
      await expectEvents({ ask: () => ask(remove), leaves: [closed] })
    })

    it('for a wrong code of a second factor leaves that, and sets nothing up', async () => {
      const { user, ask } = await f.colleague()
      await f.done(ask('mutation { beginTotp { secret } }'))
      const failed = (reason: string): Event => ({
        action: 'SECOND_FACTOR_CHANGED',
        outcome: 'DENIED',
        by: user.id,
        entity: 'User',
        facts: { reason },
      })
      await expectEvents({ ask: () => ask(...withCode('12345')), leaves: [failed('WRONG_CODE')] })
      for (let tries = 1; tries < 5; tries += 1) await ask(...withCode('12345'))
      await expectEvents({ ask: () => ask(...withCode('12345')), leaves: [failed('TOO_MANY_ATTEMPTS')] })
      expect((await f.server.sql('select second_factor_since as since from user_account where id = $1', [user.id]))[0]).toEqual({
        since: null,
      })
    })
  })
})
