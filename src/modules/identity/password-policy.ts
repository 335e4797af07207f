import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

/**
 * Which passwords are taken (NIST SP 800-63B-4 §3.1.1, SECURITY S11): length counts, composition does not. Nothing is cut off, every
 * script is welcome, and what an attacker tries first is refused.
 */
export const PASSWORD_LIMITS = {
  /** Characters of a staff member's password that stands alone. */
  alone: 15,
  /** With a second factor beside it; and for the portal, where an account opens one chart. */
  withSecondFactor: 8,
  /** More is no password but an attack on the hash. */
  longest: 1024,
} as const

/** Fewer guesses than 10^7 and the password is among the first that are tried. */
const FEWEST_GUESSES_LOG10 = 7
/** Only the beginning is judged: the cost grows with the square of the length, and a strong beginning is strong. */
const JUDGED_CHARACTERS = 64
/** Shorter words are in too many passwords by chance. */
const SHORTEST_CONTEXT_WORD = 3

/** For whom a password is. */
export interface PasswordOwner {
  readonly username: string
  readonly displayName: string
  /** Whether it opens more than one's own chart. */
  readonly staff: boolean
  readonly secondFactor: boolean
  /** The clinic's name. */
  readonly clinic: string
}

let estimator: ZxcvbnFactory | undefined
let commonPasswords: ReadonlySet<string> | undefined

/** Fewest characters of this owner's password. */
export function shortestPassword(owner: Pick<PasswordOwner, 'staff' | 'secondFactor'>): number {
  return owner.staff && !owner.secondFactor ? PASSWORD_LIMITS.alone : PASSWORD_LIMITS.withSecondFactor
}

/** Why a password is not taken, as a sentence for a person; `null` when nothing speaks against it. */
export function passwordProblem(password: string, owner: PasswordOwner): string | null {
  const text = password.normalize('NFC')
  const length = lengthOf(text)
  const shortest = shortestPassword(owner)
  if (length < shortest) return `must have at least ${shortest} characters`
  if (length > PASSWORD_LIMITS.longest) return `must have at most ${PASSWORD_LIMITS.longest} characters`
  const words = contextWords(owner)
  if (isCommon(text)) return 'is one of the passwords that are tried first'
  if (words.includes(core(text))) return 'is made of the name of the account or the clinic'
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: JUDGED_CHARACTERS })
  const { guessesLog10 } = estimator.check(text, words)
  return guessesLog10 < FEWEST_GUESSES_LOG10
    ? 'is too easy to guess: it is built of common passwords, names, sequences or repetitions'
    : null
}

/** Length in code points of the composed form, so that it is the same however a device writes an accent (SP 800-63B-4 §3.1.1.2). */
export function lengthOf(password: string): number {
  return Array.from(password.normalize('NFC')).length
}

/** In a list of leaked passwords, as it is or with digits and signs around it. */
function isCommon(text: string): boolean {
  commonPasswords ??= new Set(Object.values(dictionary).flatMap((list) => (Array.isArray(list) ? list : Object.keys(list))))
  return commonPasswords.has(text.toLowerCase()) || commonPasswords.has(core(text))
}

/** Without the digits, signs and spaces around it. */
function core(text: string): string {
  return text.toLowerCase().replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
}

/** The names somebody would try, whole and in parts. */
function contextWords({ username, displayName, clinic }: PasswordOwner): string[] {
  const names = [username, displayName, clinic].map((name) => name.normalize('NFC').toLowerCase())
  const words = names.flatMap((name) => [name, name.replaceAll(/[^\p{L}\p{N}]+/gu, ''), ...name.split(/[^\p{L}\p{N}]+/u)])
  return [...new Set(words)].filter((word) => word.length >= SHORTEST_CONTEXT_WORD)
}
