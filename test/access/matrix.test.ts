import {
  getNamedType,
  isIntrospectionType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql'
import { MikroORM } from '@mikro-orm/postgresql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROLE_MATRIX, type Capability } from '../../src/access/capabilities.js'
import { Role } from '../../src/access/roles.js'
import type { AccessMap, FieldRule } from '../../src/access/rules.js'
import type { RowScope } from '../../src/access/scope.js'
import { ormOptions } from '../../src/database/orm-options.js'
import { MODULES } from '../../src/graphql/modules.js'
import { typeNameOf } from '../../src/graphql/loaders/fields.js'
import { buildClinicSchema } from '../../src/graphql/schema.js'
import type { Services } from '../../src/graphql/services.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { Notice, NoticeKind } from '../../src/modules/notices/notice.entity.js'
import { Doctor } from '../../src/modules/doctors/doctor.entity.js'
import { CalendarFeed } from '../../src/modules/calendar/calendar-feed.entity.js'
import { ADDRESS, makeChart, makeHours, makeMerge, makeOffers } from '../support/populated-clinic.js'
import { dayIn } from '../../src/clock.js'
import { QueueEntry } from '../../src/modules/queue/queue-entry.entity.js'
import { QueueStatus } from '../../src/modules/queue/queue-status.js'
import { TestServer, type Answer } from '../support/server.js'

/**
 * Every role × every field × (own row, another's row), asked of a running server and compared with what the matrix, the declared rules and
 * the declared scopes say. The fields come from the schema: a new one is covered without a change here. What is expected is worked out
 * here, without the guards and without SQL.
 */

const DAY = 86_400_000

type Whose = 'own' | 'foreign'
const WHOSE: readonly Whose[] = ['own', 'foreign']

const metadata = new MikroORM(ormOptions('postgresql://127.0.0.1/none', 'migrations')).getMetadata()
const { schema, access } = buildClinicSchema(metadata, {} as Services) as { schema: GraphQLSchema; access: AccessMap }
const scopes = new Map(MODULES.flatMap((module) => module.scopes).map((scope) => [typeNameOf(scope.entity()), scope] as const))

const holds = (role: Role, capability: Capability | 'signed-in'): boolean =>
  capability === 'signed-in' || (ROLE_MATRIX[capability] as readonly Role[]).includes(role)

/** Whether the rule lets the role at a field of a row that is the actor's own or another's; rows that belong to nobody count as own. */
const mayRead = (type: string, field: string, role: Role, whose: Whose): boolean =>
  allowed(access[type]![field]!, role, scopes.get(type)?.owner == null ? 'own' : whose)

function allowed(rule: FieldRule, role: Role, whose: Whose): boolean {
  if (rule.kind === 'open' || rule.kind === 'signed-in') return true
  if (rule.kind === 'checked') return allowed(rule.base, role, whose)
  return (
    rule.anyOf.some((capability) => holds(role, capability)) || (whose === 'own' && rule.own.some((capability) => holds(role, capability)))
  )
}

/** Rows that are seen by other facts than the role and the patient; the fixture makes one of each for the roles named here. */
const BY_OTHER_FACTS: Readonly<Record<string, (role: Role) => boolean>> = {
  // Everybody sees their own account, and those who work here themselves.
  Viewer: () => true,
  Staff: (role) => role !== Role.PATIENT,
  WeeklySchedule: (role) => role === Role.DOCTOR,
  ScheduleBreak: (role) => role === Role.DOCTOR,
  ScheduleException: (role) => role === Role.DOCTOR,
  ScheduleExceptionHours: (role) => role === Role.DOCTOR,
  TimeOff: (role) => role === Role.DOCTOR,
  // The first of the fixture is on the public price list.
  Service: () => true,
  CalendarFeed: (role) => role === Role.DOCTOR,
  BreakGlass: (role) => role === Role.DOCTOR,
  Notice: (role) => role === Role.OWNER,
  // Each has asked something before.
  AuditEvent: (role) => ![Role.ANALYST, Role.PATIENT].includes(role),
}

/** Whether the role sees the fixture's row of the type: none of them is of today, all own ones are such as a patient may see. */
function visible(type: string, role: Role, whose: Whose): boolean {
  const scope = scopes.get(type)
  if (!scope) return true
  if (scope.all.some((capability) => holds(role, capability))) return true
  const byFacts = BY_OTHER_FACTS[type]
  if (byFacts) return byFacts(role)
  return scope.restricted.some(
    ({ capability }) => holds(role, capability) && !capability.endsWith('-today') && (whose === 'own' || !capability.endsWith('-own')),
  )
}

/** How to get from `Query` to a type: fields with their arguments, ready for a document. */
interface Path {
  readonly type: GraphQLObjectType
  readonly steps: readonly string[]
  /** A list of several patients' rows, good for its own fields but not for the rows in it. */
  readonly mixed?: boolean
}

const rowTypeOf = (type: GraphQLObjectType): string => type.name.replace(/(Connection|Edge)$/, '')
const objectTypes = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !isIntrospectionType(type),
)

describe('the role matrix', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  const ids: Record<Whose, Record<string, string>> = { own: {}, foreign: {} }

  beforeAll(async () => {
    server = await TestServer.start()
    const { make } = server
    accounts = await server.accounts()
    const theirs = await make.em.findOneOrFail(Doctor, { staff: accounts.DOCTOR.staff! })
    const own = accounts.PATIENT.patient!.unwrap()
    const foreign = make.patient()
    const users = { by: accounts.DOCTOR, granted: accounts.OWNER, holder: accounts.STAFF }
    for (const patient of [own, foreign]) makeChart(make, patient, theirs, users)
    // One proposal of two patients can be open at a time; that of the other way round is about a third.
    makeMerge(make, own, foreign, users.granted)
    makeMerge(make, foreign, make.patient(), users.granted)
    const location = make.location({ address: ADDRESS })
    makeHours(make, theirs, location, users.granted)
    makeOffers(make, location)
    make.em.create(CalendarFeed, { doctor: theirs, tokenHash: 'x', issuedAt: new Date() } as never)
    await make.save()
    await server.sql(
      "update waitlist_offer set state = 'OPEN', answered_at = null, appointment_id = null, expires_at = now() + interval '1 hour'",
    )
    await server.sql("update break_glass set ends_at = now() + interval '1 hour'")
    const [opening] = await server.sql('select id from break_glass limit 1')
    make.em.create(Notice, { recipient: users.granted, kind: NoticeKind.BREAK_GLASS, breakGlass: opening!['id'] } as never)
    await make.save()
    for (const [type, scope] of scopes) await findRows(type, scope, own.id, foreign.id)
    ids.own['Doctor'] = ids.foreign['Doctor'] = theirs.id
    // Somebody is called, for the board in the waiting room.
    const called = { patient: make.patient(), location: ids.own['Location'], number: 9, status: QueueStatus.CALLED, calledAt: new Date() }
    make.em.create(QueueEntry, { ...called, day: dayIn(new Date(), 'Europe/Berlin'), arrivedAt: new Date() } as never)
    await make.save()
  })
  afterAll(() => server.stop())

  /** The ids that roots are asked for: one row of each patient of every type that belongs to one, and any row of the others. */
  async function findRows(type: string, scope: RowScope, own: string, foreign: string): Promise<void> {
    const meta = metadata.get(scope.entity() as never)
    const owner = scope.owner === null ? null : (meta.properties[scope.owner as never] as { fieldNames: string[] }).fieldNames[0]
    const seen = type === 'MedicalRecord' ? " and status = 'SIGNED'" : type === 'TreatmentPlan' ? " and status <> 'DRAFT'" : ''
    for (const [whose, patientId] of [
      ['own', own],
      ['foreign', foreign],
    ] as const) {
      const rows = await server.sql(
        `select id from ${meta.tableName} where ${owner ? `${owner} = '${patientId}'` : 'true'}${seen} order by id limit 1`,
      )
      if (rows[0]) ids[whose][type] = rows[0]['id'] as string
    }
  }

  const argumentsOf = (field: GraphQLField<unknown, unknown>, whose: Whose): string | null => {
    const named = field.args.map(({ name, type }) => {
      if (name === 'id') return `id: "${ids[whose][getNamedType(field.type).name] ?? '018f0000-0000-7000-8000-0000000000ff'}"`
      if (name === 'first') return 'first: 5'
      if (name === 'locationId' && isNonNullType(type)) return `locationId: "${ids.own['Location'] ?? ''}"`
      // Free times of the doctor who has a week; in eight days there is a Monday.
      if (name === 'doctorId' && isNonNullType(type)) return `doctorId: "${ids[whose]['Doctor']}"`
      if (name === 'from' && field.name === 'availableSlots') return `from: "${new Date(Date.now() + DAY).toISOString()}"`
      if (name === 'to' && field.name === 'availableSlots') return `to: "${new Date(Date.now() + 9 * DAY).toISOString()}"`
      if (name === 'from' && field.name === 'appointmentCounts')
        return `from: "${new Date(Date.now() - 40 * DAY).toISOString().slice(0, 10)}"`
      if (name === 'to' && field.name === 'appointmentCounts') return `to: "${new Date().toISOString().slice(0, 10)}"`
      return isNonNullType(type) ? null : ''
    })
    if (named.includes(null)) return null
    const given = named.filter((each) => each !== '')
    return given.length === 0 ? '' : `(${given.join(', ')})`
  }

  /** The ways to every type that a role may go, and that stay with one patient's rows; for the others the shortest way there is. */
  function paths(role: Role, whose: Whose): { open: Map<string, Path>; shortest: Map<string, Path> } {
    const query = schema.getQueryType()!
    const search = (
      may: (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>, target: GraphQLObjectType) => boolean,
    ): Map<string, Path> => {
      const found = new Map<string, Path>([['Query', { type: query, steps: [] }]])
      const queue = [...found.values()]
      for (let path = queue.shift(); path; path = queue.shift()) {
        for (const field of Object.values(path.type.getFields())) {
          const target = getNamedType(field.type)
          const args = argumentsOf(field, whose)
          if (!isObjectType(target) || found.has(target.name) || args === null) continue
          if (!stays(path, target) || !may(path.type, field, target)) continue
          const mixed = path.mixed === true || (path.type.name === 'Query' && target.name.endsWith('Connection'))
          const next = { type: target, steps: [...path.steps, `${field.name}${args}`], mixed }
          found.set(target.name, next)
          queue.push(next)
        }
      }
      return found
    }
    const open = search((type, field, target) => {
      return mayRead(type.name, field.name, role, whose) && (target.name.endsWith('Connection') || visible(rowTypeOf(target), role, whose))
    })
    return { open, shortest: search(() => true) }
  }

  /** A list at the root, or below a doctor, holds rows of several patients: only what leads by id to one patient's rows is a way to them. */
  function stays({ type, mixed }: Path, target: GraphQLObjectType): boolean {
    const belongs = (name: string): boolean => scopes.get(name)?.care != null
    if (mixed === true && type.name.endsWith('Edge')) return !belongs(rowTypeOf(target))
    return !belongs(rowTypeOf(target)) || type.name === 'Query' || belongs(rowTypeOf(type))
  }

  const ask = async (role: Role, path: Path, fields: readonly GraphQLField<unknown, unknown>[], whose: Whose): Promise<Answer> => {
    const selected = fields.map(
      (field) => `${field.name}${argumentsOf(field, whose) ?? ''}${isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'}`,
    )
    const document = path.steps.reduceRight((inner, step) => `{ ${step} ${inner} }`, `{ __typename ${selected.join(' ')} }`)
    return server.as(accounts[role])(`query ${document}`)
  }

  /** The objects at the end of a path. */
  function at(data: unknown, steps: readonly string[]): Record<string, unknown>[] {
    const [step, ...rest] = steps
    const values = (Array.isArray(data) ? data : [data]).filter((value) => value != null) as Record<string, unknown>[]
    if (step === undefined) return values
    return values.flatMap((value) => at(value[step.replace(/\(.*/, '')], rest))
  }

  const namesOf = (steps: readonly string[]): string[] => steps.map((step) => step.replace(/\(.*/, ''))

  describe.each(Object.values(Role))('%s', (role) => {
    it.each(WHOSE)('reads of %s rows the fields that the rules allow, and no other', async (whose) => {
      const { open } = paths(role, whose)
      const wrong: string[] = []
      for (const path of open.values()) {
        const fields = Object.values(path.type.getFields()).filter(
          (field) => argumentsOf(field, whose) !== null && (path.type.name !== 'Query' || !field.args.some(({ name }) => name === 'id')),
        )
        const { data, errors = [] } = await ask(role, path, fields, whose)
        const rows = at(data, path.steps)
        if (rows.length === 0)
          wrong.push(`${path.type.name}: no row by ${namesOf(path.steps).join('.')} ${JSON.stringify(errors[0]?.extensions ?? '')}`)
        for (const field of fields) {
          const where = [...namesOf(path.steps), field.name].join('.')
          const codes = errors
            .filter((error) => error.path?.filter((part) => typeof part === 'string').join('.') === where)
            .map(({ extensions }) => extensions['code'])
          const refused = codes.length > 0 && codes.every((code) => code === 'FORBIDDEN') && rows.every((row) => row[field.name] === null)
          const expected = mayRead(path.type.name, field.name, role, whose)
          if (expected ? codes.length > 0 : !refused)
            wrong.push(
              `${path.type.name}.${field.name}: expected ${expected ? 'allowed' : 'FORBIDDEN'}, got ${codes.join(' ') || 'an answer'}`,
            )
        }
      }
      expect(wrong).toEqual([])
    })

    it.each(WHOSE)('finds no way to %s rows of a type that the matrix keeps from them', async (whose) => {
      const { open, shortest } = paths(role, whose)
      const wrong: string[] = []
      for (const [type, path] of shortest) {
        if (open.has(type) || path.mixed === true) continue
        const { data, errors = [] } = await ask(role, path, [], whose)
        const codes = new Set(errors.map(({ extensions }) => extensions['code']))
        if (at(data, path.steps).length > 0) wrong.push(`${type} by ${namesOf(path.steps).join('.')}`)
        for (const code of codes) if (code !== 'FORBIDDEN' && code !== 'NOT_FOUND') wrong.push(`${type}: ${String(code)}`)
      }
      expect(wrong).toEqual([])
    })
  })

  it('is walked whole: every type of the schema that holds data is reached by some role', () => {
    const reached = new Set(Object.values(Role).flatMap((role) => WHOSE.flatMap((whose) => [...paths(role, whose).open.keys()])))
    const mutations = schema.getMutationType()
    const results = new Set<string>()
    const visit = (target: GraphQLObjectType): void => {
      if (results.has(target.name)) return
      results.add(target.name)
      collect(target)
    }
    const collect = (type: GraphQLObjectType): void => {
      for (const field of Object.values(type.getFields())) {
        const target = getNamedType(field.type)
        if (isUnionType(target)) target.getTypes().forEach(visit)
        if (isObjectType(target)) visit(target)
      }
    }
    if (mutations) collect(mutations)
    // So is what a question gives that names several rows.
    for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
      const target = getNamedType(field.type)
      if (isObjectType(target) && field.args.some((arg) => isRequiredArgument(arg) && arg.name !== 'id')) visit(target)
    }
    const missing = objectTypes
      .map(({ name }) => name)
      .filter((name) => !reached.has(name) && name !== 'Mutation' && name !== 'Subscription')
    // What only a mutation gives is the business of the test of operations.
    expect(missing.filter((name) => !results.has(name))).toEqual([])
  })
})
