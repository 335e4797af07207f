import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { developmentSecret, weaknessOf } from '../src/env-secrets.js'
import { EnvError, loadEnv, settings, type EnvSource } from '../src/env.js'

const GOOD_SECRET = 'q8Xw2vN0rTzL5mKdY7uHcJ4sPbG1fVeA9iRoZx6W'
const OTHER_SECRET = 'Zt5nB8kQ1wE4yU7iO0pA3sD6fG9hJ2lX5cV8bN1m'
const PRODUCTION: EnvSource = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://clinic:p4ss@db.internal:5432/clinic',
  JWT_SECRET: GOOD_SECRET,
  PASSWORD_PEPPER: OTHER_SECRET,
}

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'clinic-env-'))
})
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true })
})

/** Which settings are complained about, sorted. */
function complaints(source: EnvSource): string[] {
  return problemsOf(source)
    .map(({ setting }) => setting)
    .toSorted()
}

function problemsOf(source: EnvSource): EnvError['problems'] {
  return errorOf(source)?.problems ?? []
}

function errorOf(source: EnvSource): EnvError | undefined {
  try {
    loadEnv({ CLINIC_DATA_DIR: dataDir, ...source })
    return undefined
  } catch (error) {
    if (error instanceof EnvError) return error
    throw error
  }
}

describe('settings', () => {
  test('an empty environment is a complete development setup', () => {
    expect(loadEnv({ CLINIC_DATA_DIR: dataDir })).toMatchObject({
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: 4000,
      TRUST_PROXY: false,
      DATABASE_POOL_MAX: 10,
      BCRYPT_COST: 12,
      LOG_LEVEL: 'info',
      SHUTDOWN_GRACE_MS: 10_000,
      DEMO: true,
    })
    expect(loadEnv({ NODE_ENV: 'test' }).CLINIC_DATA_DIR).toBe(resolve('.data'))
  })

  test('production listens on every network and has no demo clinic', () => {
    expect(loadEnv({ CLINIC_DATA_DIR: dataDir, ...PRODUCTION })).toMatchObject({ HOST: '0.0.0.0', DEMO: false })
  })

  test('a variable set to nothing counts as not set', () => {
    expect(loadEnv({ CLINIC_DATA_DIR: dataDir, PORT: '', DATABASE_URL: ' ', DEMO: '' })).toMatchObject({ PORT: 4000, DEMO: true })
  })

  test('all problems are reported at once, those between settings too', () => {
    const source = { NODE_ENV: 'production', PORT: '70000', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://x', BCRYPT_COST: '9', DEMO: 'true' }
    expect(complaints(source)).toEqual(['BCRYPT_COST', 'DATABASE_URL', 'DEMO', 'JWT_SECRET', 'LOG_LEVEL', 'PASSWORD_PEPPER', 'PORT'])
    expect(errorOf(source)?.message.split('\n')).toHaveLength(9)
  })

  test('the webhook of text messages needs its secret, and in production https or this machine', () => {
    const SMS_WEBHOOK_SECRET = 'key-of-the-provider'
    const [secure, plain] = ['https://sms.example.org/send', 'http://sms.example.org/send']
    expect(complaints({ SMS_WEBHOOK_URL: plain, SMS_WEBHOOK_SECRET })).toEqual([])
    expect(complaints({ SMS_WEBHOOK_URL: plain })).toEqual(['SMS_WEBHOOK_SECRET'])
    expect(complaints({ SMS_WEBHOOK_SECRET })).toEqual(['SMS_WEBHOOK_URL'])
    expect(complaints({ SMS_WEBHOOK_URL: plain, SMS_WEBHOOK_SECRET: 'two lines\nof it' })).toEqual(['SMS_WEBHOOK_SECRET'])
    expect(complaints({ SMS_WEBHOOK_URL: 'https://u:p@sms.example.org', SMS_WEBHOOK_SECRET })).toEqual(['SMS_WEBHOOK_URL'])
    expect(complaints({ ...PRODUCTION, SMS_WEBHOOK_URL: plain, SMS_WEBHOOK_SECRET })).toEqual(['SMS_WEBHOOK_URL'])
    for (const address of [secure, 'http://127.0.0.1:8080/send', 'http://localhost:8080', 'http://[::1]:8080'])
      expect(complaints({ ...PRODUCTION, SMS_WEBHOOK_URL: address, SMS_WEBHOOK_SECRET })).toEqual([])
    for (const address of ['http://127.0.0.1.example.org', 'http://localhost.example.org'])
      expect(complaints({ ...PRODUCTION, SMS_WEBHOOK_URL: address, SMS_WEBHOOK_SECRET })).toEqual(['SMS_WEBHOOK_URL'])
  })

  test('a problem never repeats the value', () => {
    const source = {
      NODE_ENV: 'production',
      JWT_SECRET: 'hunter2-hunter2',
      PASSWORD_PEPPER: 'hunter2-hunter2',
      DATABASE_URL: 'http://u:hunter2@h/',
      PORT: 'hunter2',
    }
    expect(errorOf(source)?.message).not.toContain('hunter2')
  })

  test.each([
    ['PORT', '-1'],
    ['PORT', '4000.5'],
    ['PORT', 'http'],
    ['NODE_ENV', 'staging'],
    ['DATABASE_URL', 'localhost/clinic'],
    ['DATABASE_POOL_MAX', '0'],
    ['PUBLIC_URL', 'clinic.org'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', 'everyone'],
    ['DEMO', 'perhaps'],
    ['BCRYPT_COST', '9'],
    ['BCRYPT_COST', '31'],
    ['SMS_WEBHOOK_URL', 'sms.example.org'],
    ['SMS_WEBHOOK_URL', 'ftp://sms.example.org'],
    ['AUDIT_RETENTION_YEARS', '5'],
    ['AUDIT_RETENTION_YEARS', 'forever'],
  ])('%s=%s is refused', (setting, value) => {
    expect(complaints({ [setting]: value })).toEqual([setting])
  })

  test.each([
    ['false', false],
    ['2', 2],
    ['loopback, 10.0.0.0/8', ['loopback', '10.0.0.0/8']],
    ['fd00::1', ['fd00::1']],
  ])('TRUST_PROXY=%s is understood', (text, value) => {
    expect(loadEnv({ NODE_ENV: 'test', TRUST_PROXY: text }).TRUST_PROXY).toEqual(value)
  })

  test('cheap password hashes are for tests only', () => {
    expect(loadEnv({ NODE_ENV: 'test', BCRYPT_COST: '4' }).BCRYPT_COST).toBe(4)
    expect(complaints({ NODE_ENV: 'development', BCRYPT_COST: '4' })).toEqual(['BCRYPT_COST'])
  })

  test('the file .env fills in what the environment does not say', () => {
    const home = process.cwd()
    const folder = join(dataDir, 'work')
    mkdirSync(folder)
    writeFileSync(join(folder, '.env'), 'PORT=4100\nDATABASE_POOL_MAX=3\n')
    vi.stubEnv('NODE_ENV', 'test')
    vi.stubEnv('PORT', '4200')
    try {
      vi.spyOn(process, 'cwd').mockReturnValue(folder)
      expect(loadEnv()).toMatchObject({ PORT: 4200, DATABASE_POOL_MAX: 3 })
    } finally {
      vi.restoreAllMocks()
      vi.unstubAllEnvs()
    }
    expect(process.cwd()).toBe(home)
  })
})

describe('a pooler in transaction mode', () => {
  const POOLED: EnvSource = {
    NODE_ENV: 'test',
    DATABASE_POOLER: 'transaction',
    DATABASE_URL: 'postgresql://clinic_web@pooler:6432/clinic',
    DATABASE_READ_URL: 'postgresql://clinic_read@pooler:6432/clinic',
    DATABASE_OWNER_URL: 'postgresql://clinic_owner@db:5432/clinic',
  }

  test('takes three logins, of which the owner goes past the pooler', () => {
    expect(loadEnv(POOLED)).toMatchObject({ DATABASE_POOLER: 'transaction', DATABASE_PREPARED_STATEMENTS: true })
    expect(loadEnv({ ...POOLED, DATABASE_PREPARED_STATEMENTS: 'off' }).DATABASE_PREPARED_STATEMENTS).toBe(false)
  })

  test.each([
    [
      'no connections at all',
      { DATABASE_URL: '', DATABASE_READ_URL: '', DATABASE_OWNER_URL: '' },
      'DATABASE_OWNER_URL DATABASE_READ_URL DATABASE_URL',
    ],
    ['no connection for reads', { DATABASE_READ_URL: '' }, 'DATABASE_READ_URL'],
    ['reads with the login of writes', { DATABASE_READ_URL: POOLED['DATABASE_URL'] }, 'DATABASE_READ_URL'],
    ['the owner with the login of writes', { DATABASE_OWNER_URL: 'postgresql://clinic_web@db:5432/clinic' }, 'DATABASE_OWNER_URL'],
    ['the owner through the pooler', { DATABASE_OWNER_URL: 'postgresql://clinic_owner@pooler:6432/clinic' }, 'DATABASE_OWNER_URL'],
    ['a login that is not named', { DATABASE_URL: 'postgresql://pooler:6432/clinic' }, 'DATABASE_URL'],
  ])('refuses %s', (_name, change, setting) => {
    expect(complaints({ ...POOLED, ...change }).join(' ')).toBe(setting)
  })

  test('is none by default, and reads may have a connection of their own without one', () => {
    const { DATABASE_POOLER: _pooler, DATABASE_OWNER_URL: _owner, ...direct } = POOLED
    expect(loadEnv(direct).DATABASE_POOLER).toBe('none')
    expect(complaints({ DATABASE_READ_URL: POOLED['DATABASE_READ_URL'] })).toEqual(['DATABASE_URL'])
  })
})

describe('production (SECURITY S6)', () => {
  test('starts with good settings', () => {
    expect(complaints(PRODUCTION)).toEqual([])
  })

  test.each(['DATABASE_URL', 'JWT_SECRET', 'PASSWORD_PEPPER'])('refuses to start without %s', (setting) => {
    expect(complaints({ ...PRODUCTION, [setting]: undefined })).toEqual([setting])
  })

  test('refuses the demo clinic', () => {
    expect(complaints({ ...PRODUCTION, DEMO: 'true' })).toEqual(['DEMO'])
  })

  test.each([
    ['short', 'q8Xw2vN0rTzL5mKdY7uHcJ4sPbG1fVe'],
    ['a sample', 'change-me-q8Xw2vN0rTzL5mKdY7uHcJ4sPbG1fVeA9iRo'],
    ['a sample', 'MY_SUPER_SECRET_KEY_q8Xw2vN0rTzL5mKdY7uHc'],
    ['repetitive', 'abababababababababababababababababababab'],
  ])('refuses a secret that is %s', (_kind, secret) => {
    expect(complaints({ ...PRODUCTION, JWT_SECRET: secret })).toEqual(['JWT_SECRET'])
    expect(complaints({ ...PRODUCTION, PASSWORD_PEPPER: secret })).toEqual(['PASSWORD_PEPPER'])
  })

  test('refuses one secret for two purposes', () => {
    expect(complaints({ ...PRODUCTION, PASSWORD_PEPPER: GOOD_SECRET })).toEqual(['PASSWORD_PEPPER'])
  })

  test('accepts what openssl makes', () => {
    for (const args of [
      ['-base64', '48'],
      ['-hex', '32'],
    ]) {
      expect(weaknessOf(execFileSync('openssl', ['rand', ...args], { encoding: 'utf8' }).trim())).toBeUndefined()
    }
  })
})

describe('secrets of development', () => {
  test('are kept in the data folder, for their owner alone, and differ', () => {
    const first = loadEnv({ CLINIC_DATA_DIR: dataDir })
    const again = loadEnv({ CLINIC_DATA_DIR: dataDir })
    expect([again.JWT_SECRET, again.PASSWORD_PEPPER]).toEqual([first.JWT_SECRET, first.PASSWORD_PEPPER])
    expect(first.JWT_SECRET).not.toBe(first.PASSWORD_PEPPER)
    expect(weaknessOf(first.JWT_SECRET)).toBeUndefined()
    expect(statSync(join(dataDir, 'secrets', 'jwt-secret')).mode & 0o777).toBe(0o600)
  })

  test('differ from folder to folder', () => {
    expect(developmentSecret(join(dataDir, 'a'), 'x')).not.toBe(developmentSecret(join(dataDir, 'b'), 'x'))
  })

  test('give way to settings', () => {
    expect(loadEnv({ CLINIC_DATA_DIR: dataDir, JWT_SECRET: 'mine' }).JWT_SECRET).toBe('mine')
  })
})

describe('documentation', () => {
  const names = Object.keys(settings.shape).toSorted()
  const example = readFileSync('.env.example', 'utf8')

  test('.env.example names every setting, each with a comment above it', () => {
    const lines = example.split('\n')
    const documented = lines.flatMap((line, index) => {
      const name = /^#?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1]
      return name !== undefined && (lines[index - 1] ?? '').startsWith('# ') ? [name] : []
    })
    expect(documented.toSorted()).toEqual(names)
  })

  test('docs/operating.md names every setting', () => {
    const rows = [...readFileSync('docs/operating.md', 'utf8').matchAll(/^\| `([A-Z][A-Z0-9_]*)` \|/gm)].map((match) => match[1] ?? '')
    expect(rows.toSorted()).toEqual(names)
  })

  test('the values shown are accepted in development, and the secrets among them refused in production', () => {
    const shown = Object.fromEntries([...example.matchAll(/^#([A-Z][A-Z0-9_]*)=(.*)$/gm)].map((match) => [match[1] ?? '', match[2]]))
    expect(complaints(shown)).toEqual([])
    expect(complaints({ ...shown, NODE_ENV: 'production', DEMO: 'false' })).toEqual([
      'JWT_PREVIOUS_SECRETS',
      'JWT_SECRET',
      'PASSWORD_PEPPER',
    ])
  })
})
