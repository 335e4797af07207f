import fc from 'fast-check'
import { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import { ormOptions } from '../../src/database/orm-options.js'
import { cursorOf } from '../../src/graphql/loaders/page.js'
import { buildClinicSchema } from '../../src/graphql/schema.js'
import type { Services } from '../../src/graphql/services.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { canariesIn, changeCanaries, plantCanaries, type Canary } from '../support/canaries.js'
import { copyDatabase, createTestDatabase, type TestDatabase } from '../support/database.js'
import { comparable, openFactory, TestServer, type Answer } from '../support/server.js'
import { populate, type Population } from '../support/populated-clinic.js'
import { randomQuery, type Values } from '../support/random-query.js'
import { COUNTED, Sight, TABLES, type Viewpoint } from './who-sees-what.js'

/** Random documents per viewpoint; with the seed fixed, a failure can be run again. */
const DOCUMENTS = 240
const SEED = 20_261_120
const DEPTH = 7
const CARE_MONTHS = 6

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** What asking changes: the trail of reads, and the last use of a session. It has tests of its own. */
const CHANGED_BY_ASKING = ['auditEvents', 'accessLog', 'sessions']
/** What is meant to tell of others how many they are, and nothing else: a place in the queue, a waiting time, the numbers on the board. */
const COUNTS_OTHERS = ['position', 'estimatedWaitMinutes', 'queueBoard']
const MOVING = [...CHANGED_BY_ASKING, ...COUNTS_OTHERS]

type Ask = (query: string) => Promise<Answer>

/** Each role alone, and those who hold several; doctors both unbounded and bounded to patients in their care. */
const VIEWPOINTS = [
  ...Object.values(Role).map((name) => ({ name, bounded: false })),
  ...['PATIENT with a proxy', 'CASHIER and PATIENT', 'REGISTRATION_CLERK and PATIENT', 'ANALYST and PATIENT', 'PHARMACIST and PATIENT'].map(
    (name) => ({ name, bounded: false }),
  ),
  ...['DOCTOR', 'DOCTOR and CASHIER', 'DOCTOR and ANALYST', 'DOCTOR and PATIENT', 'DOCTOR and REGISTRATION_CLERK'].map((name) => ({
    name,
    bounded: true,
  })),
]

describe('random deep queries', () => {
  let database: TestDatabase
  let population: Population
  let canaries: ReadonlyMap<string, Canary>
  let owners: ReadonlyMap<string, string>
  let boundedTemplate: TestDatabase
  let clinic: TestServer
  let boundedClinic: TestServer
  const stopping: Promise<void>[] = []
  const { schema } = buildClinicSchema(new MikroORM(ormOptions('postgresql://127.0.0.1/none', 'migrations')).getMetadata(), {} as Services)

  beforeAll(async () => {
    database = await createTestDatabase()
    const { make, hasher } = await openFactory(database)
    population = await populate(make, hasher)
    await make.close()
    await onDatabase(database, async (client) => {
      canaries = await plantCanaries(
        client,
        Object.keys(TABLES).filter((table) => table !== 'user_account'),
      )
      const found = new Map<string, string>()
      for (const table of Object.keys(TABLES)) {
        const { rows } = await client.query<{ id: string }>(`select id from ${table}`)
        for (const { id } of rows) found.set(id, table)
      }
      owners = found
    })
    boundedTemplate = await copyDatabase(database)
    await onDatabase(boundedTemplate, (client) =>
      client.query("update clinic_setting set doctor_scope = 'CARE_RELATION', care_relation_months = $1", [CARE_MONTHS]),
    )
    clinic = await TestServer.start({ database: await copyDatabase(database) })
    boundedClinic = await TestServer.start({ database: await copyDatabase(boundedTemplate) })
  }, 120_000)
  afterAll(async () => {
    await Promise.all([...stopping, clinic.stop(), boundedClinic.stop()])
    await boundedTemplate.drop()
    await database.drop()
  })

  /** What documents ask for: half of it visible, half hidden. */
  const valuesOf = (sight: Sight): Values => {
    const idsOf = (table: string): string[] => {
      const [visible, hidden] = [
        sight.rows(table),
        [...owners].filter(([id, of]) => of === table && !sight.row(table, id)).map(([id]) => id),
      ]
      return visible
        .flatMap((id, index) => (hidden.length === 0 ? [id] : [id, hidden[index % hidden.length]!]))
        .concat(visible.length === 0 ? hidden : [])
    }
    const tables = {
      Patient: 'patient',
      Appointment: 'appointment',
      MedicalRecord: 'medical_record',
      TreatmentPlan: 'treatment_plan',
      Prescription: 'prescription',
      QueueEntry: 'queue_entry',
      WaitlistEntry: 'waitlist_entry',
      Doctor: 'doctor',
      Service: 'service',
      Location: 'location',
    }
    const byType = Object.fromEntries(Object.entries(tables).map(([type, table]) => [type, idsOf(table)]))
    const ids = Object.values(byType).flat()
    const names = [...canaries]
      .filter(([, { table, column }]) => table === 'patient' && ['first_name', 'last_name', 'phone', 'mrn'].includes(column))
      .map(([value]) => value)
    return {
      deep: { idsOf: byType, without: MOVING },
      ids: [...ids, 'no-id'],
      cursors: [...ids.map(cursorOf), 'none'],
      texts: [...names, 'zq', '1980-05-17'],
    }
  }

  const viewpointOf = (name: string, bounded: boolean): Viewpoint => {
    const user = population.users[name]!
    const staffId = user.staff?.id ?? null
    const doctorId = population.doctors.find((doctor) => staffId !== null && doctor.staff?.id === staffId)?.id ?? null
    const own = user.patient ? [user.patient.id] : []
    const patientIds = name === 'PATIENT with a proxy' ? [...own, population.patients[20]!.id] : own
    return { name, roles: user.roles, userId: user.id, staffId, doctorId, patientIds, careMonths: bounded ? CARE_MONTHS : null }
  }

  it.each(VIEWPOINTS)(
    'show $name (bounded to care: $bounded) nothing beyond their role and rows, whatever hidden values are (SECURITY A3, A4, A5)',
    async ({ name, bounded }) => {
      const viewpoint = viewpointOf(name, bounded)
      const server = bounded ? boundedClinic : clinic
      const sight = await onDatabase(server.database, (client) => Sight.of(client, viewpoint))
      // Another clinic that differs in nothing that this account may see: its answers must not differ either.
      const there = await copyDatabase(bounded ? boundedTemplate : database)
      await onDatabase(there, (client) => changeWhatIsHidden(client, viewpoint, sight))
      const other = await TestServer.start({ database: there })
      const values = valuesOf(sight)
      try {
        const user = population.users[name] as User
        const [ask, askThere]: Ask[] = [server.as(user), other.as(user)]
        let rows = 0
        await fc.assert(
          fc.asyncProperty(randomQuery(schema, values, DEPTH), async (query) => {
            const [answer, answerThere] = await Promise.all([ask!(query), askThere!(query)])
            const text = JSON.stringify(answer)
            const foreign = [...foreignRows(text, sight), ...foreignValues(text, sight)]
            expect(foreign, `${name} saw what is hidden`).toEqual([])
            expect(answer.errors?.map(({ extensions }) => extensions['code']).filter((code) => code === 'INTERNAL') ?? []).toEqual([])
            rows += text.match(UUID)?.length ?? 0
            expect(comparable(answerThere), 'hidden values changed the answer').toEqual(comparable(answer))
          }),
          { seed: SEED, numRuns: DOCUMENTS, endOnFailure: true },
        )
        // A walk that sees nothing proves nothing.
        expect(rows).toBeGreaterThan(50)
        await countsAreOfWhatIsSeen(ask!, viewpoint, sight)
      } finally {
        // Stopping waits for clients to go; there is no need to wait for it here.
        stopping.push(other.stop())
      }
    },
    60_000,
  )

  const foreignRows = (text: string, sight: Sight): string[] =>
    (text.match(UUID) ?? []).flatMap((id) => {
      const table = owners.get(id)
      return table === undefined || sight.row(table, id) ? [] : [`${table} ${id}`]
    })

  const foreignValues = (text: string, sight: Sight): string[] =>
    canariesIn(text).flatMap((value) => {
      const canary = canaries.get(value)
      if (!canary) return [`unknown value ${value}`]
      return sight.cell(canary.table, canary.id, canary.column) ? [] : [`${canary.table}.${canary.column} of ${canary.id}`]
    })

  /** Gives hidden values other values, and removes hidden rows that nothing else refers to. */
  async function changeWhatIsHidden(client: pg.Client, viewpoint: Viewpoint, sight: Sight): Promise<void> {
    await changeCanaries(
      client,
      [...canaries.values()].filter(({ table, id, column }) => !sight.cell(table, id, column)),
    )
    const hidden = [...owners].filter(([id, table]) => table === 'patient' && !sight.cell('patient', id, 'birth_date')).map(([id]) => id)
    // The year may be seen by those who may not see the day.
    await client.query('update patient set birth_date = birth_date + 40 where id = any($1)', [hidden])
    const counted = viewpoint.roles.flatMap((role) => COUNTED[role] ?? [])
    const removable = Object.keys(TABLES).filter(
      (table) => !counted.includes(table) && table !== 'user_account' && table !== 'clinic_setting',
    )
    for (const table of removable.toReversed()) {
      const ids = [...owners].filter(([id, of]) => of === table && !sight.row(table, id)).map(([id]) => id)
      await client.query(
        `create or replace function pg_temp.remove(ids uuid[]) returns void language plpgsql as $$ declare each uuid; begin
          foreach each in array ids loop begin delete from ${table} where id = each; exception when integrity_constraint_violation or restrict_violation or foreign_key_violation then null; end; end loop; end $$`,
      )
      await client.query('select pg_temp.remove($1)', [ids])
    }
  }

  /** Every count of a list at the root is that of the rows behind it. */
  async function countsAreOfWhatIsSeen(ask: Ask, viewpoint: Viewpoint, sight: Sight): Promise<void> {
    const roots = {
      patients: 'patient',
      appointments: 'appointment',
      staffMembers: 'staff',
      doctors: 'doctor',
      breakGlassUses: 'break_glass',
      notices: 'notice',
      queue: 'queue_entry',
      waitlist: 'waitlist_entry',
    }
    const { data } = await ask(
      `{ ${Object.keys(roots)
        .map((root) => `${root} { totalCount }`)
        .join(' ')} }`,
    )
    for (const [root, table] of Object.entries(roots)) {
      const count: unknown = data?.[root]?.totalCount
      const counts = viewpoint.roles.some((role) => COUNTED[role]?.includes(table))
      const expected = counts ? [...owners.values()].filter((of) => of === table).length : sight.rows(table).length
      // Null is a refusal, whose rows are nobody's.
      expect({ [root]: count ?? expected }).toEqual({ [root]: expected })
    }
  }
})

async function onDatabase<Result>(database: TestDatabase, run: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}
