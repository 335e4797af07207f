import { expect, it } from 'vitest'
import { duplicateScore, LIKELY_DUPLICATE, soundsTheSame, type Likeness } from '../../../src/modules/patients/duplicate-score.js'

const NONE: Likeness = { sameEmail: false, sameBirthDate: false, sameName: false, sameSex: false, sameSound: false, samePhone: false }
const score = (...same: (keyof Likeness)[]): number => duplicateScore({ ...NONE, ...Object.fromEntries(same.map((each) => [each, true])) })

it.each<[number, boolean, (keyof Likeness)[]]>([
  [0, false, []],
  [12, false, ['sameBirthDate', 'sameSex']],
  [13, false, ['sameBirthDate', 'sameSex', 'samePhone']],
  [14, true, ['sameBirthDate', 'sameSex', 'sameSound']],
  [18, true, ['sameBirthDate', 'sameSex', 'sameName']],
  [15, true, ['sameName', 'sameSex', 'sameSound', 'samePhone']],
  [27, true, ['sameEmail', 'sameBirthDate', 'sameName', 'sameSex', 'sameSound', 'samePhone']],
])('scores %i, likely: %s, for %s (RULES P3)', (expected, likely, same) => {
  expect(score(...same)).toBe(expected)
  expect(expected >= LIKELY_DUPLICATE).toBe(likely)
})

it.each([
  ['Schmidt', 'Schmitt', true],
  ['Müller', 'Mueller', true],
  ['Catherine', 'Katharine', true],
  ["O'Hara", 'Ohara', true],
  ['Nguyen', 'Garcia', false],
  ['王', '王', true],
  ['王', '李', false],
  ['', '', false],
])('%s and %s sound the same: %s', (one, other, same) => {
  expect(soundsTheSame(one, other)).toBe(same)
  expect(soundsTheSame(other, one)).toBe(same)
})
