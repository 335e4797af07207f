import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TrailFixture } from './trail-fixture.js'

describe('the database role of the application (SECURITY P4, C8)', () => {
  let sut: TrailFixture
  beforeAll(async () => {
    sut = await TrailFixture.open()
    await sut.fill(3)
  })
  afterAll(() => sut.close())

  const PERMISSION_DENIED = '42501'
  const refused = async (statement: string, as = sut.app): Promise<unknown> => {
    try {
      await as.query(statement)
      return 'done'
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  it('is what a request runs as, and owns nothing', async () => {
    const { rows } = await sut.app.query('select current_user')
    expect(rows).toEqual([{ current_user: 'clinic_app' }])
    const owned = await sut.owner.query("select relname from pg_class where relowner = 'clinic_app'::regrole")
    expect(owned.rows).toEqual([])
  })

  it.each([
    'insert into audit_event (id, seq, occurred_at, roles, action, outcome, patient_ids, sections, previous_hash, hash) select gen_random_uuid(), 99, now(), roles, action, outcome, patient_ids, sections, previous_hash, hash from audit_event limit 1',
    "update audit_event set action = 'SIGN_IN'",
    'delete from audit_event',
    'truncate audit_event',
    'update audit_head set seq = 0',
    'delete from audit_head',
    'delete from audit_outbox',
    "update audit_outbox set event = '{}'",
    "insert into audit_outbox (id, occurred_at, event) values (gen_random_uuid(), '2000-01-01', '{}')",
    "select audit_archive(1, '\\x00')",
    'alter table audit_event disable trigger all',
    'drop table audit_event',
    'delete from schema_migration',
    "create or replace function audit_line(e audit_event) returns text language sql as $$ select '' $$",
  ])('may not: %s', async (statement) => {
    expect(await refused(statement)).toBe(PERMISSION_DENIED)
    expect(await sut.count()).toBe(3)
  })

  it.each(["update audit_event set action = 'SIGN_IN'", 'delete from audit_event', 'truncate audit_event'])(
    'is not the only one that is stopped: the owner may not %s either',
    async (statement) => {
      expect(await refused(statement, sut.owner)).toBe(PERMISSION_DENIED)
      expect(await sut.count()).toBe(3)
    },
  )

  it('reads and writes all other tables, also those that later migrations make', async () => {
    await sut.owner.query('create table made_later (id int)')
    for (const statement of [
      'insert into made_later values (1)',
      'update made_later set id = 2',
      'delete from made_later',
      'select from patient',
      'delete from patient',
    ])
      expect(await refused(statement)).toBe('done')
    await sut.owner.query('drop table made_later')
  })
})
