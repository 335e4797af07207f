import { MikroORM } from '@mikro-orm/postgresql'
import { getNamedType, isLeafType, isObjectType, isUnionType, type GraphQLObjectType } from 'graphql'
import { Role } from '../../../src/access/roles.js'
import { ormOptions } from '../../../src/database/orm-options.js'
import { buildClinicSchema } from '../../../src/graphql/schema.js'
import type { Services } from '../../../src/graphql/services.js'
import type { Doctor } from '../../../src/modules/doctors/doctor.entity.js'
import { WeeklySchedule } from '../../../src/modules/doctors/weekly-schedule.entity.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import type { Location } from '../../../src/modules/locations/location.entity.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import { TestServer, type Answer } from '../../support/server.js'

export type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

export const NEW_PASSWORD = 'a heron beside the slow canal'

/** One event; what is left out is empty, and the outcome `SUCCESS`. */
export interface Event {
  readonly action: string
  readonly outcome?: string
  /** Who did it; `null` for strangers. */
  readonly by: string | null
  /** Whose account it is about, when not the own. */
  readonly about?: string
  readonly entity?: string
  /** The row it is about, where the test knows it. */
  readonly id?: string
  /** The row it is about, when it is there no more. */
  readonly gone?: string
  readonly patients?: readonly string[]
  readonly sections?: readonly string[]
  readonly facts?: Record<string, unknown>
}

/** A call of a mutation, made ready, and the events that it must leave: these and no others. */
export interface Call {
  readonly ask: () => Promise<Answer>
  /** Asked afterwards, with what the mutation answers: some are about what the call has made. */
  readonly leaves: readonly Event[] | ((answer: any) => readonly Event[] | Promise<readonly Event[]>)
  /** Where, when not on the server of the other calls. */
  readonly on?: TestServer
}

/** Calls by the names of their mutations. */
export type Calls = Readonly<Record<string, () => Promise<Call>>>

export const metadata = new MikroORM(ormOptions('postgresql://127.0.0.1/none', 'migrations')).getMetadata()
export const { schema } = buildClinicSchema(metadata, {} as Services)

/** Where a doctor works round the week. */
export interface Practice {
  readonly doctor: Doctor
  readonly location: Location
}

/** A server, an account of every role, and what calls need before they can be made. */
export class Fixture {
  /** Servers of single calls, to be stopped with this one. */
  readonly extra: TestServer[] = []
  readonly owner: Ask
  /** The owner's id: who does what nobody else is named for. */
  readonly by: string

  private constructor(
    readonly server: TestServer,
    readonly accounts: Record<Role, User>,
  ) {
    this.owner = server.as(accounts.OWNER)
    this.by = accounts.OWNER.id
  }

  static async open(dataDir: string): Promise<Fixture> {
    const server = await TestServer.start({ settings: { CLINIC_DATA_DIR: dataDir } })
    return new Fixture(server, await server.accounts())
  }

  async close(): Promise<void> {
    for (const each of [...this.extra, this.server]) await each.stop()
  }

  /** Somebody new who works here. */
  async colleague(roles: readonly Role[] = [Role.STAFF], email?: string): Promise<{ user: User; ask: Ask; staffId: string }> {
    const { make, hasher } = this.server
    const staff = make.staff(email === undefined ? {} : { email })
    const user = await make.user(hasher, roles, { staff })
    await make.save()
    return { user, ask: this.server.as(user), staffId: staff.id }
  }

  async patient(data: object = {}): Promise<Patient> {
    const made = this.server.make.patient(data)
    await this.server.make.save()
    return made
  }

  /** A doctor of their own location, so that no time that becomes free suits anybody of another call. */
  async practice(): Promise<Practice> {
    const { make } = this.server
    const [doctor, location] = [make.doctor(), make.location()]
    for (const weekday of [1, 2, 3, 4, 5, 6, 7]) {
      const hours = { weekday, startsAt: '06:00', endsAt: '22:00', validFrom: '2020-01-01' }
      make.em.create(WeeklySchedule, { doctor, location, ...hours } as never)
    }
    await make.save()
    return { doctor, location }
  }

  /** Runs what a call needs first. */
  async done(answer: Promise<Answer>): Promise<any> {
    const { data, errors } = await answer
    if (errors) throw new Error(JSON.stringify(errors))
    return Object.values(data ?? {})[0]
  }

  /** Calls a mutation, as the owner unless said otherwise, and asks for the ids of what it answers. */
  call(name: string, args: Record<string, unknown>, ask: Ask = this.owner): Promise<Answer> {
    const field = schema.getMutationType()?.getFields()[name]
    if (!field) throw new Error(`there is no mutation ${name}`)
    const given = field.args.filter((arg) => arg.name in args)
    const variables = given.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ')
    const passed = given.map((arg) => `${arg.name}: $${arg.name}`).join(', ')
    return ask(`mutation (${variables}) { ${name}(${passed}) ${idsOf(getNamedType(field.type))} }`, args)
  }

  /** Calls a mutation that a call needs first, and gives what it answers. */
  made(name: string, args: Record<string, unknown>, ask: Ask = this.owner): Promise<any> {
    return this.done(this.call(name, args, ask))
  }

  async accountNamed(username: string, on = this.server): Promise<string> {
    return (await on.sql('select id from user_account where username = $1', [username]))[0]!['id'] as string
  }

  async versionOf(table: string, id: string): Promise<number> {
    return Number((await this.server.sql(`select version from ${table} where id = $1`, [id]))[0]?.['version'])
  }

  /** A row and its version, as inputs name them. */
  async lockOf(table: string, id: string): Promise<{ id: string; version: number }> {
    return { id, version: await this.versionOf(table, id) }
  }

  /** The owner has entered something. */
  created(entity: string, more: Partial<Event> = {}): Event {
    return { action: 'CREATE', by: this.by, entity, ...more }
  }

  /** The owner has changed something. */
  updated(entity: string, more: Partial<Event> = {}): Event {
    return { action: 'UPDATE', by: this.by, entity, ...more }
  }

  /** The answer shows the owner rows of patients. */
  read(patients: readonly string[], ...sections: string[]): Event {
    return { action: 'READ', by: this.by, patients, sections }
  }
}

/** Selects the ids of what a field answers, however it answers. */
function idsOf(type: ReturnType<typeof getNamedType>): string {
  if (isLeafType(type)) return ''
  const below = (object: GraphQLObjectType): string => ('id' in object.getFields() ? 'id' : '__typename')
  if (isUnionType(type))
    return `{ __typename ${type
      .getTypes()
      .map((each) => `... on ${each.name} { ${below(each)} }`)
      .join(' ')} }`
  return isObjectType(type) ? `{ ${type.name === 'SeriesResult' ? 'series { id } appointments { id }' : below(type)} }` : ''
}

/** Noon in UTC, so many days from now. */
export function noonIn(days: number): Date {
  const at = new Date(Date.now() + days * 86_400_000)
  at.setUTCHours(12, 0, 0, 0)
  return at
}

/** A day to come, as inputs name it. */
export const dayFromNow = (days: number): string => noonIn(days).toISOString().slice(0, 10)
