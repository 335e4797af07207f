import { MikroORM } from '@mikro-orm/postgresql'
import { defaultFieldResolver, GraphQLError, isIntrospectionType, isObjectType, type GraphQLSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { Actor, STRANGER } from '../../src/access/actor.js'
import { incompleteAccess } from '../../src/access/guards.js'
import { Role } from '../../src/access/roles.js'
import { ormOptions } from '../../src/database/orm-options.js'
import { buildClinicSchema } from '../../src/graphql/schema.js'
import type { Services } from '../../src/graphql/services.js'

const OWN = '018f0000-0000-7000-8000-000000000001'
const FOREIGN = '018f0000-0000-7000-8000-000000000002'

const metadata = new MikroORM(ormOptions('postgresql://127.0.0.1/none', 'migrations')).getMetadata()
const services = { signIn: { signIn: () => Promise.reject(new Error('reached')) } } as unknown as Services
const byGuards = buildClinicSchema(metadata, services, 'guards')
const byShield = buildClinicSchema(metadata, services, 'shield')

/** Stands for every loader: what is reached is an answer. */
const loaders = { one: () => ({ reached: true }), list: () => [], connection: () => ({ reached: true }) }

const actorWith = (roles: readonly Role[]): Actor =>
  new Actor({ userId: OWN, username: 'somebody', roles, staffId: null, doctorId: null, patientIds: [OWN] })

const ACTORS: readonly (readonly [string, Actor])[] = [
  ['nobody', STRANGER],
  ...Object.values(Role).map((role) => [role, actorWith([role])] as const),
  ['CASHIER and PATIENT', actorWith([Role.CASHIER, Role.PATIENT])],
  ['PHARMACIST and PATIENT', actorWith([Role.PHARMACIST, Role.PATIENT])],
  ['ANALYST and PATIENT', actorWith([Role.ANALYST, Role.PATIENT])],
]

const ROWS = {
  own: { id: OWN, patient: OWN, mrn: '1', status: 'BOOKED' },
  foreign: { id: FOREIGN, patient: FOREIGN, mrn: '2', status: 'BOOKED' },
}

const fieldsOf = (schema: GraphQLSchema): { type: string; field: string }[] =>
  Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !isIntrospectionType(type) ? Object.keys(type.getFields()).map((field) => ({ type: type.name, field })) : [],
  )

/** `allowed`, or the code of the refusal. */
async function outcome(schema: GraphQLSchema, typeName: string, fieldName: string, actor: Actor, row: object): Promise<string> {
  const type = schema.getType(typeName)
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined
  if (!field) throw new Error(`${typeName}.${fieldName} is missing`)
  const args = { id: OWN, input: { username: 'x', password: 'y' } }
  try {
    const value: unknown = await (field.resolve ?? defaultFieldResolver)(row, args, { actor, loaders, become: () => undefined }, {
      fieldName,
      parentType: type,
    } as never)
    return verdictOf(value)
  } catch (error) {
    return verdictOf(error)
  }
}

/** What a resolver says of its arguments, which this test makes up, is no refusal. */
function verdictOf(outcome: unknown): string {
  const code = outcome instanceof GraphQLError ? outcome.extensions['code'] : undefined
  return code === 'FORBIDDEN' || code === 'UNAUTHENTICATED' ? code : 'allowed'
}

describe('role rules', () => {
  it.each(ACTORS)('are the same compiled into guards and enforced by graphql-shield, for every field: %s', async (_name, actor) => {
    const different: string[] = []
    for (const { type, field } of fieldsOf(byGuards.schema)) {
      for (const [whose, row] of Object.entries(ROWS)) {
        const guards = await outcome(byGuards.schema, type, field, actor, row)
        const shield = await outcome(byShield.schema, type, field, actor, row)
        if (guards !== shield) different.push(`${type}.${field} (${whose} row): guards ${guards}, shield ${shield}`)
      }
    }
    expect(different).toEqual([])
  })

  it('refuse strangers everything but what leads to signing in', async () => {
    const open: string[] = []
    for (const { type, field } of fieldsOf(byGuards.schema)) {
      if (type !== 'Query' && type !== 'Mutation') continue
      if ((await outcome(byGuards.schema, type, field, STRANGER, {})) === 'allowed') open.push(`${type}.${field}`)
    }
    expect(open.toSorted()).toEqual(
      ['acceptInvitation', 'login', 'logout', 'refreshSession', 'requestPasswordReset', 'resetPasswordByLink', 'setUpOwner'].map(
        (name) => `Mutation.${name}`,
      ),
    )
  })

  it('reach own rows only, when one role sees all names and the other only its own chart', async () => {
    const actor = actorWith([Role.CASHIER, Role.PATIENT])
    expect(await outcome(byGuards.schema, 'Patient', 'birthDate', actor, ROWS.own)).toBe('allowed')
    expect(await outcome(byGuards.schema, 'Patient', 'birthDate', actor, ROWS.foreign)).toBe('FORBIDDEN')
    expect(await outcome(byGuards.schema, 'Patient', 'lastName', actor, ROWS.foreign)).toBe('allowed')
    expect(await outcome(byGuards.schema, 'Appointment', 'reason', actor, ROWS.foreign)).toBe('FORBIDDEN')
  })

  it('are complete: a field without a rule, a rule without a field and a guarded field that cannot be null are each reported', () => {
    expect(incompleteAccess(byGuards.schema, byGuards.access)).toEqual([])
    const { Patient, ...others } = byGuards.access
    const { firstName, ...rest } = Patient ?? {}
    expect(incompleteAccess(byGuards.schema, { ...others, Patient: rest })).toEqual(['Patient.firstName has no access rule'])
    expect(incompleteAccess(byGuards.schema, { ...byGuards.access, Patient: { ...Patient, shoeSize: firstName! } })).toEqual([
      'Patient.shoeSize has a rule but is not in the schema',
    ])
    expect(incompleteAccess(byGuards.schema, { ...byGuards.access, Patient: { ...Patient, mrn: firstName! } })).toEqual([
      'Patient.mrn is guarded but not nullable',
    ])
  })
})
