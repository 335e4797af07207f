import { randomUUID } from 'node:crypto'
import { MikroORM } from '@mikro-orm/postgresql'
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLField,
  type GraphQLInputType,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROLE_MATRIX } from '../../src/access/capabilities.js'
import { Role } from '../../src/access/roles.js'
import type { FieldRule } from '../../src/access/rules.js'
import { after, DAY, dayIn } from '../../src/clock.js'
import { ormOptions } from '../../src/database/orm-options.js'
import { buildClinicSchema } from '../../src/graphql/schema.js'
import type { Services } from '../../src/graphql/services.js'
import { AccessTokens } from '../../src/modules/identity/tokens.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { QueueEntry } from '../../src/modules/queue/queue-entry.entity.js'
import { OfferStatus } from '../../src/modules/waitlist/waitlist-status.js'
import { WaitlistEntry } from '../../src/modules/waitlist/waitlist-entry.entity.js'
import { WaitlistOffer } from '../../src/modules/waitlist/waitlist-offer.entity.js'
import { Service } from '../../src/modules/services/service.entity.js'
import { codesOf, comparable, TestServer } from '../support/server.js'

/**
 * Every operation × role × {own, foreign, unknown row; no token, one that has ended, one that is forged} has a stated answer (SECURITY A1).
 * Operations and their inputs come from the schema. What the role alone decides is read off the matrix; what rows decide is stated here,
 * and an operation that takes an id and is not stated fails.
 */

const UNKNOWN = '018f0000-0000-7000-8000-0000000000ff'

/** What an operation answers, to those whose role may call it, when the row it is about is not there, or not theirs. */
interface Stated {
  /** For an id that no row has. */
  readonly unknown: string
  /** The id of a row that is there and belongs to somebody else, for those operations that look at whose it is. */
  readonly foreign?: (rows: Rows) => string
  /** What to give besides the id. */
  readonly input?: Readonly<Record<string, unknown>>
}

interface Rows {
  readonly hold: string
  readonly notice: string
  readonly session: string
}

/** A day that is not in the past. */
const SOON = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)

const STATED: Readonly<Record<string, Stated>> = {
  revokeSession: { unknown: 'NOT_FOUND', foreign: ({ session }) => session },
  resetPassword: { unknown: 'NOT_FOUND' },
  unlockAccount: { unknown: 'NOT_FOUND' },
  invitePatient: { unknown: 'NOT_FOUND' },
  updateStaff: { unknown: 'NOT_FOUND' },
  setStaffRoles: { unknown: 'NOT_FOUND', input: { roles: [Role.CASHIER] } },
  deactivateStaff: { unknown: 'NOT_FOUND' },
  reactivateStaff: { unknown: 'NOT_FOUND' },
  // The id is not of the row that is changed, but of one that it is to refer to.
  createDoctor: { unknown: 'BAD_USER_INPUT', input: { fullName: 'Dr. New' } },
  updateDoctor: { unknown: 'NOT_FOUND' },
  updateLocation: { unknown: 'NOT_FOUND' },
  createRoom: { unknown: 'NOT_FOUND' },
  updateRoom: { unknown: 'NOT_FOUND' },
  setDoctorSchedule: { unknown: 'NOT_FOUND', input: { validFrom: SOON, hours: [] } },
  setScheduleException: { unknown: 'NOT_FOUND', input: { date: SOON, kind: 'NOT_WORKING' } },
  removeScheduleException: { unknown: 'NOT_FOUND' },
  addTimeOff: { unknown: 'NOT_FOUND', input: { startsOn: SOON } },
  cancelTimeOff: { unknown: 'NOT_FOUND' },
  addClosure: { unknown: 'NOT_FOUND', input: { startsOn: SOON } },
  removeClosure: { unknown: 'NOT_FOUND' },
  updateService: { unknown: 'NOT_FOUND' },
  grantProxy: { unknown: 'NOT_FOUND', input: { validTo: '2099-01-01T00:00:00Z', holderUsername: 'nobody' } },
  revokeProxy: { unknown: 'NOT_FOUND' },
  breakGlass: { unknown: 'NOT_FOUND', input: { reason: 'Unconscious, no relatives', hours: 1 } },
  reviewBreakGlass: { unknown: 'NOT_FOUND' },
  setReminderPreferences: { unknown: 'NOT_FOUND' },
  createCalendarFeed: { unknown: 'NOT_FOUND' },
  rotateCalendarFeed: { unknown: 'NOT_FOUND' },
  revokeCalendarFeed: { unknown: 'NOT_FOUND' },
  bookAppointment: { unknown: 'NOT_FOUND' },
  rescheduleAppointment: { unknown: 'NOT_FOUND' },
  cancelAppointment: { unknown: 'NOT_FOUND' },
  changeAppointmentStatus: { unknown: 'NOT_FOUND' },
  holdSlot: { unknown: 'NOT_FOUND' },
  releaseHold: { unknown: 'NOT_FOUND', foreign: ({ hold }) => hold },
  bookAppointmentSeries: { unknown: 'NOT_FOUND', input: { count: 2 } },
  rescheduleAppointmentSeries: { unknown: 'NOT_FOUND' },
  cancelAppointmentSeries: { unknown: 'NOT_FOUND' },
  checkIn: { unknown: 'NOT_FOUND', input: { patientId: null, locationId: null, doctorId: null } },
  // The location is not the row that is changed.
  callNext: { unknown: 'BAD_USER_INPUT' },
  callQueueEntry: { unknown: 'NOT_FOUND' },
  startService: { unknown: 'NOT_FOUND' },
  finishService: { unknown: 'NOT_FOUND' },
  skipQueueEntry: { unknown: 'NOT_FOUND' },
  recallQueueEntry: { unknown: 'NOT_FOUND' },
  markLeft: { unknown: 'NOT_FOUND' },
  transferQueueEntry: { unknown: 'NOT_FOUND' },
  undoLastQueueMove: { unknown: 'NOT_FOUND' },
  createQueueBoardAddress: { unknown: 'NOT_FOUND' },
  endQueueBoardAddress: { unknown: 'NOT_FOUND' },
  joinWaitlist: { unknown: 'NOT_FOUND', input: { latest: dayIn(after(new Date(), 30 * DAY), 'UTC') } },
  updateWaitlistEntry: { unknown: 'NOT_FOUND' },
  leaveWaitlist: { unknown: 'NOT_FOUND' },
  offerSlot: { unknown: 'NOT_FOUND', input: { startsAt: '2099-01-01T00:00:00Z' } },
  acceptWaitlistOffer: { unknown: 'NOT_FOUND' },
  declineWaitlistOffer: { unknown: 'NOT_FOUND' },
  markNoticeRead: { unknown: 'NOT_FOUND', foreign: ({ notice }) => notice },
  // The ids are those of candidates, and one that is none is not looked at.
  createPatient: { unknown: 'BAD_USER_INPUT', input: { firstName: '' } },
  updatePatient: { unknown: 'NOT_FOUND' },
  recordPatientDeath: { unknown: 'NOT_FOUND', input: { deceasedAt: '2026-01-01T00:00:00Z' } },
  undoPatientDeath: { unknown: 'NOT_FOUND' },
  markNotDuplicates: { unknown: 'NOT_FOUND' },
  addPatientIdentifier: { unknown: 'NOT_FOUND' },
  removePatientIdentifier: { unknown: 'NOT_FOUND' },
  addPatientContact: { unknown: 'NOT_FOUND', input: { email: 'a@example.org' } },
  updatePatientContact: { unknown: 'NOT_FOUND' },
  removePatientContact: { unknown: 'NOT_FOUND' },
  recordConsent: { unknown: 'NOT_FOUND' },
  revokeConsent: { unknown: 'NOT_FOUND' },
  recordAllergy: { unknown: 'NOT_FOUND' },
  updateAllergy: { unknown: 'NOT_FOUND' },
  recordNoKnownAllergies: { unknown: 'NOT_FOUND' },
  recordCondition: { unknown: 'NOT_FOUND' },
  updateConditionStatus: { unknown: 'NOT_FOUND' },
  mergePatients: { unknown: 'NOT_FOUND' },
  unmergePatients: { unknown: 'NOT_FOUND' },
  proposePatientMerge: { unknown: 'NOT_FOUND' },
  rejectPatientMergeProposal: { unknown: 'NOT_FOUND' },
}

const { schema, access } = buildClinicSchema(
  new MikroORM(ormOptions('postgresql://127.0.0.1/none', 'migrations')).getMetadata(),
  {} as Services,
)
const operations = (['Query', 'Mutation'] as const).flatMap((type) =>
  Object.values(schema.getRootType(type.toLowerCase() as never)?.getFields() ?? {}).map((field) => ({
    type,
    field,
    name: `${type}.${field.name}`,
    rule: access[type]![field.name]!,
  })),
)

const mayCall = (rule: FieldRule, role: Role): boolean => {
  if (rule.kind === 'checked') return mayCall(rule.base, role)
  return (
    rule.kind !== 'capability' ||
    [...rule.anyOf, ...rule.own].some((capability) => (ROLE_MATRIX[capability] as readonly Role[]).includes(role))
  )
}

/** An input that has the right shape: what is required, and every id. */
function literal(type: GraphQLInputType, id: string, given: Readonly<Record<string, unknown>> = {}): string {
  const bare = isNonNullType(type) ? type.ofType : type
  if (isListType(bare)) return `[${literal(bare.ofType, id)}]`
  if (isEnumType(bare)) return bare.getValues()[0]!.name
  if (isInputObjectType(bare)) {
    const fields = Object.values(bare.getFields()).filter(
      (field) => isRequiredInputField(field) || getNamedType(field.type).name === 'ID' || field.name in given,
    )
    return `{ ${fields.map((field) => `${field.name}: ${field.name in given ? written(given[field.name], field.type) : literal(field.type, id)}`).join(', ')} }`
  }
  const examples: Record<string, string> = {
    ID: JSON.stringify(id),
    Int: '1',
    Boolean: 'true',
    DateTime: '"2026-11-20T09:30:00Z"',
    LocalDate: '"2026-11-20"',
    LocalTime: '"09:30"',
    Decimal: '"1.00"',
  }
  return examples[bare.name] ?? '"abcdefghij"'
}

const written = (value: unknown, type: GraphQLInputType): string =>
  Array.isArray(value)
    ? `[${value.map((each) => written(each, type)).join(', ')}]`
    : isEnumType(getNamedType(type))
      ? String(value)
      : JSON.stringify(value)

function documentOf(
  { type, field }: { type: string; field: GraphQLField<unknown, unknown> },
  id: string,
  given?: Readonly<Record<string, unknown>>,
): string {
  const args = field.args
    .filter((arg) => isRequiredArgument(arg) || getNamedType(arg.type).name === 'ID')
    .map((arg) => `${arg.name}: ${literal(arg.type, id, given)}`)
  const below = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }'
  return `${type.toLowerCase()} { ${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${below} }`
}

const takesAnId = (field: GraphQLField<unknown, unknown>): boolean =>
  field.args.some(({ type }) => {
    const named = getNamedType(type)
    return (
      named.name === 'ID' ||
      (isInputObjectType(named) && Object.values(named.getFields()).some((each) => getNamedType(each.type).name === 'ID'))
    )
  })

describe('every operation', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let rows: Rows
  /** The ids of a row of the patient's own, and of another's, by type. */
  const own: Record<string, string> = {}
  const foreign: Record<string, string> = {}

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    const { make } = server
    const mine = accounts.PATIENT.patient!.unwrap()
    const other = make.patient()
    for (const [patient, ids] of [
      [mine, own],
      [other, foreign],
    ] as const) {
      const appointment = make.appointment({ patient })
      const treatmentPlan = make.plan(patient)
      const { location, doctor, startsAt } = appointment
      const day = startsAt.toISOString().slice(0, 10)
      const number = ids === own ? 1 : 2
      const entry = make.em.create(QueueEntry, { patient, location, day, number, arrivedAt: startsAt } as never)
      const wish = make.em.create(WaitlistEntry, { patient, doctor, earliest: day, latest: day, waitingSince: startsAt } as never)
      const answer = { state: OfferStatus.DECLINED, answeredAt: startsAt }
      const time = { location, doctor, startsAt, endsAt: appointment.endsAt, expiresAt: startsAt }
      make.em.create(WaitlistOffer, { entry: wish, ...time, ...answer } as never)
      Object.assign(ids, {
        QueueEntry: entry.id,
        WaitlistEntry: wish.id,
        Patient: patient.id,
        Appointment: appointment.id,
        MedicalRecord: make.record({ patient, appointment }).id,
        TreatmentPlan: treatmentPlan.id,
        Prescription: make.prescription(patient).id,
      })
    }
    for (const [code, onlineBookable, ids] of [
      ['SHOWN', true, own],
      ['HIDDEN', false, foreign],
    ] as const) {
      const data = { code, name: 'x', durationMinutes: 20, price: { amount: '1.00', currency: 'EUR' }, onlineBookable }
      ids['Service'] = make.em.create(Service, data as never).id
    }
    await make.save()
    const someone = await make.user(server.hasher, [Role.OWNER], { staff: make.staff() })
    await make.save()
    await server.as(someone)('{ me { id } }')
    const [session] = await server.sql('select id from session where user_id = $1', [someone.id])
    const notice = randomUUID()
    await server.sql("insert into notice (id, recipient_id, kind) values ($1, $2, 'BREAK_GLASS')", [notice, someone.id])
    const hold = randomUUID()
    await server.sql(
      `insert into appointment_hold (id, doctor_id, user_id, starts_at, ends_at, expires_at)
         select $1, id, $2, now(), now() + interval '20 minutes', now() + interval '10 minutes' from doctor limit 1`,
      [hold, someone.id],
    )
    rows = { hold, notice, session: session!['id'] as string }
  })
  afterAll(() => server.stop())

  it('is stated: one that takes an id says what it answers to an unknown one', () => {
    const stated = operations.filter(({ type, field }) => type === 'Mutation' && takesAnId(field)).map(({ field }) => field.name)
    expect(Object.keys(STATED).toSorted()).toEqual(stated.toSorted())
  })

  describe.each(operations)('$name', (operation) => {
    const { field, rule } = operation
    const stated = STATED[field.name]

    it('refuses every role that the matrix does not name, whatever row it is about', async () => {
      for (const role of Object.values(Role).filter((each) => !mayCall(rule, each))) {
        const ids = [UNKNOWN, ...[own, foreign].flatMap((each) => each[getNamedType(field.type).name] ?? [])]
        for (const id of ids) {
          const answer = await server.as(accounts[role])(documentOf(operation, id, stated?.input))
          expect({ role, codes: codesOf(answer), data: answer.data?.[field.name] }).toEqual({ role, codes: ['FORBIDDEN'], data: null })
        }
      }
    })

    it('refuses nobody, and tokens that are ended, forged, unsigned or of a session that is not there', async () => {
      const document = documentOf(operation, UNKNOWN, stated?.input)
      const claims = { userId: accounts.OWNER.id, sessionId: randomUUID(), tokenVersion: 1 }
      const secret = server.env.JWT_SECRET
      const valid = new AccessTokens({ secret }).issue(claims).token
      const [head, body] = valid.split('.')
      const tokens = {
        ended: new AccessTokens({ secret, clock: () => new Date(Date.now() - 16 * 60_000) }).issue(claims).token,
        forged: new AccessTokens({ secret: 'another-secret-of-the-right-length-0' }).issue(claims).token,
        altered: `${head}.${Buffer.from(Buffer.from(body!, 'base64url').toString().replace(accounts.OWNER.id, accounts.ADMIN.id)).toString('base64url')}.${valid.split('.')[2]}`,
        unsigned: `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`,
        'without a session': valid,
      }
      for (const [name, token] of Object.entries(tokens)) {
        const answer = await server.send(document, {}, token)
        expect({ name, codes: codesOf(answer), data: answer.data?.[field.name] ?? null }).toEqual({
          name,
          codes: ['UNAUTHENTICATED'],
          data: null,
        })
      }
      if (rule.kind === 'open') return
      const stranger = await server.send(document)
      expect({ codes: codesOf(stranger), data: stranger.data?.[field.name] ?? null }).toEqual({ codes: ['UNAUTHENTICATED'], data: null })
    })
  })

  describe.each(operations.filter(({ type, field }) => type === 'Query' && field.args.some(({ name }) => name === 'id')))(
    '$name',
    (operation) => {
      const { field } = operation
      const kind = getNamedType(field.type).name
      const missing = {
        status: 200,
        data: { [field.name]: null },
        errors: [expect.stringContaining('"NOT_FOUND"')],
      }

      it('answers for what is not there with NOT_FOUND, whatever the id looks like', async () => {
        const ask = server.as(accounts.PATIENT)
        const answers = [
          comparable(await ask(documentOf(operation, UNKNOWN))),
          comparable(await ask(documentOf(operation, 'no id at all'))),
        ]
        expect(answers).toEqual([missing, missing])
        expect(answers[0]).toEqual(answers[1])
      })

      // The directory of doctors and locations belongs to nobody.
      it.skipIf(kind === 'Doctor' || kind === 'Location')(
        'answers for a row outside of the own as for one that is not there (SECURITY A6)',
        async () => {
          const ask = server.as(accounts.PATIENT)
          const unknown = comparable(await ask(documentOf(operation, UNKNOWN)))
          expect(comparable(await ask(documentOf(operation, foreign[kind]!)))).toEqual(unknown)
          expect((await ask(documentOf(operation, own[kind]!))).errors).toBeUndefined()
        },
      )
    },
  )

  describe.each(
    operations.flatMap((operation) => (STATED[operation.field.name] ? [{ ...operation, stated: STATED[operation.field.name]! }] : [])),
  )('$name', ({ stated, ...operation }) => {
    it(`says ${stated.unknown} for what is not there or not theirs, and changes nothing`, async () => {
      for (const role of Object.values(Role).filter((each) => mayCall(operation.rule, each))) {
        const ask = server.as(accounts[role])
        const ids = [UNKNOWN, 'no id at all', ...(stated.foreign ? [stated.foreign(rows)] : [])]
        const answers = await Promise.all(ids.map(async (id) => comparable(await ask(documentOf(operation, id, stated.input)))))
        const refused = { status: 200, data: { [operation.field.name]: null }, errors: [expect.stringContaining(`"${stated.unknown}"`)] }
        expect({ role, answers }).toEqual({ role, answers: ids.map(() => refused) })
        expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      }
    })
  })

  it('takes no input that says who acts, what was decided, or when it happened (SECURITY A9)', () => {
    /** Names of what the server alone decides; where one is meant for the client, its input is named. */
    const DECIDED =
      /^(roles?|createdBy|createdAt|updatedAt|updatedBy|signedAt|signedBy|grantedBy|revokedBy|revokedAt|reviewedBy|reviewedAt|actor.*|author.*|recordedBy|userId|tokenVersion|active|passwordHash|mrn)$/
    const MEANT: readonly string[] = [
      'StaffFilter.role',
      'StaffFilter.active',
      'CreateStaffInput.roles',
      'SetStaffRolesInput.roles',
      'DoctorFilter.active',
      'UpdateDoctorInput.active',
      'LocationFilter.active',
      'UpdateLocationInput.active',
      'UpdateRoomInput.active',
      'ServiceFilter.active',
      'UpdateServiceInput.active',
      'PatientFilter.mrn',
      'BreakGlassFilter.userId',
      'BreakGlassInput.mrn',
      'AuditEventFilter.userId',
    ]
    const found = Object.values(schema.getTypeMap()).flatMap((type) =>
      isInputObjectType(type) ? Object.keys(type.getFields()).flatMap((name) => (DECIDED.test(name) ? [`${type.name}.${name}`] : [])) : [],
    )
    expect(found.toSorted()).toEqual([...MEANT].toSorted())
  })
})
