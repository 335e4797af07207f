import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { makeDataFolder } from './data-folder.js'

/** Shortest secret that production accepts, in bytes: the output size of the hash it keys (RFC 7518 §3.2). */
export const SECRET_BYTES = 32

/** Words that only samples contain. Compared without regard to case, hyphens, underscores and spaces. */
const SAMPLE_WORDS = [
  'changeme',
  'secret',
  'example',
  'password',
  'sample',
  'insecure',
  'replaceme',
  'default',
  'yourkey',
  'development',
] as const
/** A random secret of 32 bytes has far more different characters, in hexadecimal too. */
const FEWEST_CHARACTERS = 10

/** Says why a secret must not protect real patients, without repeating it; `undefined` when nothing speaks against it. */
export function weaknessOf(secret: string): string | undefined {
  if (Buffer.byteLength(secret) < SECRET_BYTES) return `is shorter than ${SECRET_BYTES} bytes`
  const letters = secret.toLowerCase().replaceAll(/[-_\s]/g, '')
  if (SAMPLE_WORDS.some((word) => letters.includes(word))) return 'is a sample, not a secret'
  if (new Set(secret).size < FEWEST_CHARACTERS) return 'has too few different characters to be random'
  return undefined
}

/**
 * The secret of that name which belongs to a data folder; made at the first call and kept there, readable for its owner alone.
 * Tokens and passwords made with it so outlive a restart. For development: production names its secrets in its settings.
 */
export function developmentSecret(dataDir: string, name: string): string {
  const directory = join(dataDir, 'secrets')
  const file = join(directory, name)
  const kept = read(file)
  if (kept !== undefined) return kept
  makeDataFolder(dataDir)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(temporary, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flush: true })
  try {
    // Linking fails when the file is there: of two processes that start together, both use the one that came first.
    linkSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(temporary, { force: true })
  }
  const made = read(file)
  if (made === undefined) throw new Error(`${file} is empty. Delete it and start again.`)
  return made
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
