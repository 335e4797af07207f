import { describe, expect, it } from 'vitest'
import { passwordProblem, type PasswordOwner } from '../../../src/modules/identity/password-policy.js'

const STAFF: PasswordOwner = {
  username: 'maria.olsen',
  displayName: 'Maria Olsen',
  staff: true,
  secondFactor: false,
  clinic: 'Northlight Clinic',
}
const WITH_CODE: PasswordOwner = { ...STAFF, secondFactor: true }
const PATIENT: PasswordOwner = { ...STAFF, staff: false }

const ACCEPTED: readonly (readonly [string, string, PasswordOwner])[] = [
  ['15 characters alone', 'violet tractor9', STAFF],
  ['8 characters beside a second factor', 'xK9#mQ2v', WITH_CODE],
  ['8 characters for the portal', 'xK9#mQ2v', PATIENT],
  ['a phrase of words', 'a heron beside the slow canal', STAFF],
  ['letters alone: composition does not count', 'correcthorsebatterystaple', STAFF],
  ['1,024 characters', 'purple ladder under a rainy arch '.repeat(32).slice(0, 1024), STAFF],
  ['Cyrillic', 'заяц прыгает далеко', STAFF],
  ['Japanese', 'パスワードは長いほど良いですね', STAFF],
  ['emoji, counted as people count them', '🐙🦔🌵🎈🥨🛶🎻🧭🪁🧶🥝🍄🦉⛵🪵', STAFF],
  ['spaces', 'four  winter   evenings', STAFF],
  ['the spelling with combining marks', 'une cre\u0301maille\u0300re e\u0301troite', STAFF],
]

const REFUSED: readonly (readonly [string, string, PasswordOwner, RegExp])[] = [
  ['14 characters alone', 'violet tractor', STAFF, /at least 15/],
  ['7 characters beside a second factor', 'xK9#mQ2', WITH_CODE, /at least 8/],
  ['7 characters for the portal', 'xK9#mQ2', PATIENT, /at least 8/],
  ['14 emoji, though they are more bytes', '🐙🦔🌵🎈🥨🛶🎻🧭🪁🧶🥝🍄🦉⛵', STAFF, /at least 15/],
  ['14 letters whose marks are written apart', 'e\u0301'.repeat(14), STAFF, /at least 15/],
  ['1,025 characters', 'a heron '.repeat(129).slice(0, 1025), STAFF, /at most 1024/],
  ['a common one', 'password', WITH_CODE, /tried first/],
  ['a common one in capitals', 'SUNSHINE', WITH_CODE, /tried first/],
  ['a common one with digits and signs around it', '!!password2026!!', STAFF, /tried first/],
  ['a common one twice', 'passwordpassword', STAFF, /tried first/],
  ['a common one twice, with a sign', 'monkey/monkey/monkey', STAFF, /easy to guess/],
  ['one letter', 'aaaaaaaaaaaaaaa', STAFF, /easy to guess/],
  ['digits in their order', '123456789012345', STAFF, /easy to guess/],
  ['keys in their order', 'qwertyuiopasdfgh', STAFF, /easy to guess/],
  ['letters in their order', 'abcdefghijklmno', STAFF, /easy to guess/],
  ['the user name with digits', 'maria.olsen12345', STAFF, /name of the account/],
  ['the own name', '-Maria Olsen- 2026', STAFF, /name of the account/],
  ["the clinic's name", 'Northlight Clinic!', STAFF, /name of the account/],
  ["the clinic's name, twice", 'northlightnorthlight', STAFF, /easy to guess/],
]

describe('a password (SECURITY S11)', () => {
  it.each(ACCEPTED)('may be %s', (_name, password, owner) => {
    expect(passwordProblem(password, owner)).toBeNull()
  })

  it.each(REFUSED)('may not be %s', (_name, password, owner, reason) => {
    expect(passwordProblem(password, owner)).toMatch(reason)
  })

  it('is never repeated in the reason', () => {
    for (const [, password, owner] of REFUSED.filter(([, text]) => text !== 'password'))
      expect(passwordProblem(password, owner)).not.toContain(password)
  })
})
