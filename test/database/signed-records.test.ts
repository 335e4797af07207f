import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AS_APP_ROLE } from '../../src/database/app-role.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { RecordStatus } from '../../src/modules/records/medical-record.entity.js'
import type { ClinicFactory } from '../factories/clinic.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { openFactory } from '../support/server.js'

const PERMISSION_DENIED = '42501'
const PARTS = ['diagnosis', 'vital', 'current_medication'] as const
const NEW_VITAL =
  "insert into vital (id, medical_record_id, code, display, value, unit, measured_at) values (gen_random_uuid(), $1, '8867-4', 'Heart rate', 80, '/min', now())"

describe('a medical record, for the database role of the application (RULES C2, SECURITY C8)', () => {
  let database: TestDatabase
  let make: ClinicFactory
  let app: pg.Client
  let second: pg.Client
  let owner: pg.Client
  let patient: Patient
  let other: Patient
  const clients: pg.Client[] = []

  const connect = async (options?: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: database.url, ...(options !== undefined && { options }) })
    await client.connect()
    clients.push(client)
    return client
  }

  beforeAll(async () => {
    database = await createTestDatabase()
    ;({ make } = await openFactory(database))
    ;[app, second, owner] = await Promise.all([connect(AS_APP_ROLE), connect(AS_APP_ROLE), connect()])
  })
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end()))
    await make.close()
    await database.drop()
  })
  beforeEach(async () => {
    patient = make.patient()
    other = make.patient()
    await make.save()
  })

  const record = async (status: RecordStatus): Promise<string> => {
    const { id } = make.record({ patient, status })
    await make.save()
    return id
  }

  /** `done`, or the code of the refusal. */
  const tried = async (text: string, values: unknown[], as = app): Promise<unknown> => {
    try {
      const { rowCount } = await as.query(text, values)
      return rowCount === 0 ? 'nothing to do' : 'done'
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  const content = async (id: string): Promise<string> =>
    JSON.stringify([
      (await owner.query('select * from medical_record where id = $1', [id])).rows,
      ...(await Promise.all(
        PARTS.map(async (table) => (await owner.query(`select * from ${table} where medical_record_id = $1`, [id])).rows),
      )),
    ])

  const CHANGES = [
    "update medical_record set findings = 'Another finding' where id = $1",
    'update medical_record set findings = null where id = $1',
    "update medical_record set content_hash = repeat('0', 64) where id = $1",
    "update medical_record set signed_at = now() - interval '1 day' where id = $1",
    "update medical_record set occurred_at = occurred_at + interval '1 day' where id = $1",
    "update medical_record set status = 'DRAFT' where id = $1",
    "update medical_record set status = 'AMENDED', plan = 'Another plan' where id = $1",
    'update medical_record set id = gen_random_uuid() where id = $1',
    'delete from medical_record where id = $1',
    "update diagnosis set code = 'J45.0' where medical_record_id = $1",
    "update diagnosis set certainty = 'RULED_OUT' where medical_record_id = $1",
    'update vital set value = value + 1 where medical_record_id = $1',
    "update current_medication set name = 'Another' where medical_record_id = $1",
    ...PARTS.map((table) => `delete from ${table} where medical_record_id = $1`),
    NEW_VITAL,
  ]

  describe.each([RecordStatus.SIGNED, RecordStatus.AMENDED, RecordStatus.ENTERED_IN_ERROR])('that is %s', (status) => {
    it.each(CHANGES)('stays as it is: %s', async (change) => {
      const id = await record(status)
      const before = await content(id)
      expect(await tried(change, [id])).toBe(PERMISSION_DENIED)
      expect(await content(id)).toBe(before)
    })

    it('takes no part from another record, and gives none away', async () => {
      const [kept, draft] = [await record(status), await record(RecordStatus.DRAFT)]
      for (const table of PARTS) {
        const move = `update ${table} set medical_record_id = $2 where medical_record_id = $1`
        expect(await tried(move, [kept, draft])).toBe(PERMISSION_DENIED)
        expect(await tried(move, [draft, kept])).toBe(PERMISSION_DENIED)
      }
    })
  })

  it.each(CHANGES.filter((change) => !change.startsWith('delete from medical_record') && !change.includes("'AMENDED'")))(
    'is written as long as it is a draft: %s',
    async (change) => {
      const id = await record(RecordStatus.DRAFT)
      if (change.includes('set id ='))
        for (const table of PARTS) await owner.query(`delete from ${table} where medical_record_id = $1`, [id])
      expect(await tried(change, [id])).toBe('done')
    },
  )

  it('goes from status to status as its machine says, and no other way', async () => {
    const { DRAFT, SIGNED, AMENDED, ENTERED_IN_ERROR } = RecordStatus
    const allowed: Record<RecordStatus, readonly RecordStatus[]> = {
      [DRAFT]: [SIGNED, ENTERED_IN_ERROR],
      [SIGNED]: [AMENDED, ENTERED_IN_ERROR],
      [AMENDED]: [ENTERED_IN_ERROR],
      [ENTERED_IN_ERROR]: [],
    }
    const wrong: string[] = []
    for (const from of Object.values(RecordStatus)) {
      for (const to of Object.values(RecordStatus).filter((each) => each !== from)) {
        if (from === DRAFT && to === AMENDED) continue // The services' business: nothing was signed yet.
        const id = await record(from)
        const sign = from === DRAFT && to === SIGNED ? ", signed_at = now(), content_hash = repeat('f', 64)" : ''
        const got = await tried(`update medical_record set status = $2, version = version + 1, updated_at = now()${sign} where id = $1`, [
          id,
          to,
        ])
        if (got !== (allowed[from].includes(to) ? 'done' : PERMISSION_DENIED)) wrong.push(`${from} to ${to}: ${String(got)}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('goes to another patient by a merge only, with nothing else changed', async () => {
    const id = await record(RecordStatus.SIGNED)
    const move = 'update medical_record set patient_id = $2, version = version + 1 where id = $1'
    expect(await tried(move, [id, other.id])).toBe(PERMISSION_DENIED)
    await app.query('begin')
    await app.query("set local clinic.merge = 'on'")
    expect(await tried(move, [id, other.id])).toBe('done')
    await app.query('savepoint before')
    expect(await tried("update medical_record set patient_id = $2, plan = 'x' where id = $1", [id, patient.id])).toBe(PERMISSION_DENIED)
    await app.query('rollback to before')
    expect(await tried('delete from medical_record where id = $1', [id])).toBe(PERMISSION_DENIED)
    await app.query('rollback to before')
    await app.query('commit')
    expect(await tried(move, [id, patient.id])).toBe(PERMISSION_DENIED)
  })

  it('takes no vital that is added while it is being signed (openemr #11492)', async () => {
    const id = await record(RecordStatus.DRAFT)
    await app.query('begin')
    await app.query("update medical_record set status = 'SIGNED', signed_at = now(), content_hash = repeat('f', 64) where id = $1", [id])
    const { rows } = await second.query<{ pid: number }>('select pg_backend_pid() as pid')
    const late = tried(NEW_VITAL, [id], second)
    const waits = "select from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'"
    while ((await owner.query(waits, [rows[0]?.pid])).rowCount === 0);
    await app.query('commit')
    expect(await late).toBe(PERMISSION_DENIED)
  })

  it('cannot be got around by a table of the same name, nor by switching the guard off', async () => {
    const id = await record(RecordStatus.SIGNED)
    await app.query("create temp table medical_record as select * from public.medical_record where id = '" + id + "'")
    await app.query("update pg_temp.medical_record set status = 'DRAFT'")
    expect(await tried(NEW_VITAL, [id])).toBe(PERMISSION_DENIED)
    await app.query('drop table pg_temp.medical_record')
    for (const statement of [
      'alter table medical_record disable trigger all',
      'drop trigger vital_kept on vital',
      'truncate vital',
      'set session_replication_role = replica',
      'create or replace function owns_table(relation oid) returns boolean language sql as $$ select true $$',
    ])
      expect(await tried(statement, [])).toBe(PERMISSION_DENIED)
  })

  it('may be written whole by the owner of the tables: the import and the generator of patients', async () => {
    const id = await record(RecordStatus.SIGNED)
    expect(await tried(NEW_VITAL, [id], owner)).toBe('done')
  })
})
