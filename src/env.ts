import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { z } from 'zod'

import { poolerProblems } from './env-pooler.js'
import { developmentSecret, weaknessOf } from './env-secrets.js'
import { webhookProblems } from './env-webhook.js'

/**
 * The settings of the process, and the only place that reads the environment. Everything else is handed an {@link Env}.
 * `.env.example` describes every setting for the person who sets it; a test keeps the two together.
 */

/** The audit trail is kept for as long as the law asks for, or longer (45 CFR 164.316(b)(2), SECURITY P8). */
const LEAST_RETENTION_YEARS = 6

const boolean = z.stringbool({ error: 'must be true or false' })
const integer = (from: number, to: number) =>
  z.coerce.number({ error: `must be a whole number from ${from} to ${to}` }).pipe(
    z
      .int({ error: `must be a whole number from ${from} to ${to}` })
      .min(from, { error: `must be at least ${from}` })
      .max(to, { error: `must be at most ${to}` }),
  )
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, { error: `must be one of ${values.join(', ')}` })

/**
 * Which proxies' `X-Forwarded-For` is believed, as Express takes it: `false`, how many stand in front, or their addresses.
 * Believing everyone (`true`) would let any client choose its address, and is refused.
 */
const trustProxy = z.string().transform((text, context): false | number | string[] => {
  if (/^(false|no|off)$/i.test(text)) return false
  if (/^\d{1,2}$/.test(text)) return Number(text)
  const addresses = text.split(',').map((part) => part.trim())
  const known = /^(loopback|linklocal|uniquelocal|[\da-f:.]*[:.][\da-f:.]*(\/\d{1,3})?)$/i
  if (addresses.every((address) => known.test(address))) return addresses
  context.addIssue({ code: 'custom', message: 'must be false, the number of proxies, or their addresses (10.0.0.0/8, loopback)' })
  return z.NEVER
})

const postgresUrl = z.string().refine((text) => URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol), {
  error: 'must be a connection string such as postgresql://user@host:5432/clinic',
})

/** Origins of front ends: scheme, host and port, and nothing behind them. */
const origins = z.string().transform((text, context): string[] => {
  const all = text.split(',').map((part) => part.trim().replace(/\/+$/, ''))
  if (all.every((origin) => URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) && new URL(origin).origin === origin))
    return all
  context.addIssue({ code: 'custom', message: 'must be origins such as https://app.clinic.org, separated by commas' })
  return z.NEVER
})

const mailUrl = z.string().refine((text) => URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol), {
  error: 'must be an address such as smtp://user:password@mail.example.org:587',
})

/** Every setting, as it is written in the environment. What has no default here is filled in by {@link loadEnv}. */
export const settings = z.object({
  NODE_ENV: oneOf(['development', 'test', 'production']).default('development'),
  HOST: z.string().optional(),
  PORT: integer(0, 65_535).default(4000),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://clinic.org' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  TRUST_PROXY: trustProxy.default(false),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_OWNER_URL: postgresUrl.optional(),
  DATABASE_READ_URL: postgresUrl.optional(),
  DATABASE_POOLER: oneOf(['none', 'transaction']).default('none'),
  DATABASE_PREPARED_STATEMENTS: boolean.default(true),
  DATABASE_POOL_MAX: integer(1, 1000).default(10),
  DATABASE_STATEMENT_TIMEOUT_MS: integer(100, 3_600_000).default(5000),
  CLINIC_DATA_DIR: z.string().default('.data'),
  JWT_SECRET: z.string().optional(),
  PASSWORD_PEPPER: z.string().optional(),
  BCRYPT_COST: integer(4, 20).default(12),
  JWT_PREVIOUS_SECRETS: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((secret) => secret.trim())
        .filter(Boolean),
    )
    .default([]),
  SESSION_IDLE_MINUTES: integer(1, 10_080).default(30),
  PATIENT_SESSION_IDLE_MINUTES: integer(1, 10_080).default(60),
  SESSION_MAX_HOURS: integer(1, 720).default(168),
  SIGN_IN_ATTEMPTS: integer(2, 100).default(10),
  SIGN_IN_LOCK_MINUTES: integer(1, 1440).default(5),
  ALLOWED_ORIGINS: origins.default([]),
  CLINIC_NAME: z.string().max(100, { error: 'must have at most 100 characters' }).default('Clinic'),
  APP_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://app.clinic.org' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  MAIL_URL: mailUrl.optional(),
  MAIL_FROM: z.string().max(320, { error: 'must have at most 320 characters' }).default('Clinic <no-reply@clinic.invalid>'),
  SMS_WEBHOOK_URL: z.url({ protocol: /^https?$/, error: 'must be an address such as https://sms.example.org/send' }).optional(),
  SMS_WEBHOOK_SECRET: z.string().optional(),
  AUDIT_RETENTION_YEARS: integer(LEAST_RETENTION_YEARS, 100).default(LEAST_RETENTION_YEARS),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).optional(),
  RUN_JOBS: boolean.default(true),
  SHUTDOWN_GRACE_MS: integer(0, 600_000).default(10_000),
  DEMO: boolean.optional(),
})

type Settings = z.output<typeof settings>
type FilledIn = 'HOST' | 'JWT_SECRET' | 'PASSWORD_PEPPER' | 'LOG_LEVEL' | 'DEMO'

/** The settings, complete and checked. */
export type Env = Readonly<Omit<Settings, FilledIn> & { [Name in FilledIn]-?: NonNullable<Settings[Name]> }>

/** Values by name, as in `process.env`. */
export type EnvSource = Readonly<Record<string, string | undefined>>

/** One setting that is wrong, and how; never its value. */
export interface EnvProblem {
  readonly setting: string
  readonly message: string
}

/** The settings are wrong. The message lists every problem, one per line. */
export class EnvError extends Error {
  override readonly name = 'EnvError'

  constructor(readonly problems: readonly EnvProblem[]) {
    super(
      ['The settings are not right:', ...problems.map(({ setting, message }) => `  ${setting} ${message}`), 'See .env.example.'].join('\n'),
    )
  }
}

/** Shortest time a password hash may take to guess outside tests (OWASP: 10 or more). */
const LEAST_BCRYPT_COST = 10
/** Settings that key a hash. In development they are made at random and kept in the data folder, under these names. */
const SECRETS = { JWT_SECRET: 'jwt-secret', PASSWORD_PEPPER: 'password-pepper' } as const
const SECRET_NAMES = Object.keys(SECRETS) as (keyof typeof SECRETS)[]

/**
 * Reads and checks all settings at once.
 *
 * In development, missing secrets are made and kept in the data folder; that is the only thing written, and only when all is well.
 * @param source by default the environment over the file `.env` of the working directory
 * @throws EnvError listing everything that is wrong
 */
export function loadEnv(source: EnvSource = environment()): Env {
  // A variable that is set to nothing (`PORT= npm start`, an empty line in a compose file) counts as not set.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ''))
  const { data, problems } = read(given)
  if (problems.length > 0) throw new EnvError(problems)

  const { NODE_ENV } = data
  const dataDir = resolve(data.CLINIC_DATA_DIR)
  return Object.freeze({
    ...data,
    HOST: data.HOST ?? (NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1'),
    CLINIC_DATA_DIR: dataDir,
    JWT_SECRET: data.JWT_SECRET ?? madeSecret(NODE_ENV, dataDir, 'JWT_SECRET'),
    PASSWORD_PEPPER: data.PASSWORD_PEPPER ?? madeSecret(NODE_ENV, dataDir, 'PASSWORD_PEPPER'),
    LOG_LEVEL: data.LOG_LEVEL ?? (NODE_ENV === 'test' ? 'silent' : 'info'),
    DEMO: data.DEMO ?? NODE_ENV === 'development',
  })
}

/** The environment, over what the file `.env` of the working directory says. */
function environment(): EnvSource {
  return { ...dotEnv(), ...process.env }
}

function dotEnv(): EnvSource {
  try {
    return parseEnv(readFileSync(resolve('.env'), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

/** What no single setting can know: rules between settings, and what production refuses. */
function crossChecks(env: Settings): EnvProblem[] {
  const problems: EnvProblem[] = []
  const problem = (setting: keyof Settings, message: string): void => {
    problems.push({ setting, message })
  }
  if (env.NODE_ENV !== 'test' && env.BCRYPT_COST < LEAST_BCRYPT_COST) {
    problem('BCRYPT_COST', `must be at least ${LEAST_BCRYPT_COST}`)
  }
  if (env.JWT_SECRET !== undefined && env.JWT_SECRET === env.PASSWORD_PEPPER) problem('PASSWORD_PEPPER', 'must differ from JWT_SECRET')
  if (env.DATABASE_OWNER_URL !== undefined && env.DATABASE_URL === undefined) problem('DATABASE_URL', 'is needed beside DATABASE_OWNER_URL')
  if (env.DATABASE_READ_URL !== undefined && env.DATABASE_URL === undefined) problem('DATABASE_URL', 'is needed beside DATABASE_READ_URL')
  if (env.DATABASE_POOLER === 'transaction') for (const { setting, message } of poolerProblems(env)) problem(setting, message)
  for (const { setting, message } of webhookProblems(env)) problem(setting, message)
  if (env.NODE_ENV !== 'production') return problems

  for (const name of SECRET_NAMES) {
    const value = env[name]
    const weakness = value === undefined ? 'is required in production' : weaknessOf(value)
    if (weakness !== undefined) problem(name, `${weakness}; make one with: openssl rand -base64 48`)
  }
  if (env.DATABASE_URL === undefined) problem('DATABASE_URL', 'is required in production: the embedded database is for development')
  for (const secret of env.JWT_PREVIOUS_SECRETS) {
    const weakness = weaknessOf(secret)
    if (weakness !== undefined) problem('JWT_PREVIOUS_SECRETS', `holds one that ${weakness}`)
  }
  if (env.DEMO === true) problem('DEMO', 'must be false in production: the password of its accounts is public')
  return problems
}

/** Every setting by itself, then the rules between those that can be read: all problems in one go. */
function read(given: Record<string, string | undefined>): { data: Settings; problems: EnvProblem[] } {
  const parsed = settings.safeParse(given)
  if (parsed.success) return { data: parsed.data, problems: crossChecks(parsed.data) }
  const unreadable = parsed.error.issues.map(({ path, message }) => ({ setting: path.join('.'), message }))
  const broken = new Set(unreadable.map(({ setting }) => setting))
  const data = settings.parse(Object.fromEntries(Object.entries(given).filter(([name]) => !broken.has(name))))
  return { data, problems: [...unreadable, ...crossChecks(data).filter(({ setting }) => !broken.has(setting))] }
}

function madeSecret(mode: Settings['NODE_ENV'], dataDir: string, name: keyof typeof SECRETS): string {
  return mode === 'test' ? randomBytes(48).toString('base64url') : developmentSecret(dataDir, SECRETS[name])
}
