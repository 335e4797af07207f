import { GraphQLError, GraphQLScalarType, buildSchema, type GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import { pino } from 'pino'

import { NotFoundError } from '../../src/graphql/errors.js'
import type { IncomingRequestFacts } from '../../src/http/request-facts.js'
import { startHttpServer, type HttpEnv, type HttpServerOptions, type RunningHttpServer } from '../../src/http/server.js'
import { reportError } from '../../src/error-report.js'

/** A schema with the shapes of the clinic's and no database, so that these tests see the HTTP side alone. */
const SDL = /* GraphQL */ `
  scalar LocalDate
  enum Sex {
    FEMALE
    MALE
    OTHER
    UNKNOWN
  }
  type PageInfo {
    hasNextPage: Boolean!
    endCursor: String
  }
  type Query {
    me: Viewer
    patient(id: ID!): Patient
    patients(first: Int, after: String, filter: PatientFilter): PatientConnection
    search(input: SearchInput!): String
    fails(how: String!): String
    required: Required
    slow(ms: Int!): String
    deep: Deep
  }
  type Deep {
    deep: Deep
    name: String
  }
  type Required {
    name: String!
  }
  type Mutation {
    login(input: LoginInput!): Session
    save(name: String): String
  }
  input LoginInput {
    username: String!
    password: String!
  }
  input PatientFilter {
    search: String
    birthDate: LocalDate
    sex: Sex
  }
  input SearchInput {
    name: String!
    born: LocalDate
    sex: Sex
    tags: [String!]
    nested: NestedInput
  }
  input NestedInput {
    count: Int!
  }
  type Session {
    accessToken: String!
    accessTokenExpiresAt: String!
    viewer: Viewer!
  }
  type Viewer {
    id: ID!
    username: String!
    displayName: String!
    roles: [String!]!
    capabilities: [String!]!
    patient: Patient
  }
  type PatientConnection {
    edges: [PatientEdge!]
    pageInfo: PageInfo!
    totalCount: Int
  }
  type PatientEdge {
    cursor: String!
    node: Patient
  }
  type Patient {
    id: ID!
    mrn: String!
    firstName: String
    lastName: String
    birthDate: LocalDate
    sex: Sex
    phone: String
    email: String
    allergies: [Allergy!]
    conditions: [Condition!]
    appointments(first: Int, after: String): AppointmentConnection
    medicalRecords(first: Int, after: String): MedicalRecordConnection
    treatmentPlans(first: Int, after: String): TreatmentPlanConnection
    prescriptions(first: Int, after: String): PrescriptionConnection
  }
  type Allergy {
    id: ID!
    substance: String
    criticality: String
    reactions: [String!]
    recordedAt: String
  }
  type Condition {
    id: ID!
    code: String
    display: String
    clinicalStatus: String
    onsetDate: LocalDate
  }
  type AppointmentConnection {
    edges: [AppointmentEdge!]
    pageInfo: PageInfo!
    totalCount: Int
  }
  type AppointmentEdge {
    cursor: String!
    node: Appointment
  }
  type Appointment {
    id: ID!
    startsAt: String
    endsAt: String
    status: String
    reason: String
    patient: Patient
    doctor: Doctor
    procedures: [Procedure!]
    medicalRecords: [MedicalRecord!]
  }
  type Doctor {
    id: ID!
    fullName: String
    specialty: String
    appointments(first: Int, after: String): AppointmentConnection
  }
  type MedicalRecordConnection {
    edges: [MedicalRecordEdge!]
    pageInfo: PageInfo!
  }
  type MedicalRecordEdge {
    cursor: String!
    node: MedicalRecord
  }
  type MedicalRecord {
    id: ID!
    status: String
    findings: String
    createdAt: String
    author: Doctor
    patient: Patient
    appointment: Appointment
    diagnoses: [Diagnosis!]
    vitals: [Vital!]
    currentMedications: [CurrentMedication!]
  }
  type Diagnosis {
    code: String
    display: String
  }
  type Vital {
    display: String
    value: String
    unit: String
  }
  type CurrentMedication {
    name: String
    dosage: String
  }
  type TreatmentPlanConnection {
    edges: [TreatmentPlanEdge!]
    pageInfo: PageInfo!
  }
  type TreatmentPlanEdge {
    cursor: String!
    node: TreatmentPlan
  }
  type TreatmentPlan {
    id: ID!
    status: String
    diagnosisSummary: String
    doctor: Doctor
    procedures: [Procedure!]
    items: [PlanItem!]
  }
  type PlanItem {
    display: String
  }
  type Procedure {
    name: String
    status: String
    performedAt: String
    appointment: Appointment
  }
  type PrescriptionConnection {
    edges: [PrescriptionEdge!]
    pageInfo: PageInfo!
  }
  type PrescriptionEdge {
    cursor: String!
    node: Prescription
  }
  type Prescription {
    id: ID!
    createdAt: String
    prescriber: Doctor
    items: [PrescriptionItem!]
  }
  type PrescriptionItem {
    medicationName: String
    frequency: String
  }
`

/** A value that must appear in no answer and no log line. */
export const CANARY = 'Canary-Amanda-Lovelace-1815'

const PATIENT = {
  id: 'p1',
  mrn: '1000017',
  firstName: 'Mathilde',
  lastName: 'Ostrowski',
  birthDate: '1970-01-02',
  sex: 'FEMALE',
  allergies: [{ id: 'a1', substance: 'Penicillin', reactions: ['rash'] }],
  conditions: [],
}

/** Ways a resolver can fail, by name. */
export const FAILURES: Readonly<Record<string, () => Error>> = {
  typed: () => new NotFoundError(),
  plain: () => new Error(`could not read ${CANARY}`),
  graphql: () => new GraphQLError(`${CANARY} from a library`, { extensions: { code: 'SOMETHING', secret: CANARY } }),
  bug: () => new TypeError('x is not a function'),
  unique: () =>
    Object.assign(new Error(`duplicate key value violates unique constraint "patient_email"`), {
      name: 'UniqueConstraintViolationException',
      code: '23505',
      detail: `Key (email)=(${CANARY}) already exists.`,
      constraint: 'patient_email',
      table: 'patient',
    }),
  wrapped: () => new Error(`insert into patient values ('${CANARY}')`, { cause: Object.assign(new Error(CANARY), { code: '23514' }) }),
  refused: () => Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' }),
  shutdown: () => Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }),
  full: () => Object.assign(new Error('sorry, too many clients already'), { code: '53300' }),
  pool: () => new Error('timeout exceeded when trying to connect'),
  readTimeout: () => new Error('query failed', { cause: new Error('Query read timeout') }),
  validator: () =>
    new GraphQLError('Argument Validation Error', {
      extensions: {
        code: 'BAD_USER_INPUT',
        validationErrors: [
          {
            target: { name: CANARY },
            value: CANARY,
            property: 'input',
            children: [{ property: 'name', value: CANARY, constraints: { isLength: 'must be shorter' } }],
          },
        ],
      },
    }),
}

const LocalDate = new GraphQLScalarType({
  name: 'LocalDate',
  parseValue: (value) => {
    if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) throw new TypeError(`LocalDate cannot represent ${String(value)}`)
    return value
  },
})

const started: string[] = []
const aborted: string[] = []

const root = {
  me: (_: unknown, { user }: MiniContext) => (user ? viewer(user) : null),
  patient: () => PATIENT,
  patients: () => ({ edges: [{ cursor: 'c', node: PATIENT }], pageInfo: { hasNextPage: false } }),
  search: () => 'found',
  fails: ({ how }: { how: string }) => {
    throw (FAILURES[how] ?? (() => new Error(how)))()
  },
  required: () => ({ name: null }),
  slow: ({ ms }: { ms: number }, { facts }: MiniContext) =>
    new Promise((resolve) => {
      started.push(facts.requestId)
      facts.signal.addEventListener('abort', () => aborted.push(facts.requestId))
      setTimeout(() => resolve('done'), ms)
    }),
  login: ({ input }: { input: { username: string; password: string } }) => {
    if (input.password !== 'demo clinic 2026') throw new NotFoundError('No such account.')
    return { accessToken: `token-of-${input.username}`, accessTokenExpiresAt: '2026-11-20T10:00:00Z', viewer: viewer(input.username) }
  },
  save: ({ name }: { name?: string }) => name ?? null,
}

const viewer = (name: string) => ({ id: name, username: name, displayName: `Dr. ${name}`, roles: ['DOCTOR'], capabilities: [] })

function miniSchema(): GraphQLSchema {
  const schema = buildSchema(SDL)
  Object.assign(schema.getType('LocalDate') ?? {}, { parseValue: LocalDate.parseValue })
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const [name, field] of Object.entries(type?.getFields() ?? {})) {
      const resolve = root[name as keyof typeof root] as ((args: unknown, context: MiniContext) => unknown) | undefined
      if (resolve !== undefined) field.resolve = (_source, args, context: MiniContext) => resolve(args, context)
    }
  }
  return schema
}

export interface MiniContext {
  user: string | undefined
  facts: IncomingRequestFacts
}

export interface Mini extends RunningHttpServer {
  /** Every line the server logged, as text. */
  log: string[]
  /** Ids of requests for `slow` that have begun. */
  started: string[]
  /** Ids of requests whose client went away while they ran. */
  aborted: string[]
  checks: Record<string, boolean>
  post(body: unknown, headers?: Record<string, string>): Promise<Answer>
  get(path: string, init?: RequestInit): Promise<Answer>
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  json: { data?: Record<string, unknown> | null; errors?: { message: string; path?: unknown; extensions: Record<string, unknown> }[] }
}

export const ENV: HttpEnv = { NODE_ENV: 'test', HOST: '127.0.0.1', PORT: 0, TRUST_PROXY: false, SHUTDOWN_GRACE_MS: 5_000, DEMO: true }

/** Starts the HTTP side over the small schema. Tokens are names: `Bearer doctor` is signed in as `doctor`. */
export async function startMini(env: Partial<HttpEnv> = {}, options: Partial<HttpServerOptions<MiniContext>> = {}): Promise<Mini> {
  const log: string[] = []
  const checks = { database: true }
  const running = await startHttpServer<MiniContext>({
    env: { ...ENV, ...env },
    logger: recordingLogger(log),
    schema: miniSchema(),
    createContext: async (facts) => ({ user: facts.bearerToken, facts }),
    isStranger: ({ user }) => user === undefined,
    userId: ({ user }) => user,
    readiness: async () => checks,
    ...options,
  })
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(running.url + path, init)
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text.startsWith('{') ? (JSON.parse(text) as Answer['json']) : {},
    }
  }
  return {
    ...running,
    log,
    started,
    aborted,
    checks,
    post: (body, headers = {}) =>
      call('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (path, init = {}) => call(path, init),
  }
}

function recordingLogger(lines: string[]): Logger {
  return pino({ level: 'debug', base: null, serializers: { err: reportError } }, { write: (line: string) => void lines.push(line) })
}

/** Waits for something that another part of the process does soon; a test's own timeout ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
