import { expect, test } from 'vitest'

import { CodeSystem } from '../../../src/database/coding.js'
import { recordContentHash, type SignedContent } from '../../../src/modules/records/content-hash.js'
import { DiagnosisCertainty } from '../../../src/modules/records/diagnosis.entity.js'

const vital = (code: string, value: string): SignedContent['vitals'][number] => ({
  codeSystem: CodeSystem.LOINC,
  code,
  display: code,
  value,
  unit: 'cm',
  measuredAt: new Date('2026-01-01T09:00:00Z'),
})
const diagnosis = (rank: number, code: string): SignedContent['diagnoses'][number] => ({
  rank,
  codeSystem: CodeSystem.ICD_10_CM,
  code,
  display: code,
  certainty: DiagnosisCertainty.CONFIRMED,
})
const content: SignedContent = {
  authorId: null,
  occurredAt: new Date('2026-01-01T09:00:00Z'),
  encounterType: 'Check-up',
  subjective: null,
  findings: 'Nothing to note.',
  assessment: null,
  plan: null,
  diagnoses: [diagnosis(1, 'J06.9'), diagnosis(2, 'I10')],
  vitals: [vital('8302-2', '171.5'), vital('29463-7', '70')],
  currentMedications: [],
}

test('the hash of a form that signatures were made in never changes (RULES C2)', () => {
  expect(recordContentHash(content)).toBe('5948683efd2f9d766da9b95798cc805740e9d3c5039aa40f9fa793a197f1f737')
})

test('the order of rows and zeros of a numeric column do not count', () => {
  const same = { ...content, diagnoses: content.diagnoses.toReversed(), vitals: [vital('29463-7', '70.0000'), vital('8302-2', '171.5000')] }
  expect(recordContentHash(same)).toBe(recordContentHash(content))
})

test.each<[string, Partial<SignedContent>]>([
  ['a word', { findings: 'Nothing to note!' }],
  ['the author', { authorId: '0190aaaa-0000-7000-8000-00000000000c' }],
  ['a value', { vitals: [vital('8302-2', '171.6'), vital('29463-7', '70')] }],
  ['the primary diagnosis', { diagnoses: [diagnosis(2, 'J06.9'), diagnosis(1, 'I10')] }],
  ['a medicine', { currentMedications: [{ name: 'Aspirin', codeSystem: null, code: null, dosage: null }] }],
])('%s counts', (_what, change) => {
  expect(recordContentHash({ ...content, ...change })).not.toBe(recordContentHash(content))
})
