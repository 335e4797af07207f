import { buildSchema, graphqlSync, type GraphQLSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { Actor, STRANGER, type ActorIdentity } from '../../src/access/actor.js'
import { capabilitiesOf } from '../../src/access/capabilities.js'
import { installGuards, type PlainRule } from '../../src/access/guards.js'
import { GIVES, mayGive, roleChange, STAFF_ROLES } from '../../src/access/role-giving.js'
import { Role } from '../../src/access/roles.js'
import { allows, anySession, can, checked, open, orOwn, refusal, signedIn, type AccessMap } from '../../src/access/rules.js'
import {
  CARE_MARK,
  IN_CARE,
  isOutsideCare,
  MARKED,
  ofOwnPatients,
  rowScope,
  scopeOf,
  scopeThrough,
  type ScopedRow,
} from '../../src/access/scope.js'

/** What rules, scopes and actors decide, as functions of values: no server and no database. */

const OWN = 'patient-1'
const OTHER = 'patient-2'
const SINCE = '2026-01-01T00:00:00Z'

const somebody = (roles: readonly Role[], more: Partial<ActorIdentity> = {}): Actor =>
  new Actor({ userId: 'user-1', username: 'somebody', roles, staffId: null, doctorId: null, patientIds: [], ...more })

describe('an actor', () => {
  it('holds what all their roles hold together', () => {
    const actor = somebody([Role.CASHIER, Role.PHARMACIST])
    expect(actor.capabilities).toEqual(capabilitiesOf([Role.PHARMACIST, Role.CASHIER]))
    expect(actor.signedIn).toBe(true)
    expect([actor.can('stock.write'), actor.can('invoices.write'), actor.can('records.read')]).toEqual([true, true, false])
    expect(actor.canAny(['records.read', 'stock.write'])).toBe(true)
    expect(actor.canAny(['records.read', 'records.sign'])).toBe(false)
    expect(actor.canAny([])).toBe(false)
    expect(actor.reachesAny(['records.read', 'stock.write'])).toBe(true)
    expect(actor.reachesAny(['records.read'])).toBe(false)
  })

  it('who has not signed in holds nothing and has nothing', () => {
    expect(STRANGER).toMatchObject({ signedIn: false, restricted: false, boundByCare: false, capabilities: [], patientIds: [] })
    expect(STRANGER.ownsPatient(OWN)).toBe(false)
    expect(STRANGER.reachesAny(['doctors.read'])).toBe(false)
  })

  it('who must change their password holds nothing until they have', () => {
    const actor = somebody([Role.OWNER, Role.DOCTOR], { mustChangePassword: true, careSince: SINCE })
    expect(actor).toMatchObject({ signedIn: true, restricted: true, boundByCare: false, capabilities: [] })
    expect(actor.can('staff.read') || actor.canAny(['staff.read']) || actor.reachesAny(['staff.read'])).toBe(false)
    expect(somebody([Role.OWNER], { mustChangePassword: false })).toMatchObject({ restricted: false })
  })

  it('whose role is bounded to patients in their care reaches everywhere only what another role of theirs holds', () => {
    const doctor = somebody([Role.DOCTOR], { careSince: SINCE })
    expect(doctor.boundByCare).toBe(true)
    expect(doctor.canAny(['records.read'])).toBe(true)
    expect(doctor.reachesAny(['records.read', 'doctors.read'])).toBe(false)
    const both = somebody([Role.DOCTOR, Role.CASHIER], { careSince: SINCE })
    expect(both.boundByCare).toBe(true)
    expect(both.reachesAny(['patients.read-name'])).toBe(true)
    expect(both.reachesAny(['records.read'])).toBe(false)
    for (const careSince of [null, undefined]) {
      const free = somebody([Role.DOCTOR], careSince === undefined ? {} : { careSince })
      expect(free.boundByCare).toBe(false)
      expect(free.reachesAny(['records.read'])).toBe(true)
    }
    const cashier = somebody([Role.CASHIER], { careSince: SINCE })
    expect(cashier.boundByCare).toBe(false)
    expect(cashier.reachesAny(['patients.read-name'])).toBe(true)
  })

  it('owns the patients that are theirs, and acts for those they may act for (RULES P6)', () => {
    const actor = somebody([Role.PATIENT], { patientIds: [OWN, OTHER], readOnlyPatientIds: [OTHER] })
    expect(actor.patientIds).toEqual([OWN, OTHER])
    expect([OWN, OTHER, 'patient-3', undefined, null, 1].map((id) => actor.ownsPatient(id))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
    expect([OWN, OTHER, 'patient-3', undefined].map((id) => actor.actsForPatient(id))).toEqual([true, false, false, false])
    expect(somebody([Role.PATIENT], { patientIds: [undefined as unknown as string] }).ownsPatient(undefined)).toBe(false)
  })
})

describe('giving roles', () => {
  it('takes a role that gives each of them', () => {
    expect(mayGive([Role.OWNER], STAFF_ROLES)).toBe(true)
    expect(mayGive([Role.ADMIN], [Role.DOCTOR, Role.CASHIER])).toBe(true)
    expect(mayGive([Role.ADMIN], [Role.DOCTOR, Role.ADMIN])).toBe(false)
    expect(mayGive([Role.CASHIER, Role.ADMIN], [Role.DOCTOR])).toBe(true)
    expect(mayGive([Role.CASHIER], [Role.CASHIER])).toBe(false)
    expect(mayGive([Role.OWNER], [Role.PATIENT])).toBe(false)
    expect(mayGive([], [])).toBe(true)
    expect(Object.keys(GIVES)).toEqual(['OWNER', 'ADMIN'])
  })

  it('is told as what is added and what is taken', () => {
    expect(roleChange([Role.STAFF, Role.CASHIER], [Role.CASHIER, Role.DOCTOR])).toEqual({ added: [Role.DOCTOR], removed: [Role.STAFF] })
    expect(roleChange([Role.STAFF], [Role.STAFF])).toEqual({ added: [], removed: [] })
  })
})

describe('a rule', () => {
  const ruled = can('records.read')
  const doctor = somebody([Role.DOCTOR])
  const bounded = somebody([Role.DOCTOR], { careSince: SINCE })
  const patient = somebody([Role.PATIENT], { patientIds: [OWN] })
  const restricted = somebody([Role.OWNER], { mustChangePassword: true })
  const row = { patient: OWN }

  it('that is open lets everybody in, one for sessions every session, one for accounts those that may do something', () => {
    for (const actor of [STRANGER, doctor, restricted]) expect(allows(open as PlainRule, actor, row, null)).toBe(true)
    expect([STRANGER, doctor, restricted].map((actor) => allows(signedIn as PlainRule, actor, row, null))).toEqual([false, true, false])
    expect([STRANGER, doctor, restricted].map((actor) => allows(anySession as PlainRule, actor, row, null))).toEqual([false, true, true])
  })

  it('on capabilities takes one of them', () => {
    expect(ruled).toEqual({ kind: 'capability', anyOf: ['records.read'], own: [] })
    expect([STRANGER, doctor, patient, restricted].map((actor) => allows(ruled, actor, row, 'patient'))).toEqual([
      false,
      true,
      false,
      false,
    ])
  })

  it('on own rows looks whose the row is, unless the rows are kept to the own ones anyhow', () => {
    const rule = orOwn(ruled, 'records.read-own')
    expect(rule).toEqual({ kind: 'capability', anyOf: ['records.read'], own: ['records.read-own'] })
    expect(allows(rule, patient, row, 'patient')).toBe(true)
    expect(allows(rule, patient, { patient: OTHER }, 'patient')).toBe(false)
    expect(allows(rule, patient, { patient: OTHER }, null)).toBe(true)
    expect(allows(rule, somebody([Role.CASHIER]), row, null)).toBe(false)
  })

  it('on care reads of a row that is marked as outside of it nothing', () => {
    expect(allows(ruled, bounded, { [CARE_MARK]: true }, null)).toBe(true)
    expect(allows(ruled, bounded, {}, null)).toBe(true)
    expect(allows(ruled, bounded, { [CARE_MARK]: false }, null)).toBe(false)
    expect(allows(ruled, doctor, { [CARE_MARK]: false }, null)).toBe(true)
    expect([undefined, null, {}, { [CARE_MARK]: true }, { [CARE_MARK]: false }].map(isOutsideCare)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ])
  })

  it('refuses with what helps: sign in, change the password, or nothing', () => {
    expect([STRANGER, restricted, doctor].map((actor) => refusal(actor).extensions['code'])).toEqual([
      'UNAUTHENTICATED',
      'PASSWORD_CHANGE_REQUIRED',
      'FORBIDDEN',
    ])
  })
})

describe('a row scope', () => {
  class Thing {}
  const said: ScopedRow = {
    column: (property) => `t.${property}`,
    actor: (fact) => `$${fact}`,
    related: (property, where) => `related(${property}: ${where({ ...said, column: (inner) => `${property}.${inner}` })})`,
  }
  const scope = rowScope(() => Thing, {
    all: ['records.read', 'patients.read-name'],
    countable: ['appointments.count'],
    restricted: [
      { capability: 'records.read-own', where: ofOwnPatients('patient') },
      { capability: 'signed-in', where: () => 'true' },
    ],
    owner: 'patient',
  })
  const ownerless = rowScope(() => Thing, { all: ['records.read'] })
  const doctor = somebody([Role.DOCTOR])
  const bounded = somebody([Role.DOCTOR], { careSince: SINCE })

  it('is audited and bounded to care when its rows belong to patients', () => {
    expect(scope).toMatchObject({ owner: 'patient', audited: true, countable: ['appointments.count'] })
    expect(ownerless).toMatchObject({ owner: null, audited: false, care: null, countable: [], restricted: [] })
    expect(rowScope(() => Thing, { all: [], audited: true })).toMatchObject({ audited: true })
  })

  it('gives all rows to those who reach them, and their restrictions to the others', () => {
    expect(scopeOf(scope, doctor)).toBe('all')
    expect(scopeOf(scope, somebody([Role.PATIENT]))).toEqual([0, 1])
    expect(scopeOf(scope, somebody([Role.ANALYST]))).toEqual([1])
    expect(scopeOf(scope, STRANGER)).toEqual([])
    expect(scopeOf(ownerless, somebody([Role.PATIENT]))).toEqual([])
  })

  it('lets those count who may, and no more', () => {
    const analyst = somebody([Role.ANALYST])
    expect(scopeOf(scope, analyst, 'count')).toBe('all')
    expect(scopeOf(scope, analyst, 'rows')).toEqual([1])
    expect(scopeOf(scope, somebody([Role.PATIENT]), 'count')).toEqual([0, 1])
  })

  it('keeps a bounded role to patients in care, and marks rows where both kinds can meet', () => {
    const through = { ...scope, all: ['records.read' as const] }
    expect(scopeOf({ ...through, restricted: [] }, bounded)).toEqual([IN_CARE])
    expect(scopeOf(through, bounded)).toEqual([1, IN_CARE, MARKED])
    expect(scopeOf(through, bounded, 'count')).toEqual([1, IN_CARE])
    expect(scopeOf(scope, somebody([Role.DOCTOR, Role.CASHIER], { careSince: SINCE }))).toBe('marked')
    expect(scopeOf(scope, somebody([Role.DOCTOR, Role.CASHIER], { careSince: SINCE }), 'count')).toBe('all')
    expect(scopeOf(scope, somebody([Role.DOCTOR, Role.CASHIER]))).toBe('all')
    // What belongs to nobody is not bounded.
    expect(scopeOf(ownerless, bounded)).toBe('all')
    expect(
      scopeOf(
        rowScope(() => Thing, { all: ['staff.read'] }),
        bounded,
      ),
    ).toEqual([])
    expect([IN_CARE, MARKED]).toEqual([-1, -2])
    expect(CARE_MARK).toBe('$care')
  })

  it('says in SQL whose rows', () => {
    expect(ofOwnPatients('patient')(said)).toBe('t.patient = any($patientIds)')
    const care = scope.care!(said)
    expect(care.match(/exists/g)).toHaveLength(5)
    expect(care.match(/ or /g)).toHaveLength(4)
    for (const part of [
      'from appointment care where care.patient_id = t.patient and care.doctor_id = $doctorId and care.starts_at >= $careSince',
      'from medical_record care where care.patient_id = t.patient and care.author_id = $doctorId and care.occurred_at >= $careSince',
      'from treatment_plan care where care.patient_id = t.patient and care.doctor_id = $doctorId and care.created_at >= $careSince',
      'from break_glass care where care.patient_id = t.patient and care.user_id = $userId and care.ends_at > now()',
    ])
      expect(care).toContain(part)
    expect(care.match(/care.status <> 'ENTERED_IN_ERROR'/g)).toHaveLength(2)
  })

  it('of a part is that of the whole, through the reference to it', () => {
    const part = scopeThrough(() => Thing, 'record', scope)
    expect(part).toMatchObject({ all: scope.all, countable: scope.countable, owner: null })
    expect(part.restricted[0]!.where(said)).toBe('related(record: record.patient = any($patientIds))')
    expect(part.care!(said)).toBe(`related(record: ${scope.care!({ ...said, column: (inner) => `record.${inner}` })})`)
    expect(scopeThrough(() => Thing, 'record', ownerless).care).toBeNull()
    const patients = rowScope(() => Thing, { all: ['patients.read'], owner: 'id' })
    expect(scopeThrough(() => Thing, 'patient', patients)).toMatchObject({ owner: 'patient' })
  })
})

describe('a guard', () => {
  const schema = (): GraphQLSchema =>
    buildSchema('type Query { open: String, kept: String, own: String, method: String, resolved: String, checked: String }')
  const map: AccessMap = {
    Query: {
      open,
      kept: can('records.read'),
      own: orOwn(can('staff.read'), 'records.read-own'),
      method: signedIn,
      resolved: signedIn,
      checked: checked('check', can('records.read'), () => null),
    },
  }
  const root = { open: 'open', kept: 'kept', own: 'own', method: () => 'called', resolved: 'property', checked: 'checked', patient: OWN }
  const ask = (actor: Actor, row: object = root, owner: string | null = 'patient') => {
    const guarded = schema()
    const resolved = guarded.getQueryType()!.getFields()['resolved']!
    resolved.resolve = () => 'resolver'
    installGuards(guarded, map, new Map([['Query', owner]]))
    expect(guarded.getQueryType()!.getFields()['open']!.resolve).toBeUndefined()
    expect(guarded.getQueryType()!.getFields()['checked']!.resolve).toBeUndefined()
    const source = '{ open kept own method resolved checked }'
    const { data, errors = [] } = graphqlSync({ schema: guarded, source, rootValue: row, contextValue: { actor } })
    return { ...data, refused: errors.map(({ path }) => path?.[0]) }
  }

  it('lets through what the rule allows, and refuses the rest', () => {
    const all = { open: 'open', kept: 'kept', own: 'own', method: 'called', resolved: 'resolver', checked: 'checked' }
    expect(ask(somebody([Role.OWNER]))).toEqual({ ...all, refused: [] })
    expect(ask(STRANGER)).toEqual({
      open: 'open',
      kept: null,
      own: null,
      method: null,
      resolved: null,
      checked: 'checked',
      refused: ['kept', 'own', 'method', 'resolved'],
    })
    expect(ask(somebody([Role.CASHIER]))).toMatchObject({ kept: null, own: null, method: 'called' })
  })

  it('looks at each row where the rule depends on whose it is', () => {
    const patient = somebody([Role.PATIENT], { patientIds: [OWN] })
    expect(ask(patient)).toMatchObject({ own: 'own', kept: null })
    expect(ask(patient, { ...root, patient: OTHER })).toMatchObject({ own: null })
    expect(ask(patient, { ...root, patient: OTHER }, null)).toMatchObject({ own: 'own' })
  })

  it('looks at each row where the role is bounded to patients in care', () => {
    const bounded = somebody([Role.DOCTOR], { careSince: SINCE })
    expect(ask(bounded, { ...root, [CARE_MARK]: true })).toMatchObject({ kept: 'kept' })
    expect(ask(bounded, { ...root, [CARE_MARK]: false })).toMatchObject({ kept: null, refused: ['kept', 'own'] })
  })

  it('decides anew for each actor and each row, though it remembers what an actor may', () => {
    const guarded = schema()
    installGuards(guarded, map, new Map([['Query', 'patient']]))
    const patient = somebody([Role.PATIENT], { patientIds: [OWN] })
    const read = (actor: Actor, row: object): unknown =>
      graphqlSync({ schema: guarded, source: '{ own }', rootValue: row, contextValue: { actor } }).data?.['own']
    expect([OWN, OTHER, OWN].map((id) => read(patient, { ...root, patient: id }))).toEqual(['own', null, 'own'])
    expect(read(STRANGER, root)).toBeNull()
    expect(read(patient, root)).toBe('own')
  })
})
